package kubernetes

import (
	_ "embed" // for the command that starts the server
	"errors"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
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

// OpenSearchArgs describes one OpenSearch server in the cluster.
type OpenSearchArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image is opensearchproject/opensearch of version 2 or 3, or one with the same folders.
	Image string
	// User that the app connects as, with all rights on the indices.
	User string
	// Memory of the server in Kubernetes' notation, for instance 2Gi. Half of it is the heap.
	Memory string
	// CPU request in Kubernetes' notation.
	CPU string
	// Size of the volume.
	Size string
	// StorageClass is empty for the cluster's default class.
	StorageClass string
	// Data of the server.
	Data data.Held
	// Authority signs the server's certificate. The server always needs one: its security plugin
	// does not start without TLS between nodes, even if there is one node.
	Authority *Authority
	// TLS says whether clients use TLS too.
	TLS bool
}

// OpenSearch is one OpenSearch server behind a Service. It asks for a password, with or without
// TLS.
type OpenSearch struct {
	pulumi.ResourceState

	// Server says how the app connects to the server.
	Server connection.Search
}

// OpenSearchPart is the component label of the server's pods.
const OpenSearchPart = labels.OpenSearch

const (
	openSearchPort = 9200
	// openSearchUser is the user id of the opensearch user in the official image.
	openSearchUser = 1000
	// openSearchGrace is the time to write the index to disk at shutdown, in seconds, as in the
	// vendor's chart.
	openSearchGrace = 120
	openSearchHome  = "/usr/share/opensearch"
	// openSearchFolder is the server's configuration. The security plugin reads certificates below
	// it only.
	openSearchFolder = "/etc/opensearch"
	openSearchData   = openSearchHome + "/data"
	openSearchFiles  = "/etc/djangostack/opensearch"
	// openSearchDisk and openSearchDiskLimit are for the container's log, the copy of the image's
	// configuration, and native libraries that the JVM unpacks.
	openSearchDisk, openSearchDiskLimit = "128Mi", "1Gi"
)

//go:embed opensearch.sh
var openSearchStart string

// NewOpenSearch registers an OpenSearch server.
func NewOpenSearch(ctx *pulumi.Context, name string, args *OpenSearchArgs, opts ...pulumi.ResourceOption) (*OpenSearch, error) {
	o := &OpenSearch{}
	return component.New(ctx, "djangostack:kubernetes:OpenSearch", name+"-"+OpenSearchPart, o, args.check, func() (pulumi.Map, error) {
		return o.register(ctx, name, args)
	}, opts...)
}

func (o *OpenSearch) register(ctx *pulumi.Context, name string, args *OpenSearchArgs) (pulumi.Map, error) {
	password, values, err := random.NewImmutablePassword(ctx, name+"-"+OpenSearchPart, args.Data, o)
	if err != nil {
		return nil, err
	}
	volumes, err := args.volumes(ctx, name, password.BcryptHash, o, pulumi.DependsOn(values))
	if err != nil {
		return nil, err
	}
	s := server{
		component: OpenSearchPart,
		namespace: args.Namespace,
		labels:    args.Labels,
		user:      openSearchUser,
		port:      openSearchPort,
		grace:     openSearchGrace,
		container: args.container(),
		volumes:   volumes,
		protect:   args.Data.Protected,
		after:     values,
	}
	certificate, err := args.Authority.certificate(ctx, name, s, nil, o)
	if err != nil {
		return nil, err
	}
	certificate.Path = openSearchFolder + "/" + openSearchTLS
	s.volumes = append(s.volumes, certificate)
	o.Server = connection.Search{
		Host: pulumi.String(args.Labels.ObjectName(OpenSearchPart)), Port: openSearchPort, User: args.User, Password: password.Result, TLS: args.TLS,
	}
	if args.TLS {
		o.Server.CA = args.Authority.Certificates
	}
	if _, err := s.register(ctx, name, o); err != nil {
		return nil, err
	}
	return component.DataOr(args.Data, pulumi.Map{"host": o.Server.Host, "port": pulumi.Int(openSearchPort)}), nil
}

