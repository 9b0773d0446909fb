package kubernetes

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// DatabaseMoveArgs describes the move of the databases of an app to another server.
type DatabaseMoveArgs struct {
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Image has sh, awk, psql and pg_dump, of the newer of both servers' versions or
	// newer, for instance Docker's official postgres image.
	Image string
	// From is the database that is moved, and To an empty one on another server. Both are
	// owned by the roles that connect. Neither connection goes through a pooler, which keeps
	// connections open that no one uses.
	From, To connection.Database
	// Further databases that move too. Their names are the same on both servers.
	Further []string
	// Move names this move, for instance in-cluster-to-managed. The new database records it.
	Move string
	// Step is PrepareMove, CopyMove, KeepMove or BackMove.
	Step MoveStep
	// Patience is how long the clients of the old database may take to end, in seconds.
	Patience int
	// Timeout of the move together with Patience, in seconds.
	Timeout   int
	Resources pod.Resources
}

// MoveStep is what one Job of a move does.
type MoveStep string

const (
	// PrepareMove checks that both servers answer and that the new one can take the database. If
	// it has been copied, and neither database has changed since, the old one takes writes again.
	PrepareMove MoveStep = "prepare"
	// CopyMove copies the database. The old one stays as it is.
	CopyMove MoveStep = "copy"
	// KeepMove closes the old database for writes, if neither has changed since it was copied.
	// What uses the new one waits for it.
	KeepMove MoveStep = "keep"
	// BackMove lets the old database take writes again after KeepMove, though the new one has
	// been written to since. What uses the old one waits for it.
	BackMove MoveStep = "back"
)

// DatabaseMove copies a database into an empty one on another server, once. It waits until
// no one is connected to the old database, locks its tables against writes, copies in one
// transaction, and compares the rows of each table by number and content, the sequences and
// the large objects before that transaction ends. The new database then has all of them and
// a record of the move, or it is as empty as before. Settings move with it; rights of other
// roles and publications do not. Of several databases all are copied, or none is.
//
// After the step KeepMove the old database is whole and takes no writes of new sessions, until a
// Job of the step PrepareMove or BackMove opens it. Before, nothing changes it: a Job that is killed leaves
// no lock.
type DatabaseMove struct {
	pulumi.ResourceState
}

const (
	movePart = "database-move"
	// moveAuthority is the folder with the authority of the old server.
	moveAuthority = connection.AuthorityFolder + "-from"
)

// moveScript is idempotent: a further run continues after each step of a killed one. It exits
// with 3 or 65 if a retry would fail in the same way.
//
//go:embed database_move.sh
var moveScript string

// moveAllScript runs moveScript for each of several databases.
//
//go:embed database_move_all.sh
var moveAllScript string

// NewDatabaseMove registers the Job of a step. The Job of another step replaces it, once it has
// ended: two of them never run at once.
func NewDatabaseMove(ctx *pulumi.Context, name string, args *DatabaseMoveArgs, opts ...pulumi.ResourceOption) (*DatabaseMove, error) {
	m := &DatabaseMove{}
	return component.New(ctx, "djangostack:kubernetes:DatabaseMove", name+"-"+movePart, m, args.check, func() (pulumi.Map, error) {
		secret, err := newSecret(ctx, name+"-"+movePart, movePart, args.Namespace, args.Labels, pulumi.StringMap{
			"password":      args.To.Password,
			"from-password": args.From.Password,
		}, m)
		if err != nil {
			return nil, err
		}
		volumes, err := args.authorities(ctx, name, m)
		if err != nil {
			return nil, err
		}
		err = job{
			component:      movePart,
			namespace:      args.Namespace,
			labels:         args.Labels,
			timeout:        args.Timeout,
			finalExitCodes: []int{3, 65},
			container:      args.container(secret),
			volumes:        volumes,
		}.register(ctx, name+"-"+movePart+"-step", m, pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return nil, err
		}
		return pulumi.Map{"move": pulumi.String(args.Move)}, nil
	}, opts...)
}

func (a *DatabaseMoveArgs) check() error {
	problems := []error{validate.Check("DatabaseMove",
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Image", a.Image != ""),
		validate.Required("Move", a.Move != ""),
		validate.Required("Step", slices.Contains([]MoveStep{PrepareMove, CopyMove, KeepMove, BackMove}, a.Step)),
		validate.Required("Patience", a.Patience > 0),
		validate.Required("Timeout", a.Timeout > 0),
	)}
	for _, end := range []struct {
		field string
		at    connection.Database
	}{{"From", a.From}, {"To", a.To}} {
		problems = append(problems, validate.Check("DatabaseMove",
			validate.Required(end.field+".Host", end.at.Host != nil),
			validate.Required(end.field+".Name", end.at.Name != ""),
			validate.Required(end.field+".User", end.at.User != ""),
			validate.Required(end.field+".Password", end.at.Password != nil),
		))
	}
	if a.Patience > 0 && a.Timeout > 0 && a.Patience >= a.Timeout {
		problems = append(problems, fmt.Errorf("DatabaseMove: Timeout is %d seconds; it must be more than the Patience of %d", a.Timeout, a.Patience))
	}
	return errors.Join(append(problems, checkFurther("DatabaseMove", a.From.Name, a.Further))...)
}

// authorities are the volumes with the authorities of both servers, of those that have one.
func (a *DatabaseMoveArgs) authorities(ctx *pulumi.Context, name string, parent pulumi.Resource) ([]pod.Volume, error) {
	volumes, err := trusted(ctx, name+"-"+movePart, movePart, a.Namespace, a.Labels, a.To, parent)
	if err != nil {
		return nil, err
	}
	from, err := trusted(ctx, name+"-"+movePart+"-from", movePart, a.Namespace, a.Labels, a.From, parent)
	if err != nil {
		return nil, err
	}
	for _, volume := range from {
		volume.Name, volume.Path = "authority-from", moveAuthority
		volumes = append(volumes, volume)
	}
	return volumes, nil
}

func (a *DatabaseMoveArgs) container(secret *corev1.Secret) corev1.ContainerArgs {
	environment := append(psqlEnvironment(a.To, secret, "password"),
		prefixedEnvironment("FROM_", a.From, secret, "from-password", moveAuthority+"/"+connection.DatabaseAuthority)...)
	command := []string{"sh", "-c", moveScript, movePart, dumpFilter}
	if len(a.Further) > 0 {
		command = []string{"sh", "-c", moveAllScript, movePart, dumpFilter, moveScript}
	}
	return corev1.ContainerArgs{
		Image:   pulumi.String(a.Image),
		Command: pulumi.ToStringArray(command),
		Env: append(environment,
			pod.Env("MOVE_NAME", pulumi.String(a.Move)),
			pod.Env("MOVE_STEP", pulumi.String(a.Step)),
			pod.Env("MOVE_DATABASES", pulumi.String(strings.Join(append([]string{a.From.Name}, a.Further...), " "))),
			pod.Env("MOVE_PATIENCE", pulumi.String(strconv.Itoa(a.Patience))),
		),
		Resources: a.Resources.Requirements(),
	}
}
