package kubernetes

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// RedisArgs describes one Redis server in the cluster.
type RedisArgs struct {
	// Component is the component label, for instance redis-cache, and a part of the Service's
	// name.
	Component string
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image is Docker's official redis image or one with the same entry point.
	Image string
	// Memory for keys in Kubernetes' notation, for instance 64Mi.
	Memory string
	// CPU request in Kubernetes' notation.
	CPU string
	// EvictionPolicy says what the server does when its memory is full.
	EvictionPolicy arguments.EvictionPolicy
	// Parameters of the server (redis.conf) besides those that follow from the other
	// arguments. No value has a line break.
	Parameters map[string]string
	// Size of the volume for the append-only file. Without it the server keeps nothing when
	// the pod stops.
	Size string
	// StorageClass is empty for the cluster's default class.
	StorageClass string
	// Data of the server; none for a cache.
	Data data.Held
	// Authority signs the server's certificate, and the server then accepts TLS only; nil
	// for a server without TLS.
	Authority *Authority
	// Replicas is the number of read replicas, each with all keys behind a separate Service.
	Replicas int
	// Callers are labels of pods, in any namespace, that may connect besides the app's
	// pods. KEDA, which counts the messages of a queue, is one.
	Callers []map[string]string
}

// Redis is one Redis server behind a Service.
type Redis struct {
	pulumi.ResourceState

	// Server says how the app connects to the server.
	Server connection.Redis
}

const (
	redisPort = 6379
	// redisUser is the user id of the redis user in the official image.
	redisUser  = 999
	redisGrace = 30
	// redisDisk and redisDiskLimit are for the container's log, and for the append-only
	// file of a server without a volume.
	redisDisk, redisDiskLimit = "64Mi", "256Mi"
)

// NewRedis registers a Redis server.
func NewRedis(ctx *pulumi.Context, name string, args *RedisArgs, opts ...pulumi.ResourceOption) (*Redis, error) {
	r := &Redis{}
	return component.New(ctx, "djangostack:kubernetes:Redis", name+"-"+args.Component, r, args.check, func() (pulumi.Map, error) {
		return r.register(ctx, name, args)
	}, opts...)
}

func (r *Redis) register(ctx *pulumi.Context, name string, args *RedisArgs) (pulumi.Map, error) {
	memory, err := args.memory()
	if err != nil {
		return nil, err
	}
	password, values, err := random.NewImmutablePassword(ctx, name+"-"+args.Component, args.Data, r)
	if err != nil {
		return nil, err
	}
	after := pulumi.DependsOn(values)
	secret, err := newSecret(ctx, name+"-"+args.Component, args.Component, args.Namespace, args.Labels, pulumi.StringMap{
		"password":   password.Result,
		"redis.conf": args.configuration(memory, password.Result),
	}, r, after)
	if err != nil {
		return nil, err
	}
	volumes, err := args.volumes(ctx, name, secret, r, after)
	if err != nil {
		return nil, err
	}
	s := server{
		component: args.Component,
		namespace: args.Namespace,
		labels:    args.Labels,
		user:      redisUser,
		port:      redisPort,
		grace:     redisGrace,
		container: args.container(memory, secret),
		volumes:   volumes,
		protect:   args.Data.Protected,
		after:     values,
		callers:   args.Callers,
	}
	r.Server = connection.Redis{Host: pulumi.String(args.Labels.ObjectName(args.Component)), Port: redisPort, Password: password.Result}
	if args.Authority != nil {
		certificate, err := args.Authority.certificate(ctx, name, s, nil, r)
		if err != nil {
			return nil, err
		}
		s.volumes = append(s.volumes, certificate)
		r.Server.TLS, r.Server.CA = true, args.Authority.Certificates
	}
	primary, err := s.register(ctx, name, r)
	if err != nil {
		return nil, err
	}
	if r.Server.Readers, err = args.registerReplicas(ctx, name, password.Result, primary, r); err != nil {
		return nil, err
	}
	return component.DataOr(args.Data, pulumi.Map{
		"host": r.Server.Host, "port": pulumi.Int(redisPort), "replicas": pulumi.StringArray(r.Server.Readers),
	}), nil
}

