// Package rehearsal sets up what a whole environment is rehearsed on: accounts of the
// clouds and a Kubernetes, all in this process, with what its configuration says is
// already there.
package rehearsal

import (
	"cmp"
	"errors"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/stacks/spec"
)

// longestWait is far more than the cluster in memory needs for what it does at all.
const longestWait = time.Minute

// Emulators holds every cluster and account that an environment's life needs.
type Emulators struct {
	// Providers by the names of their Pulumi packages.
	Providers map[string]pulumirpc.ResourceProviderServer
	// Cluster is the Kubernetes in memory that every cluster of the clouds stands for.
	Cluster *memory.Cluster
	// AWS is the account there.
	AWS *cloud.Account
	// GCP is the project on Google Cloud.
	GCP *cloud.Account

	options Options
}

// Options say what is there before the program.
type Options struct {
	// AccountID on AWS; "" means that of AWS's own examples.
	AccountID string
	// Region on AWS, where Snapshot is.
	Region string
	// Snapshot of a database that is there; "" for none.
	Snapshot string
	// SearchRole says that the account has OpenSearch's service-linked role.
	SearchRole bool
	// Project on Google Cloud; "" means one of an example.
	Project string
	// Place is the cloud that Zones are on; "" means every cloud.
	Cloud spec.Cloud
	// Zones are public zones that are there, such as example.com.
	Zones []string
	// Keeps says that the program keeps what its last snapshots are encrypted with, of
	// which a provider is never told.
	KeepsEncryption bool
}

// For are the options that an environment's configuration asks for.
func For(e *spec.Environment) Options {
	options := Options{Cloud: e.Cloud, Zones: givenZones(e), KeepsEncryption: e.Tier == spec.Production, Snapshot: e.Database.Managed.RestoreFrom}
	options.SearchRole = e.Search.Kind == spec.Managed && e.Search.ServiceRole == spec.SourceExisting
	if e.AWS != nil {
		options.AccountID, options.Region = e.AWS.AccountID, e.AWS.Region
	}
	if e.GCP != nil {
		options.Project = e.GCP.Project
	}
	return options
}

// Leftover is one thing that a stage still holds.
type Leftover struct {
	// Type of the resource ("aws:s3/bucketV2:BucketV2"), or "" of an object in the cluster.
	Type string
	// ID of the resource, or the name of the object.
	ID string
	// Stays says why it is right that it is left; empty if it is not.
	KeptBecause string
}

// New sets the stage. The error is a cluster in memory that does
// not start, or a twin whose tables do not fit.
func New(options Options) (*Emulators, error) {
	cluster, err := memory.Start()
	if err != nil {
		return nil, err
	}
	s := &Emulators{Cluster: cluster, AWS: options.awsAccount(), GCP: options.gcpProject(), options: options}
	toMemory := func(kubernetes.Destination) (*rest.Config, bool, error) { return cluster.Config(), true, nil }
	s.Providers = map[string]pulumirpc.ResourceProviderServer{
		"kubernetes": kubernetes.New(kubernetes.Options{Connect: toMemory, MaxWait: longestWait, Releases: kubernetes.RecordReleases}),
		"random":     random.New(),
	}
	onAWS, err := aws.New(aws.Options{Account: s.AWS})
	if err != nil {
		return nil, errors.Join(err, cluster.Close())
	}
	s.Providers["aws"] = onAWS
	onGCP, err := gcp.New(gcp.Options{Account: s.GCP})
	if err != nil {
		return nil, errors.Join(err, cluster.Close())
	}
	s.Providers["gcp"] = onGCP
	return s, nil
}

// Close ends the cluster in memory.
func (s *Emulators) Close() error {
	return s.Cluster.Close()
}

// zonesOn are the zones that are there on one cloud.
func (o Options) zonesOn(cloud spec.Cloud) []string {
	if o.Cloud != "" && o.Cloud != cloud {
		return nil
	}
	return o.Zones
}

// givenZones are the zones that a configuration says are already there.
func givenZones(e *spec.Environment) []string {
	if e.DNS == nil {
		return nil
	}
	var zones []string
	if e.DNS.Parent != "" {
		zones = append(zones, e.DNS.Parent)
	}
	if !e.CreatesZone() {
		zones = append(zones, e.DNS.Zone)
	}
	return zones
}

// Left is all that cluster and accounts still hold, also what no state knows of.
func (s *Emulators) Left() []Leftover {
	var left []Leftover
	for _, name := range s.Cluster.Left() {
		left = append(left, Leftover{ID: name})
	}
	left = append(left, leftIn(s.AWS, s.options.keptOnAWS)...)
	return append(left, leftIn(s.GCP, s.options.keptOnGCP)...)
}

func leftIn(account *cloud.Account, kept func(string) string) []Leftover {
	var left []Leftover
	for _, object := range account.Left() {
		// What is scheduled to go has a token of its own: type#deleted.
		token, _, _ := strings.Cut(object.Token, "#")
		left = append(left, Leftover{Type: token, ID: object.ID, KeptBecause: cmp.Or(object.KeptBecause, kept(token))})
	}
	return left
}
