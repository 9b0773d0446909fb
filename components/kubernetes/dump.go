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

// DumpArgs describes a dump to import into an empty database.
type DumpArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image has sh, awk, psql and pg_restore, of the server's version or newer, for
	// instance Docker's official postgres image.
	Image string
	// Database to import the dump into, with the role of the app.
	Database connection.Database
	// Source is the URL of the dump, for instance s3://bucket/blog.dump. The dump holds one
	// database, in the custom format of pg_dump or as plain SQL, with or without gzip.
	Source string
	// Fetch downloads the dump from its source.
	Fetch DumpFetch
	// ServiceAccount that may read the source; nil for the namespace's default account.
	ServiceAccount pulumi.StringInput
	// Size is the ephemeral storage on the node for the downloaded dump, in Kubernetes'
	// notation.
	Size string
	// Timeout of download and import together, in seconds.
	Timeout   int
	Resources pod.Resources
}

// DumpFetch is the command that downloads a dump.
type DumpFetch struct {
	// Image has the command. It runs unprivileged on a read-only root file system, with
	// /tmp as its home.
	Image string
	// Command gets two more arguments: the source, and the file to write.
	Command []string
}

// Dump imports a dump once into an empty database. It refuses a database that has tables,
// unless they were imported from the same source. The import runs in one transaction and
// records the source in the table djangostack_import. The data stays when the program no
// longer declares the component.
type Dump struct {
	pulumi.ResourceState
}

const (
	dumpPart   = "dump"
	dumpFolder = "/dump"
)

// dumpScript checks the database, imports the dump and records the source. It exits with 3
// or 65 if a retry would fail in the same way.
//
//go:embed dump.sh
var dumpScript string

// dumpFormat reads a dump of either format as SQL.
//
//go:embed dump_format.sh
var dumpFormat string

// dumpFilter removes the statements that a role without superuser rights may not run. Dumps
// of managed servers contain owners, grants and extensions of the server.
//
//go:embed dump.awk
var dumpFilter string

// NewDump registers the Job that imports the dump. Another source creates another Job.
func NewDump(ctx *pulumi.Context, name string, args *DumpArgs, opts ...pulumi.ResourceOption) (*Dump, error) {
	d := &Dump{}
	return component.New(ctx, "djangostack:kubernetes:Dump", name+"-"+dumpPart, d, args.check, func() (pulumi.Map, error) {
		// The scheduler picks a node that has space for the dump.
		wanted, err := args.Resources.WithDisk(args.Size)
		if err != nil {
			return nil, fmt.Errorf("reading the size of the dump: %w", err)
		}
		requirements := wanted.Requirements()
		secret, err := newSecret(ctx, name+"-"+dumpPart, dumpPart, args.Namespace, args.Labels, pulumi.StringMap{
			"password": args.Database.Password,
		}, d)
		if err != nil {
			return nil, err
		}
		volumes, err := trusted(ctx, name+"-"+dumpPart, dumpPart, args.Namespace, args.Labels, args.Database, d)
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
			initContainers: []corev1.ContainerArgs{args.fetch(requirements)},
			container:      args.container(secret, requirements),
			volumes:        append(volumes, pod.Volume{Name: "dump", Path: dumpFolder, Limit: args.Size}),
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
		problems = append(problems, fmt.Errorf("Dump: Source is %q, which is not the URL of a file such as s3://bucket/blog.dump", a.Source))
	}
	return errors.Join(problems...)
}

// hash distinguishes the Jobs of different sources.
func (a *DumpArgs) hash() string {
	const length = 4
	sum := sha256.Sum256([]byte(a.Source))
	return hex.EncodeToString(sum[:length])
}

func (a *DumpArgs) fetch(requirements corev1.ResourceRequirementsArgs) corev1.ContainerArgs {
	command := slices.Concat(a.Fetch.Command, []string{a.Source, dumpFolder + "/dump"})
	return corev1.ContainerArgs{
		Name:      pulumi.String("fetch"),
		Image:     pulumi.String(a.Fetch.Image),
		Command:   pulumi.ToStringArray(command),
		Env:       corev1.EnvVarArray{pod.Env("HOME", pulumi.String("/tmp"))},
		Resources: requirements,
	}
}

func (a *DumpArgs) container(secret *corev1.Secret, requirements corev1.ResourceRequirementsArgs) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Image:   pulumi.String(a.Image),
		Command: pulumi.ToStringArray([]string{"sh", "-c", dumpFormat + dumpScript, dumpPart, dumpFilter}),
		Env: append(psqlEnvironment(a.Database, secret, "password"),
			pod.Env("DUMP_SOURCE", pulumi.String(a.Source)),
			pod.Env("DUMP_FOLDER", pulumi.String(dumpFolder)),
		),
		Resources: requirements,
	}
}
