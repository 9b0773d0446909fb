package kubernetes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// MemcachedArgs describes the Memcached servers of a cache in the cluster. They have neither a
// volume nor a password: a cache holds no data, and only a NetworkPolicy keeps others out.
type MemcachedArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image is Docker's official memcached image of version 1.6 or one with the same entry
	// point.
	Image string
	// Servers is the number of pods. Each holds a part of the keys, which the client chooses.
	Servers int
	// Memory for items of each server in Kubernetes' notation, for instance 64Mi.
	Memory string
	// CPU request of each server in Kubernetes' notation.
	CPU string
	// Connections is the most that each server accepts.
	Connections int
	// Parameters are further options of the program by their long names, without hyphens in
	// front, for instance max-item-size: 2m.
	Parameters map[string]string
}

// Memcached is one or several Memcached servers, each behind a Service.
type Memcached struct {
	pulumi.ResourceState

	// Servers says how the app connects to the servers.
	Servers connection.Memcached
}

// MemcachedPart is the component label of the servers' pods.
const MemcachedPart = "memcached"

const (
	memcachedPort = 11211
	// memcachedUser is the user id of the memcache user in the official image.
	memcachedUser = 11211
	// memcachedGrace is enough for a program that ends at once, in seconds.
	memcachedGrace = 5
	// memcachedDisk and memcachedDiskLimit are for the container's log.
	memcachedDisk, memcachedDiskLimit = "16Mi", "64Mi"
)

// NewMemcached registers the servers.
func NewMemcached(ctx *pulumi.Context, name string, args *MemcachedArgs, opts ...pulumi.ResourceOption) (*Memcached, error) {
	m := &Memcached{}
	return component.New(ctx, "djangostack:kubernetes:Memcached", name+"-"+MemcachedPart, m, args.check, func() (pulumi.Map, error) {
		return m.register(ctx, name, args)
	}, opts...)
}

func (m *Memcached) register(ctx *pulumi.Context, name string, args *MemcachedArgs) (pulumi.Map, error) {
	memory, err := args.memory()
	if err != nil {
		return nil, err
	}
	s := server{
		component:   MemcachedPart,
		namespace:   args.Namespace,
		labels:      args.Labels,
		user:        memcachedUser,
		port:        memcachedPort,
		grace:       memcachedGrace,
		container:   args.container(memory),
		replicas:    args.Servers,
		spreads:     true,
		wasParallel: true,
	}
	if _, err := s.register(ctx, name, m); err != nil {
		return nil, err
	}
	hosts := []string{args.Labels.ObjectName(MemcachedPart)}
	for index := 1; index < args.Servers; index++ {
		host, err := s.serviceOfPod(ctx, name, index, m)
		if err != nil {
			return nil, err
		}
		hosts = append(hosts, host)
	}
	if err := s.budget(ctx, name, args.Servers, m); err != nil {
		return nil, err
	}
	m.Servers = connection.Memcached{Hosts: hosts, Port: memcachedPort}
	return pulumi.Map{"hosts": pulumi.ToStringArray(hosts), "port": pulumi.Int(memcachedPort)}, nil
}

func (a *MemcachedArgs) check() error {
	_, err := a.memory()
	return errors.Join(
		validate.Check("Memcached",
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("Labels", a.Labels.Complete()),
			validate.Required("Image", a.Image != ""),
			validate.Required("Servers", a.Servers > 0),
			validate.Required("Connections", a.Connections > 0),
		),
		err,
	)
}

func (a *MemcachedArgs) memory() (resource.Quantity, error) {
	memory, err := resource.ParseQuantity(a.Memory)
	if err != nil {
		return resource.Quantity{}, fmt.Errorf("Memcached: Memory %q is not a quantity such as 64Mi: %w", a.Memory, err)
	}
	if memory.Value() < mebibyte {
		return resource.Quantity{}, fmt.Errorf("Memcached: Memory %q is less than 1Mi, the unit of the server", a.Memory)
	}
	return memory, nil
}

func (a *MemcachedArgs) container(memory resource.Quantity) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:           pulumi.String(MemcachedPart),
		Image:          pulumi.String(a.Image),
		Args:           pulumi.ToStringArray(a.command(memory)),
		Resources:      a.resources(memory).Requirements(),
		StartupProbe:   pod.ServerStartup(memcachedPort),
		ReadinessProbe: pod.ServerReadiness(memcachedPort),
	}
}

// command is the server with its options
// (https://docs.memcached.org/serverguide/configuring/). By UDP, a request with a forged
// address would make the server send a large answer there.
func (a *MemcachedArgs) command(memory resource.Quantity) []string {
	command := []string{
		"memcached",
		"--port=" + strconv.Itoa(memcachedPort),
		"--udp-port=0",
		"--memory-limit=" + strconv.FormatInt(memory.Value()/mebibyte, 10),
		"--conn-limit=" + strconv.Itoa(a.Connections),
	}
	for _, name := range slices.Sorted(maps.Keys(a.Parameters)) {
		command = append(command, "--"+name+"="+a.Parameters[name])
	}
	return command
}

const mebibyte = 1 << 20

// resources have a limit of all that the server can use, because --memory-limit counts the
// items only. A server above its limit would be killed, and the cache would be empty.
func (a *MemcachedArgs) resources(memory resource.Quantity) pod.Resources {
	request, limit := sizes.Memcached(memory.Value(), a.Connections)
	return pod.Resources{CPU: a.CPU, Memory: inBytes(request), MemoryLimit: inBytes(limit), Disk: memcachedDisk, DiskLimit: memcachedDiskLimit}
}

// inBytes writes a number of bytes as Kubernetes does.
func inBytes(size int64) string { return resource.NewQuantity(size, resource.BinarySI).String() }
