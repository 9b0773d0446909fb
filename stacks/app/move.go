package app

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// otherDatabase returns the app's role on the other server of a move, and the components to
// wait for; nil without a move.
func (w wiring) otherDatabase() (*connection.Database, []pulumi.Resource, error) {
	move := w.environment.Database.Move
	if move == nil {
		return nil, nil, nil
	}
	database, servers, err := w.databaseOf(w.environment.OtherServer())
	if err != nil {
		return nil, nil, fmt.Errorf("registering the other server of database.move: %w", err)
	}
	return &database, servers, nil
}

// running says whether the processes run in the step of a move.
func (w wiring) running() django.Running {
	switch {
	case w.environment.StopsApp():
		return django.Stopped
	case w.environment.StartsAgain():
		return django.Restarted
	default:
		return ""
	}
}

// moveBefore registers the Job of a move that processes wait for. In the step prepare it
// opens the old database again if it was closed. In the step keep it compares once more, and
// closes it, so that no process ever sees a new database without its data. In the step back it
// opens the old one as it was kept.
func (w wiring) moveBefore(d dataServices) ([]pulumi.Resource, error) {
	move := w.environment.Database.Move
	if move == nil {
		return nil, nil
	}
	switch move.Step {
	case spec.PrepareMove:
		return w.move(d, kubernetes.PrepareMove, nil)
	case spec.KeepMove:
		return w.move(d, kubernetes.KeepMove, nil)
	case spec.BackMove:
		return w.move(d, kubernetes.BackMove, nil)
	default:
		return nil, nil
	}
}

// moveAfter registers the Job that copies, once the processes are stopped.
func (w wiring) moveAfter(d dataServices, stopped []pulumi.Resource) error {
	if !w.environment.StopsApp() {
		return nil
	}
	_, err := w.move(d, kubernetes.CopyMove, stopped)
	return err
}

// nameOf is the name of a move, which is the same in each step.
func nameOf(from, to spec.DatabaseServer) string {
	if from.Kind == to.Kind {
		return fmt.Sprintf("%s-to-%s", from.Part(), to.Part())
	}
	return fmt.Sprintf("%s-to-%s", from.Kind, to.Kind)
}

func (w wiring) move(d dataServices, step kubernetes.MoveStep, stopped []pulumi.Resource) ([]pulumi.Resource, error) {
	wanted := w.environment.Database.Move
	from, to := w.environment.MoveOf()
	args := &kubernetes.DatabaseMoveArgs{
		Namespace: w.namespace,
		Labels:    w.labels,
		Image:     string(w.environment.MoveImage()),
		From:      d.server(),
		To:        *d.other,
		Further:   w.environment.FurtherDatabases(),
		Move:      nameOf(from, to),
		Step:      step,
		Patience:  wanted.WaitSeconds,
		Timeout:   wanted.ActiveDeadlineSeconds,
		Resources: resources(w.environment.Release.Resources),
	}
	if from != w.environment.DatabaseServer() {
		args.From, args.To = args.To, args.From
	}
	after := append(append([]pulumi.Resource{}, d.services...), w.platform.DatabaseServer...)
	moved, err := kubernetes.NewDatabaseMove(w.ctx, w.name, args, w.afterPrerequisites(append(after, stopped...)...)...)
	if err != nil {
		return nil, err
	}
	return []pulumi.Resource{moved}, nil
}
