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

// Publication leads a port of this machine to a Service of the cluster.
type Publication struct {
	// Address is IP:PORT on this machine.
	Address string
	// Namespace and Service name the target; it need not exist yet.
	Namespace, Service string
	// Port is a port of the Service, by number or by name.
	Port string
}

// String gives the form that ParsePublication reads.
func (p Publication) String() string {
	return fmt.Sprintf("%s=%s/%s:%s", p.Address, p.Namespace, p.Service, p.Port)
}

// ParsePublication reads IP:PORT=NAMESPACE/SERVICE:PORT. The address must be a loopback address: the cluster is nobody else's.
func ParsePublication(text string) (Publication, error) {
	refuse := func(why string) (Publication, error) {
		return Publication{}, fmt.Errorf("publish %q: %s; give 127.0.0.1:PORT=NAMESPACE/SERVICE:PORT", text, why)
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

// published is one listener. Its target can change while it is open.
type published struct {
	listener net.Listener
	target   Publication
	// resolved is the target's address as of the given time.
	resolved string
	as       time.Time
	// asking is set while somebody looks the address up anew.
	asking bool
}

const (
	// addressLife bounds how long a Service's address is believed without a look, so that a busy page does not ask the API server
	// for each connection.
	addressLife = time.Second
	// addressKept bounds how long it is used while a look is under way: it hardly ever changes, and an API server that is slow for
	// some seconds must not cost connections. Somebody else may have it after a longer time.
	addressKept = time.Minute
)

// set makes the given publications the only ones. On an error those that could be opened are open, and the others are not.
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

// list gives the publications in the order of their addresses.
func (p *publisher) list() []Publication {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []Publication
	for _, address := range slices.Sorted(maps.Keys(p.open)) {
		all = append(all, p.open[address].target)
	}
	return all
}

// serverReady asks the API server whether it can be used.
func (p *publisher) serverReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	return p.client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

func (p *publisher) connect(ctx context.Context, to *published) (net.Conn, error) {
	p.mu.Lock()
	target, address, age := to.target, to.resolved, time.Since(to.as)
	if known := address != "" && age < addressKept; known && age >= addressLife && !to.asking {
		to.asking = true
		go p.look(to)
	}
	p.mu.Unlock()
	if address == "" || age >= addressKept {
		found, err := p.resolve(ctx, target)
		if err != nil {
			return nil, err
		}
		p.keep(to, target, found)
		address = found
	}
	conn, err := p.dial(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("reaching the Service %s/%s: %w", target.Namespace, target.Service, err)
	}
	return conn, nil
}

// look renews an address; where it fails, the next connection has it tried again.
func (p *publisher) look(to *published) {
	ctx, cancel := context.WithTimeout(context.Background(), dialWait)
	defer cancel()
	p.mu.Lock()
	target := to.target
	p.mu.Unlock()
	found, err := p.resolve(ctx, target)
	if err == nil {
		p.keep(to, target, found)
	}
	p.mu.Lock()
	to.asking = false
	p.mu.Unlock()
}

// keep notes the address of a target, if it still is the one.
func (p *publisher) keep(to *published, target Publication, address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if to.target == target {
		to.resolved, to.as = address, time.Now()
	}
}

func (p *publisher) resolve(ctx context.Context, target Publication) (string, error) {
	service, err := p.client.CoreV1().Services(target.Namespace).Get(ctx, target.Service, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("finding the Service %s/%s: %w", target.Namespace, target.Service, err)
	}
	return addressOf(service, target.Port)
}

// addressOf gives the cluster address of a Service's port, which is given by number or by name.
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
