// Package kubernetes is a Pulumi provider for the objects of a Kubernetes cluster, for use where the
// published plugin cannot be had. It applies objects on the server side, waits for them, and says
// what it waits for. Its behaviour follows the published pulumi-kubernetes; what it does not know it refuses.
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

// Version is the published provider that is followed.
const Version = "4.32.0"

// Options are the few things that do not come from a program's provider arguments.
type Options struct {
	// LookEvery is how often a wait looks at the cluster when nothing was seen to change;
	// zero is two seconds.
	PollInterval time.Duration
	// LongestWait bounds every wait; zero leaves each kind its own limit. It is for
	// clusters that do at once what they do at all.
	MaxWait time.Duration
	// Reach may lead a connection to another cluster than the program's arguments
	// say. It is asked before a kubeconfig is looked for, so that none has to be
	// there; false leaves the destination as it is.
	Connect func(Destination) (*rest.Config, bool, error)
	// Releases says what becomes of Helm releases.
	Releases Releases
}

// Releases says what becomes of Helm releases, which this provider cannot install.
type Releases string

// A refused release fails by its type; a recorded one is kept in the state with a
// warning, and nothing of its chart runs: that is for rehearsals.
const (
	RefuseReleases Releases = ""
	RecordReleases Releases = "record"
)

// Destination is the cluster that a program's provider arguments lead to.
type Destination struct {
	// Context is the context that is named, empty where none is.
	Context string
	// Server is the URL of the API in the kubeconfig that is given; empty where none
	// is given, or none that can be read and has that context.
	Server string
}

// New makes the provider. Each connection of an engine gets a configuration of its own.
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

// provider is one connection: one configuration and the cluster it leads to.
type provider struct {
	emulators.Base
	options Options
	// lifetime ends by the engine's Cancel, or when the engine goes away; with it end all waits.
	lifetime context.Context
	cancel   context.CancelFunc

	mu       sync.Mutex
	settings *settings
	cluster  *cluster
}

// Cancel ends every wait; what was applied stays, and is reported with the state it is in.
func (p *provider) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	p.cancel()
	return &emptypb.Empty{}, nil
}

// during is a context for one call, which ends with the call or with the provider, whichever is first.
func (p *provider) during(call context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(call)
	stop := context.AfterFunc(p.lifetime, cancel)
	return ctx, func() { stop(); cancel() }
}
