package kubernetes

import (
	"encoding/json"
	"errors"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/components/validate"
)

// QueueType is the type of the queues that a client declares without one.
type QueueType string

// QuorumQueues write every message to disk before they confirm it. ClassicQueues work with
// every client.
const (
	QuorumQueues  QueueType = "quorum"
	ClassicQueues QueueType = "classic"
)

// RabbitMQArgs describes one RabbitMQ server in the cluster.
type RabbitMQArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image is Docker's official rabbitmq image of version 4 or one with the same entry
	// point.
	Image string
	// User that the app connects as, with all rights on the virtual host / and none of an
	// administrator.
	User string
	// Memory of the server in Kubernetes' notation, for instance 256Mi. When it uses as much,
	// it takes no new messages until some are consumed.
	Memory string
	// CPU request in Kubernetes' notation.
	CPU string
	// QueueType of durable queues that are declared without a type.
	QueueType QueueType
	// ConsumerTimeout is how long a consumer may take to acknowledge a message, in seconds.
	ConsumerTimeout int
	// Size of the volume.
	Size string
	// StorageClass is empty for the cluster's default class.
	StorageClass string
	// Data of the server.
	Data data.Held
	// Authority signs the server's certificate, and the server then accepts TLS only; nil
	// for a server without TLS.
	Authority *Authority
	// Callers are labels of pods, in any namespace, that may connect besides the app's
	// pods.
	Callers []map[string]string
}

// RabbitMQ is one RabbitMQ server behind a Service.
type RabbitMQ struct {
	pulumi.ResourceState

	// Server says how the app connects to the server.
	Server connection.AMQP
}

// RabbitMQPart is the component label of the server's pods.
const RabbitMQPart = labels.RabbitMQ

const (
	rabbitPort, rabbitTLSPort = 5672, 5671
	// rabbitUser is the user id of the rabbitmq user in the official image.
	rabbitUser = 999
	// rabbitGrace is the time to close the queues at shutdown, in seconds.
	rabbitGrace  = 60
	rabbitFolder = "/etc/djangostack/rabbitmq"
	rabbitData   = "/var/lib/rabbitmq"
	// rabbitDisk and rabbitDiskLimit are for the container's log.
	rabbitDisk, rabbitDiskLimit = "64Mi", "256Mi"
)

// NewRabbitMQ registers a RabbitMQ server.
func NewRabbitMQ(ctx *pulumi.Context, name string, args *RabbitMQArgs, opts ...pulumi.ResourceOption) (*RabbitMQ, error) {
	r := &RabbitMQ{}
	return component.New(ctx, "djangostack:kubernetes:RabbitMQ", name+"-"+RabbitMQPart, r, args.check, func() (pulumi.Map, error) {
		return r.register(ctx, name, args)
	}, opts...)
}

func (r *RabbitMQ) register(ctx *pulumi.Context, name string, args *RabbitMQArgs) (pulumi.Map, error) {
	password, values, err := random.NewImmutablePassword(ctx, name+"-"+RabbitMQPart, args.Data, r)
	if err != nil {
		return nil, err
	}
	after := pulumi.DependsOn(values)
	configuration, err := args.configuration()
	if err != nil {
		return nil, err
	}
	secret, err := newSecret(ctx, name+"-"+RabbitMQPart, RabbitMQPart, args.Namespace, args.Labels, pulumi.StringMap{
		"rabbitmq.conf":    pulumi.String(configuration),
		"definitions.json": args.definitions(password.Result),
		"enabled_plugins":  pulumi.String("[].\n"),
	}, r, after)
	if err != nil {
		return nil, err
	}
	claim, err := NewClaim(ctx, name+"-"+RabbitMQPart+"-data", &ClaimArgs{
		Component:    RabbitMQPart,
		Namespace:    args.Namespace,
		Labels:       args.Labels,
		Size:         args.Size,
		StorageClass: args.StorageClass,
		AccessMode:   "ReadWriteOnce",
		Data:         args.Data,
	}, pulumi.Parent(r), after)
	if err != nil {
		return nil, err
	}
	s := server{
		component: RabbitMQPart,
		namespace: args.Namespace,
		labels:    args.Labels,
		user:      rabbitUser,
		port:      args.port(),
		grace:     rabbitGrace,
		container: args.container(),
		volumes: []pod.Volume{
			{Name: "data", Path: rabbitData, Claim: claim.Metadata.Name().Elem()},
			{Name: "tmp", Path: "/tmp"},
			{Name: "configuration", Path: rabbitFolder, ReadOnly: true, Secret: secret.Metadata.Name().Elem()},
		},
		protect: args.Data.Protected,
		after:   values,
		callers: args.Callers,
	}
	r.Server = connection.AMQP{Host: pulumi.String(args.Labels.ObjectName(RabbitMQPart)), Port: s.port, User: args.User, Password: password.Result}
	if args.Authority != nil {
		certificate, err := args.Authority.certificate(ctx, name, s, nil, r)
		if err != nil {
			return nil, err
		}
		s.volumes = append(s.volumes, certificate)
		r.Server.TLS, r.Server.CA = true, args.Authority.Certificates
	}
	if _, err := s.register(ctx, name, r); err != nil {
		return nil, err
	}
	return component.DataOr(args.Data, pulumi.Map{"host": r.Server.Host, "port": pulumi.Int(s.port)}), nil
}

