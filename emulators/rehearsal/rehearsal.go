// Package rehearsal sets up the emulators that one environment needs: accounts of the clouds and a Kubernetes cluster,
// with everything that its configuration expects to exist.
package rehearsal

import (
	"cmp"
	"errors"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/emulators/kubernetes"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	"github.com/djangostack/djangostack/emulators/random"
	"github.com/djangostack/djangostack/stacks/spec"
)

// longestWait is far longer than the cluster in memory needs for anything.
const longestWait = time.Minute

// Emulators holds the accounts and the cluster. It must be closed.
type Emulators struct {
	// Providers by the names of their Pulumi packages.
	Providers map[string]pulumirpc.ResourceProviderServer
	// Cluster is the Kubernetes cluster in memory. Every cluster of a cloud leads to it.
	Cluster *memory.Cluster
	// AWS is the account on AWS.
	AWS *cloud.Account
	// GCP is the project on Google Cloud.
	GCP *cloud.Account

	options Options
}

// Options say what exists before the program runs.
type Options struct {
	// AccountID on AWS. An empty ID means AWS's example account.
	AccountID string
	// Region on AWS that has Snapshot.
	Region string
	// Snapshot of a database that exists, or "".
	Snapshot string
	// SearchRole tells whether the account has OpenSearch's service-linked role.
	SearchRole bool
	// Certificates on either cloud that exist, by the ARN or the name that routes name them by, with their hosts.
	Certificates map[string]string
	// Project on Google Cloud. An empty one means an example project.
	Project string
	// Cloud that has Zones; "" means every cloud.
	Cloud spec.Cloud
	// Zones are the public zones that exist: example.com.
	Zones []string
	// KeepsEncryption means that the program retains the keys of its final snapshots. Pulumi does not tell a provider
	// about retained resources.
	KeepsEncryption bool
	// Bucket of a dump on Google Cloud that exists, or "".
	Bucket string
	// Backup of a Cloud SQL server that exists, INSTANCE/NUMBER, or "".
	Backup string
	// ServiceAccounts are members of IAM policies. Those of the own project exist: serviceAccount:NAME@PROJECT.iam….
	ServiceAccounts []string
	// Controllers are the API groups whose controllers are installed in the cluster, of memory.Installable.
	Controllers []string
	// Kinds are further custom kinds that are installed in the cluster.
	Kinds []schema.GroupVersionKind
	// Drivers are the CSI drivers that the cluster's nodes run; none means any.
	Drivers []string
	// Objects exist in the cluster.
	Objects []*unstructured.Unstructured
}

// For returns the options that an environment's configuration needs.
func For(e *spec.Environment) Options {
	options := Options{Cloud: e.Cloud, Zones: givenZones(e), KeepsEncryption: e.Tier == spec.Production, Snapshot: e.Database.Managed.RestoreFrom}
	options.SearchRole = e.Search.Kind == spec.Managed && e.Search.ServiceRole == spec.SourceExisting
	if e.AWS != nil {
		options.AccountID, options.Region = e.AWS.DeploysTo(), e.AWS.Region
	}
	if e.GCP != nil {
		options.Project = e.GCP.Project
	}
	options.Certificates = namedCertificates(e)
	options.cluster(e)
	options.google(e)
	return options
}

// Leftover is a resource or object that still exists.
type Leftover struct {
	// Type of the resource, aws:s3/bucketV2:BucketV2, or "" for an object in the cluster.
	Type string
	// ID of the resource, or the name of the object.
	ID string
	// KeptBecause says why it may remain; empty if it must not.
	KeptBecause string
}

// New sets up the emulators. It returns an error if the cluster does not start, or if the tables of a cloud do not fit
// its SDK.
func New(options Options) (*Emulators, error) {
	cluster, err := memory.Start()
	if err != nil {
		return nil, err
	}
	if err := options.seed(cluster); err != nil {
		return nil, errors.Join(err, cluster.Close())
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

// Close stops the cluster in memory.
func (s *Emulators) Close() error {
	return s.Cluster.Close()
}

// zonesOn returns the existing zones on one cloud.
func (o Options) zonesOn(cloud spec.Cloud) []string {
	if o.Cloud != "" && o.Cloud != cloud {
		return nil
	}
	return o.Zones
}

// namedCertificates returns the certificates that routes name, with a host of each.
func namedCertificates(e *spec.Environment) map[string]string {
	found := map[string]string{}
	for _, route := range e.Routes {
		if route.Certificate != "" {
			found[route.Certificate] = route.Host
		}
	}
	return found
}

// givenZones returns the zones that a configuration expects to exist.
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

// Left returns everything that the cluster and the accounts still hold, including what no state has.
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
		// A resource that is scheduled for deletion has a token of the form type#deleted.
		token, _, _ := strings.Cut(object.Token, "#")
		left = append(left, Leftover{Type: token, ID: object.ID, KeptBecause: cmp.Or(object.KeptBecause, kept(token))})
	}
	return left
}