func (a *OpenSearchArgs) check() error {
	_, err := resource.ParseQuantity(a.Memory)
	if err != nil {
		err = fmt.Errorf("OpenSearch: Memory %q is not a quantity such as 2Gi: %w", a.Memory, err)
	}
	return errors.Join(
		validate.Check("OpenSearch",
			validate.Required("Namespace", a.Namespace != nil),
			validate.Required("Labels", a.Labels.Complete()),
			validate.Required("Image", a.Image != ""),
			validate.Required("User", a.User != ""),
			validate.Required("Size", a.Size != ""),
			validate.Required("Authority", a.Authority != nil),
		),
		err,
	)
}

// volumes registers the claim, the ConfigMap and the Secret, and returns the volumes of the pod.
func (a *OpenSearchArgs) volumes(ctx *pulumi.Context, name string, hash pulumi.StringInput, parent pulumi.Resource, after pulumi.ResourceOption) ([]pod.Volume, error) {
	claim, err := NewClaim(ctx, name+"-"+OpenSearchPart+"-data", &ClaimArgs{
		Component:    OpenSearchPart,
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
	configuration, err := corev1.NewConfigMap(ctx, name+"-"+OpenSearchPart, &corev1.ConfigMapArgs{
		Metadata:  metav1.ObjectMetaArgs{Namespace: a.Namespace, Labels: a.Labels.For(OpenSearchPart)},
		Immutable: pulumi.Bool(true),
		Data: pulumi.StringMap{
			"opensearch.yml":  pulumi.String(a.configuration()),
			openSearchTrusted: a.Authority.Certificates,
		},
	}, pulumi.Parent(parent), after)
	if err != nil {
		return nil, fmt.Errorf("registering the ConfigMap of %s: %w", OpenSearchPart, err)
	}
	security, err := newSecret(ctx, name+"-"+OpenSearchPart, OpenSearchPart, a.Namespace, a.Labels, a.securityFiles(hash), parent, after)
	if err != nil {
		return nil, err
	}
	return []pod.Volume{
		{Name: "data", Path: openSearchData, Claim: claim.Metadata.Name().Elem()},
		{Name: "tmp", Path: "/tmp"},
		// The JVM opens the log of its garbage collector there before an option turns it off.
		{Name: "logs", Path: openSearchHome + "/logs"},
		{Name: "configuration", Path: openSearchFolder},
		{Name: "files", Path: openSearchFiles, ReadOnly: true, ConfigMap: configuration.Metadata.Name().Elem()},
		{Name: "security", Path: openSearchFolder + "/opensearch-security", ReadOnly: true, Secret: security.Metadata.Name().Elem()},
	}, nil
}

func (a *OpenSearchArgs) container() corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:    pulumi.String(OpenSearchPart),
		Image:   pulumi.String(a.Image),
		Command: pulumi.ToStringArray([]string{"sh", "-c", openSearchStart}),
		Env: corev1.EnvVarArray{
			pod.Env("OPENSEARCH_HOME", pulumi.String(openSearchHome)),
			pod.Env("OPENSEARCH_PATH_CONF", pulumi.String(openSearchFolder)),
			pod.Env("CONFIGURATION", pulumi.String(openSearchFiles)),
			pod.Env("OPENSEARCH_JAVA_OPTS", pulumi.String(a.javaOptions())),
		},
		Resources:      a.resources().Requirements(),
		StartupProbe:   pod.ServerStartup(openSearchPort),
		ReadinessProbe: pod.ServerReadiness(openSearchPort),
	}
}

// javaOptions override those of the image's jvm.options. The log of the garbage collector and
// dumps of the heap would fill the disk, and the first option is that of the image's entry point.
func (a *OpenSearchArgs) javaOptions() string {
	memory := resource.MustParse(a.Memory)
	const kibi = 1024
	heap := sizes.OpenSearchHeap(memory.Value()) / kibi / kibi
	return fmt.Sprintf("-Dopensearch.cgroups.hierarchy.override=/ -Xms%dm -Xmx%[1]dm -XX:-HeapDumpOnOutOfMemoryError -Xlog:disable -Xlog:all=warning:stderr", heap)
}

func (a *OpenSearchArgs) resources() pod.Resources {
	return pod.Resources{CPU: a.CPU, Memory: a.Memory, MemoryLimit: a.Memory, Disk: openSearchDisk, DiskLimit: openSearchDiskLimit}
}