func (a *RabbitMQArgs) check() error {
	_, err := resource.ParseQuantity(a.Memory)
	if err != nil {
		err = fmt.Errorf("RabbitMQ: Memory %q is not a quantity such as 256Mi: %w", a.Memory, err)
	}
	return errors.Join(
		validate.Check("RabbitMQ",
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("Labels", a.Labels.Complete()),
			validate.Required("Image", a.Image != ""),
			validate.Required("User", a.User != ""),
			validate.Required("ConsumerTimeout", a.ConsumerTimeout > 0),
			validate.Required("Size", a.Size != ""),
		),
		validate.OneOf("RabbitMQ", "QueueType", a.QueueType, QuorumQueues, ClassicQueues),
		err,
	)
}

func (a *RabbitMQArgs) port() int {
	if a.Authority != nil {
		return rabbitTLSPort
	}
	return rabbitPort
}

// configuration returns rabbitmq.conf (https://www.rabbitmq.com/docs/configure).
func (a *RabbitMQArgs) configuration() (string, error) {
	memory, err := resource.ParseQuantity(a.Memory)
	if err != nil {
		return "", fmt.Errorf("RabbitMQ: Memory: %w", err)
	}
	listener := fmt.Sprintf("listeners.tcp.default = %d\n", rabbitPort)
	if a.Authority != nil {
		// Clients have the password; their own certificates would be one more secret.
		listener = fmt.Sprintf("listeners.tcp = none\nlisteners.ssl.default = %d\nssl_options.certfile = %s\nssl_options.keyfile = %s\n"+
			"ssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = false\n", rabbitTLSPort, tlsCertificate, tlsKey)
	}
	const milliseconds = 1000
	return listener + fmt.Sprintf(`log.console = true
log.console.level = info
load_definitions = %s/definitions.json
default_queue_type = %s
vm_memory_high_watermark.absolute = %d
disk_free_limit.absolute = 50MB
# A worker notices after two of these that the broker's pod is no longer there. Celery would ask for 120 seconds, and the lower of
# the two counts (https://www.rabbitmq.com/docs/heartbeats).
heartbeat = 20
consumer_timeout = %d
# Celery's remote control and its prefetch count need both.
deprecated_features.permit.transient_nonexcl_queues = true
deprecated_features.permit.global_qos = true
`, rabbitFolder, a.QueueType, memory.Value(), a.ConsumerTimeout*milliseconds), nil
}

// definitions are the objects of the server, which it creates and updates at every start
// (https://www.rabbitmq.com/docs/definitions). With them it creates no user guest.
func (a *RabbitMQArgs) definitions(password pulumi.StringInput) pulumi.StringOutput {
	written := password.ToStringOutput().ApplyT(func(password string) (string, error) {
		const all = ".*"
		definitions := map[string]any{
			"vhosts":      []any{map[string]any{"name": "/"}},
			"users":       []any{map[string]any{"name": a.User, "password": password, "tags": ""}},
			"permissions": []any{map[string]any{"user": a.User, "vhost": "/", "configure": all, "write": all, "read": all}},
			"policies": []any{map[string]any{
				"vhost": "/", "name": "quorum", "pattern": all, "apply-to": "quorum_queues", "priority": 0,
				// By default a quorum queue drops a message that was delivered 20 times, which
				// restarts of the workers may do to a task
				// (https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling).
				"definition": map[string]any{"delivery-limit": -1},
			}},
		}
		text, err := json.Marshal(definitions)
		if err != nil {
			return "", fmt.Errorf("writing the definitions of RabbitMQ: %w", err)
		}
		return string(text), nil
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(written).(pulumi.StringOutput)
}

func (a *RabbitMQArgs) container() corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:  pulumi.String(RabbitMQPart),
		Image: pulumi.String(a.Image),
		Env: corev1.EnvVarArray{
			pod.Env("RABBITMQ_CONFIG_FILE", pulumi.String(rabbitFolder+"/rabbitmq.conf")),
			pod.Env("RABBITMQ_ENABLED_PLUGINS_FILE", pulumi.String(rabbitFolder+"/enabled_plugins")),
			// The data directory is named after the node.
			pod.Env("RABBITMQ_NODENAME", pulumi.String("rabbit@localhost")),
			// The cookie of Erlang is in the home. On a volume, whose files the kubelet opens to
			// the group, Erlang would refuse it.
			pod.Env("HOME", pulumi.String("/tmp")),
			pod.Env("ERL_EPMD_ADDRESS", pulumi.String("127.0.0.1")),
			// Idle schedulers must not spin (https://www.rabbitmq.com/docs/runtime#busy-waiting).
			pod.Env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", pulumi.String("+sbwt none +sbwtdcpu none +sbwtdio none")),
		},
		Resources:      a.resources().Requirements(),
		StartupProbe:   pod.ServerStartup(a.port()),
		ReadinessProbe: pod.ServerReadiness(a.port()),
	}
}

func (a *RabbitMQArgs) resources() pod.Resources {
	memory := resource.MustParse(a.Memory)
	_, limit := sizes.RabbitMQ(memory.Value())
	return pod.Resources{CPU: a.CPU, Memory: a.Memory, MemoryLimit: inBytes(limit), Disk: rabbitDisk, DiskLimit: rabbitDiskLimit}
}
