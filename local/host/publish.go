package host

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Publication forwards a port of this machine to a Service of the cluster.
type Publication struct {
	// Address is IP:PORT on this machine.
	Address string
	// Namespace and Service name the target. It need not exist yet.
	Namespace, Service string
	// Port is the number or name of a port of the Service.
	Port string
}

// String returns the format that ParsePublication parses.
func (p Publication) String() string {
	return fmt.Sprintf("%s=%s/%s:%s", p.Address, p.Namespace, p.Service, p.Port)
}

// ParsePublication parses IP:PORT=NAMESPACE/SERVICE:PORT. The address must be a loopback address, so that other machines
// cannot reach the cluster. The error quotes the text and says what is wrong.
func ParsePublication(text string) (Publication, error) {
	refuse := func(why string) (Publication, error) {
		return Publication{}, fmt.Errorf("publish %q: %s; use 127.0.0.1:PORT=NAMESPACE/SERVICE:PORT", text, why)
	}
	address, target, found := strings.Cut(text, "=")
	if !found {
		return refuse("there is no =")
	}
	own, err := netip.ParseAddrPort(address)
	if err != nil {
		return refuse("the part before = is not IP:PORT")
	}
	if !own.Addr().IsLoopback() {
		return refuse("the address is not a loopback address")
	}
	if own.Port() == 0 {
		return refuse("port 0 is not a port")
	}
	namespace, rest, found := strings.Cut(target, "/")
	if !found || namespace == "" {
		return refuse("the namespace is missing")
	}
	service, port, found := strings.Cut(rest, ":")
	if !found || service == "" || port == "" || strings.ContainsAny(port, "/:") {
		return refuse("the Service or its port is missing")
	}
	return Publication{Address: own.String(), Namespace: namespace, Service: service, Port: port}, nil
}

// publisher holds the listeners of all publications.
type publisher struct {
	client kubernetes.Interface
	dial   func(ctx context.Context, network, address string) (net.Conn, error)

	mu   sync.Mutex
	open map[string]*published
}

// published is one listener. Its target can change while the listener is open.
type published struct {
	listener net.Listener
	target   Publication
	// resolved is the address of the target at resolvedAt. It is empty before the first lookup.
	resolved   string
	resolvedAt time.Time
	// refreshing is true while a lookup in the background renews the address.
	refreshing bool
}

const (
	// addressTTL is how long a Service's address is used without a new lookup, so that not every connection needs a request
	// to the API server.
	addressTTL = time.Second
	// addressMaxAge is how long an address is used while a lookup runs: addresses rarely change, and a slow API server must
	// not fail connections. After a longer time the address may belong to another Service.
	addressMaxAge = time.Minute
)

// set replaces all publications. If a port cannot be opened, set returns an error, and the publications before it stay open.
func (p *publisher) set(wanted []Publication) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	keep := map[string]bool{}
	for _, one := range wanted {
		keep[one.Address] = true
	}
	for address, old := range p.open {
		if !keep[address] {
			old.listener.Close()
			delete(p.open, address)
		}
	}
	for _, one := range wanted {
		if old, exists := p.open[one.Address]; exists {
			if old.target != one {
				old.target, old.resolved = one, ""
			}
			continue
		}
		listener, err := listen(one.Address)
		if err != nil {
			return fmt.Errorf("publishing %s/%s: %w", one.Namespace, one.Service, err)
		}
		added := &published{listener: listener, target: one}
		p.open[one.Address] = added
		go forward(listener, func(ctx context.Context) (net.Conn, error) { return p.connect(ctx, added) })
	}
	return nil
}

// list returns the publications sorted by address.
func (p *publisher) list() []Publication {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Publication
	for _, address := range slices.Sorted(maps.Keys(p.open)) {
		all = append(all, p.open[address].target)
	}
	return all
}

// serverReady returns an error unless the API server is ready.
func (p *publisher) serverReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	return p.client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

func (p *publisher) connect(ctx context.Context, to *published) (net.Conn, error) {
	p.mu.Lock()
	target, address, age := to.target, to.resolved, time.Since(to.resolvedAt)
	if known := address != "" && age < addressMaxAge; known && age >= addressTTL && !to.refreshing {
		to.refreshing = true
		go p.refresh(to)
	}
	p.mu.Unlock()
	if address == "" || age >= addressMaxAge {
		found, err := p.resolve(ctx, target)
		if err != nil {
			return nil, err
		}
		p.store(to, target, found)
		address = found
	}
	conn, err := p.dial(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("reaching the Service %s/%s: %w", target.Namespace, target.Service, err)
	}
	return conn, nil
}

// refresh looks an address up again. If the lookup fails, the next connection starts another.
func (p *publisher) refresh(to *published) {
	ctx, cancel := context.WithTimeout(context.Background(), dialWait)
	defer cancel()
	p.mu.Lock()
	target := to.target
	p.mu.Unlock()
	found, err := p.resolve(ctx, target)
	if err == nil {
		p.store(to, target, found)
	}
	p.mu.Lock()
	to.refreshing = false
	p.mu.Unlock()
}

// store saves the address of a target, unless the target has changed.
func (p *publisher) store(to *published, target Publication, address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if to.target == target {
		to.resolved, to.resolvedAt = address, time.Now()
	}
}

func (p *publisher) resolve(ctx context.Context, target Publication) (string, error) {
	service, err := p.client.CoreV1().Services(target.Namespace).Get(ctx, target.Service, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("looking up the Service %s/%s: %w", target.Namespace, target.Service, err)
	}
	return addressOf(service, target.Port)
}

// addressOf returns the cluster IP and port of a Service's port, which is a number or a name.
func addressOf(service *v1.Service, port string) (string, error) {
	if service.Spec.ClusterIP == "" || service.Spec.ClusterIP == v1.ClusterIPNone {
		return "", fmt.Errorf("the Service %s/%s has no cluster address to publish", service.Namespace, service.Name)
	}
	for _, offered := range service.Spec.Ports {
		number := strconv.Itoa(int(offered.Port))
		if port == number || port == offered.Name {
			return net.JoinHostPort(service.Spec.ClusterIP, number), nil
		}
	}
	return "", fmt.Errorf("the Service %s/%s has no port %q", service.Namespace, service.Name, port)
}
