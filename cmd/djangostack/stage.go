package main

import (
	"cmp"
	"errors"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/cli"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/twin/aws"
	"github.com/djangostack/djangostack/twin/cloud"
	"github.com/djangostack/djangostack/twin/kubernetes"
	"github.com/djangostack/djangostack/twin/kubernetes/memory"
	"github.com/djangostack/djangostack/twin/random"
)

// longestWait is far more than the cluster in memory needs for what it does at all.
const longestWait = time.Minute

// stage holds every cluster and account that an environment's rehearsal needs.
func stage(e *spec.Environment) (*cli.Stage, error) {
	cluster, err := memory.Start()
	if err != nil {
		return nil, err
	}
	account := awsAccount(e)
	inAWS, err := aws.New(aws.Options{Account: account})
	if err != nil {
		return nil, errors.Join(err, cluster.Close())
	}
	toMemory := func(kubernetes.Destination) (*rest.Config, bool, error) { return cluster.Config(), true, nil }
	return &cli.Stage{
		Providers: map[string]pulumirpc.ResourceProviderServer{
			"kubernetes": kubernetes.New(kubernetes.Options{Reach: toMemory, LongestWait: longestWait}),
			"random":     random.New(),
			"aws":        inAWS,
		},
		Left:  func() []cli.Leftover { return append(ofCluster(cluster), ofAccount(e, account)...) },
		Close: cluster.Close,
	}, nil
}

func ofCluster(cluster *memory.Cluster) []cli.Leftover {
	var left []cli.Leftover
	for _, name := range cluster.Left() {
		left = append(left, cli.Leftover{What: name})
	}
	return left
}

func ofAccount(e *spec.Environment, account *cloud.Account) []cli.Leftover {
	var left []cli.Leftover
	for _, object := range account.Left() {
		// What is scheduled to go has a token of its own: type#deleted.
		token, _, _ := strings.Cut(object.Token, "#")
		left = append(left, cli.Leftover{
			What:  lifecycle.ShortType(token) + " " + object.ID,
			Stays: cmp.Or(object.Stays, kept(e, token)),
		})
	}
	return left
}

// kept is why the program itself leaves something: a provider is never told.
func kept(e *spec.Environment, token string) string {
	encrypting := token == aws.Token("kms/key") || token == aws.Token("kms/alias")
	if e.Shape == spec.Production && encrypting {
		return "kept, because the last snapshots are encrypted with it"
	}
	return ""
}

// awsAccount is the account that the configuration names, with what it says is
// already there.
func awsAccount(e *spec.Environment) *cloud.Account {
	if e.AWS == nil {
		return cloud.NewAccount(aws.AccountID)
	}
	account := cloud.NewAccount(cmp.Or(e.AWS.AccountID, aws.AccountID))
	if e.DNS != nil {
		given := []string{e.DNS.Parent}
		if e.DNS.Source != spec.Made {
			given = append(given, e.DNS.Zone)
		}
		for _, name := range given {
			if name != "" {
				account.Given(aws.Token("route53/zone"), "", "Z"+name, cloud.Values{"name": name})
			}
		}
	}
	if snapshot := e.Database.Managed.RestoreFrom; snapshot != "" {
		account.Given(aws.Token("rds/snapshot"), e.AWS.Region, snapshot, cloud.Values{"dbSnapshotIdentifier": snapshot, "engine": "postgres"})
	}
	return account
}
