package kubernetes

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// DumpArgs describes the dump that a database begins with.
type DumpArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image holds sh, awk, psql and pg_restore, of the server's version or newer;
	// Docker's official postgres image does.
	Image string
	// Database that the dump is imported into, as the app's own role.
	Database connection.Database
	// Source is the dump's address, for instance s3://bucket/blog.dump: one database,
	// in the custom format of pg_dump or as plain SQL, compressed by gzip or not.
	Source string
	// Fetch brings the dump from its source.
	Fetch DumpFetch
	// ServiceAccount that may read the source; nil for the namespace's default one.
	ServiceAccount pulumi.StringInput
	// Size is the room on the node's disk for the dump as it is fetched, in Kubernetes'
	// notation.
	Size string
	// Timeout of fetching and importing, in seconds.
	Timeout   int
	Resources pod.Resources
}

// DumpFetch is how a dump is brought from its source.
type DumpFetch struct {
	// Image holds the command. It runs as a user without rights, on a root file system
	// that is read-only; its home is /tmp.
	Image string
	// Command is given two more arguments: the source, and the file to write it to.
	Command []string
}

// Dump is a dump that is imported once into an empty database. A database that has
// tables is refused, unless they came from the same source. All is done in one
// transaction, and the database remembers the source in the table
// djangostack_import. It keeps what was imported when the program no longer has
// the dump.
type Dump struct {
	pulumi.ResourceState
}

const (
	dumpPart   = "dump"
	dumpFolder = "/dump"
)

// dumpScript checks, imports and records; it exits with 3 or 65 when another try
// would end in the same way.
//
//go:embed dump.sh
var dumpScript string

// dumpFilter passes what a role without further rights may import. Dumps of managed
// servers hold more: owners, rights and extensions that are the server's own.
//
//go:embed dump.awk
var dumpFilter string

// NewDump registers the Job that imports the dump. It is another Job for another
// source.
func NewDump(ctx *pulumi.Context, name string, args *DumpArgs, opts ...pulumi.ResourceOption) (*Dump, error) {
	d := &Dump{}
	return component.New(ctx, "djangostack:kubernetes:Dump", name+"-"+dumpPart, d, args.check, func() (pulumi.Map, error) {
		secret, err := newSecret(ctx, name+"-"+dumpPart, dumpPart, args.Namespace, args.Labels, pulumi.StringMap{
			"password": args.Database.Password,
		}, d)
		if err != nil {
			return nil, err
		}
		err = job{
			component:      dumpPart,
			namespace:      args.Namespace,
			labels:         args.Labels,
			timeout:        args.Timeout,
			finalExitCodes: []int{3, 65},
			serviceAccount: args.ServiceAccount,
			initContainers: []corev1.ContainerArgs{args.fetch()},
			container:      args.container(secret),
			volumes:        []pod.Volume{{Name: "dump", Path: dumpFolder, Limit: args.Size}},
		}.register(ctx, fmt.Sprintf("%s-%s-%s", name, dumpPart, args.hash()), d)
		if err != nil {
			return nil, err
		}
		return pulumi.Map{"source": pulumi.String(args.Source)}, nil
	}, opts...)
}

func (a *DumpArgs) check() error {
	problems := []error{validate.Check("Dump",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Image", a.Image != ""),
		validate.Required("Database.Host", a.Database.Host != nil),
		validate.Required("Database.Name", a.Database.Name != ""),
		validate.Required("Database.User", a.Database.User != ""),
		validate.Required("Database.Password", a.Database.Password != nil),
		validate.Required("Source", a.Source != ""),
		validate.Required("Fetch.Image", a.Fetch.Image != ""),
		validate.Required("Fetch.Command", len(a.Fetch.Command) > 0),
		validate.Required("Size", a.Size != ""),
		validate.Required("Timeout", a.Timeout > 0),
	)}
	address := regexp.MustCompile(`^([a-z][a-z0-9+.-]*://[^\s/]+/\S+)?$`)
	if !address.MatchString(a.Source) {
		problems = append(problems, fmt.Errorf("Dump: Source is %q, which is no address of a file such as s3://bucket/blog.dump", a.Source))
	}
	return errors.Join(problems...)
}

// hash tells the Jobs of different sources apart.
func (a *DumpArgs) hash() string {
	const length = 4
	sum := sha256.Sum256([]byte(a.Source))
	return hex.EncodeToString(sum[:length])
}

func (a *DumpArgs) fetch() corev1.ContainerArgs {
	command := slices.Concat(a.Fetch.Command, []string{a.Source, dumpFolder + "/dump"})
	return corev1.ContainerArgs{
		Name:      pulumi.String("fetch"),
		Image:     pulumi.String(a.Fetch.Image),
		Command:   pulumi.ToStringArray(command),
		Env:       corev1.EnvVarArray{pod.Env("HOME", pulumi.String("/tmp"))},
		Resources: a.requirements(),
	}
}

func (a *DumpArgs) container(secret *corev1.Secret) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Image:   pulumi.String(a.Image),
		Command: pulumi.ToStringArray([]string{"sh", "-c", dumpScript, dumpPart, dumpFilter}),
		Env: append(psqlEnvironment(a.Database, secret, "password"),
			pod.Env("DUMP_SOURCE", pulumi.String(a.Source)),
			pod.Env("DUMP_FOLDER", pulumi.String(dumpFolder)),
		),
		Resources: a.requirements(),
	}
}

// requirements reserve the room on the node's disk, so that a node is chosen that
// has it.
func (a *DumpArgs) requirements() corev1.ResourceRequirementsArgs {
	wanted := a.Resources
	wanted.Disk = a.Size
	return wanted.Requirements()
}
