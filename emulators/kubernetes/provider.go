// Package kubernetes is a Pulumi provider for the objects of a Kubernetes cluster, for use where the published plugin
// cannot be downloaded. It applies objects on the server side, waits for them, and says what it waits for. It follows
// the published pulumi-kubernetes and refuses what it does not support.
package kubernetes

import (
	"context"
	"sync"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/emulators"
)

// Version is the published provider that this one follows.
const Version = "4.32.0"

// Options configure the provider beyond a program's provider arguments.
type Options struct {
	// PollInterval is how often a wait checks the cluster when it saw no change; zero means two seconds.
	PollInterval time.Duration
	// MaxWait limits every wait; zero means the limit of each kind. It is for clusters that do everything at once.
	MaxWait time.Duration
	// Connect may redirect a connection to another cluster than the program's arguments name. It is called before any
	// kubeconfig is read, so none has to exist. false keeps the destination.
	Connect func(Destination) (*rest.Config, bool, error)
	// Releases decides about Helm releases.
	Releases Releases
}

// Releases decides about Helm releases, which this provider cannot install.
type Releases string

// A refused release fails by its type. A recorded one is kept in the state with a warning, and nothing of its chart
// runs; that is for rehearsals.
const (
	RefuseReleases Releases = ""
	RecordReleases Releases = "record"
)

// Destination is the cluster that a program's provider arguments name.
type Destination struct {
	// Context is the named context, or "".
	Context string
	// Server is the URL of the API in the given kubeconfig. It is empty if there is no kubeconfig, or if it cannot be
	// read or lacks the context.
	Server string
}

// New returns the provider. Each connection of an engine has its own configuration.
func New(options Options) pulumirpc.ResourceProviderServer {
	if options.PollInterval <= 0 {
		options.PollInterval = 2 * time.Second
	}
	return &factory{Base: emulators.Base{Package: "kubernetes", Version: Version}, options: options}
}

type factory struct {
	emulators.Base
	options Options
}

var _ emulators.Connector = (*factory)(nil)

func (f *factory) Connect() (pulumirpc.ResourceProviderServer, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &provider{
		Base:     emulators.Base{Package: f.Package, Version: f.Version},
		options:  f.options,
		lifetime: ctx,
		cancel:   cancel,
	}
	closed := func() { cancel(); p.Disconnect() }
	if f.options.Releases == RecordReleases {
		return &recorder{provider: p}, closed
	}
	return p, closed
}

// provider is one connection: one configuration and its cluster.
type provider struct {
	emulators.Base
	options Options
	// lifetime ends with the engine's Cancel, or with the engine. All waits end with it.
	lifetime context.Context
	cancel   context.CancelFunc

	mu       sync.Mutex
	settings *settings
	cluster  *cluster
	// known are the IDs of the objects that the stack's state has, by URN.
	known map[string]string
	// kept are the UIDs of the objects that this run has created or updated.
	kept map[string]bool
}

// Cancel ends every wait. Applied objects remain, and are reported with their current state.
func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel()
	return &emptypb.Empty{}, nil
}

// during returns a context for one call, which ends with the call or with the provider.
func (p *provider) during(call context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(call)
	stop := context.AfterFunc(p.lifetime, cancel)
	return ctx, func() { stop(); cancel() }
}