func (a *RedisArgs) check() error {
	_, err := a.memory()
	return errors.Join(
		validate.Check("Redis",
			validate.Required("Component", a.Component != ""),
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("Labels", a.Labels.Complete()),
			validate.Required("Image", a.Image != ""),
			validate.Required("Replicas of at least 0", a.Replicas >= 0),
		),
		validate.OneOf("Redis", "EvictionPolicy", a.EvictionPolicy, arguments.AllKeysLRU, arguments.NoEviction),
		err,
	)
}

func (a *RedisArgs) memory() (resource.Quantity, error) {
	memory, err := resource.ParseQuantity(a.Memory)
	if err != nil {
		return resource.Quantity{}, fmt.Errorf("Redis: Memory %q is not a quantity such as 64Mi: %w", a.Memory, err)
	}
	return memory, nil
}

// configuration returns redis.conf. It is stored in a Secret, because everyone who may list
// pods can read a password on the command line.
func (a *RedisArgs) configuration(memory resource.Quantity, password pulumi.StringInput) pulumi.StringOutput {
	persistence := "save \"\"\nappendonly no\n"
	if a.Size != "" {
		persistence = "save \"\"\nappendonly yes\nappendfsync everysec\n"
	}
	listener := fmt.Sprintf("port %d\n", redisPort)
	if a.Authority != nil {
		// Clients have the password; their own certificates would be one more secret.
		listener = fmt.Sprintf("port 0\ntls-port %d\ntls-cert-file %s\ntls-key-file %s\ntls-auth-clients no\n", redisPort, tlsCertificate, tlsKey)
	}
	var parameters strings.Builder
	for _, name := range slices.Sorted(maps.Keys(a.Parameters)) {
		parameters.WriteString(name + " " + a.Parameters[name] + "\n")
	}
	return pulumi.Sprintf("bind * -::*\n%sdir /data\nmaxmemory %d\nmaxmemory-policy %s\nclient-output-buffer-limit replica %d %[4]d 60\n%s%srequirepass %s\n",
		listener, memory.Value(), string(a.EvictionPolicy), replicaBuffer(memory), persistence, parameters.String(), password)
}

// redisData is the folder of a server that keeps nothing when its pod stops.
func redisData() pod.Volume { return pod.Volume{Name: "data", Path: "/data"} }

func (a *RedisArgs) volumes(ctx *pulumi.Context, name string, secret *corev1.Secret, parent pulumi.Resource, after pulumi.ResourceOption) ([]pod.Volume, error) {
	data := redisData()
	if a.Size != "" {
		claim, err := NewClaim(ctx, name+"-"+a.Component+"-data", &ClaimArgs{
			Component:    a.Component,
			Namespace:    a.Namespace,
			Labels:       a.Labels,
			Size:         a.Size,
			StorageClass: a.StorageClass,
			AccessMode:   "ReadWriteOnce",
			Data:         a.Data,
		}, pulumi.Parent(parent), after)
		if err != nil {
			return nil, err
		}
		data.Claim = claim.Metadata.Name().Elem()
	}
	return redisVolumes(data, secret), nil
}

// redisVolumes are the volumes of a pod with its data and the Secret that has redis.conf.
func redisVolumes(data pod.Volume, secret *corev1.Secret) []pod.Volume {
	return []pod.Volume{
		data,
		{Name: "tmp", Path: "/tmp"},
		{Name: "configuration", Path: "/etc/redis", ReadOnly: true, Secret: secret.Metadata.Name().Elem()},
	}
}

func (a *RedisArgs) container(memory resource.Quantity, secret *corev1.Secret) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:           pulumi.String("redis"),
		Image:          pulumi.String(a.Image),
		Args:           pulumi.ToStringArray([]string{"redis-server", "/etc/redis/redis.conf"}),
		Env:            corev1.EnvVarArray{pod.EnvFromSecret("REDISCLI_AUTH", secret.Metadata.Name().Elem(), "password")},
		Resources:      a.resources(memory).Requirements(),
		StartupProbe:   pod.ServerStartup(redisPort),
		ReadinessProbe: pod.ServerReadiness(redisPort),
	}
}

func (a *RedisArgs) resources(memory resource.Quantity) pod.Resources {
	request, limit := sizes.Redis(memory.Value())
	return pod.Resources{CPU: a.CPU, Memory: inBytes(request), MemoryLimit: inBytes(limit), Disk: redisDisk, DiskLimit: redisDiskLimit}
}
