package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// runStep runs one step between two events, which report its start and its result.
func (r *rehearsal) runStep(ctx context.Context, name string, do func(context.Context) error) error {
	r.stepNumber++
	r.events = nil
	if err := r.printf("\n%d. %s\n", r.stepNumber, name); err != nil {
		return err
	}
	r.sendStepEvent(name, "")
	err := ctx.Err()
	if err == nil {
		err = do(ctx)
	}
	if err != nil {
		r.sendStepEvent(name, "failed")
		return err
	}
	r.sendStepEvent(name, "passed")
	return nil
}

func (r *rehearsal) sendStepEvent(step, result string) {
	r.eventHandler(r.progress)(lifecycle.Event{Time: time.Now(), Stack: r.flags.stack, Type: lifecycle.EventStep, Name: step, Result: result})
}

// withStack opens the stack for one operation and closes it.
func (r *rehearsal) withStack(ctx context.Context, do func(*lifecycle.Stack) error, overrides ...stackfile.Override) (err error) {
	stack, err := r.openStack(ctx, overrides...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	return do(stack)
}

func (r *rehearsal) preview(ctx context.Context) error {
	return r.withStack(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Preview(ctx)
		if err != nil {
			return err
		}
		show.Plan(r.textOutput(), result.Plan, r.options.full)
		return r.printCounts(result.Result, true)
	})
}

func (r *rehearsal) up(ctx context.Context) error {
	return r.withStack(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Up(ctx)
		if err != nil {
			return err
		}
		if err := show.Outputs(r.textOutput(), result.Outputs, false); err != nil {
			return err
		}
		if err := r.printCounts(result.Result, false); err != nil {
			return err
		}
		return r.export(ctx, stack)
	})
}

// export writes the state to the file of --export.
func (r *rehearsal) export(ctx context.Context, stack *lifecycle.Stack) error {
	if r.options.export == "" {
		return nil
	}
	state, err := stack.ExportRevealed(ctx)
	if err != nil {
		return err
	}
	if err := writePrivateFile(r.options.export, state); err != nil {
		return fmt.Errorf("exporting the state: %w", err)
	}
	return r.printf("  wrote the state to %s\n", r.options.export)
}

// writePrivateFile writes a file with mode 0600. An existing file gets that mode, too.
func writePrivateFile(path string, content []byte) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := file.Chmod(0o600); err != nil {
		return err
	}
	_, err = file.Write(content)
	return err
}

// upAgain previews and updates a second time. The preview is what names the properties that change.
func (r *rehearsal) upAgain(ctx context.Context) error {
	err := r.withStack(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Preview(ctx)
		if err != nil {
			return err
		}
		show.Plan(r.textOutput(), result.Plan, r.options.full)
		return r.requireNoChanges(result.Result)
	})
	if err != nil {
		return err
	}
	return r.withStack(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Up(ctx)
		if err != nil {
			return err
		}
		return errors.Join(r.printCounts(result.Result, false), r.requireNoChanges(result.Result))
	})
}

func (r *rehearsal) refresh(ctx context.Context) error {
	return r.withStack(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Refresh(ctx)
		if err != nil {
			return err
		}
		return errors.Join(r.printCounts(result, false), r.requireNoChanges(result))
	})
}

// requireNoChanges returns an error that names the changed resources, if there are any.
func (r *rehearsal) requireNoChanges(result lifecycle.Result) error {
	if !result.Changes.Any() {
		return nil
	}
	counts := show.Counts(result, false)
	var names []string
	for _, event := range r.events {
		if isChange(event) {
			names = append(names, lifecycle.ShortType(event.ResourceType)+" "+event.Name)
		}
	}
	if len(names) > 0 {
		counts += ": " + strings.Join(names, ", ")
	}
	return &changesError{counts: counts}
}

func isChange(event lifecycle.Event) bool {
	ended := event.Type == lifecycle.EventDone || event.Type == lifecycle.EventPlan
	return ended && event.Op != "refresh" && event.Op != "read"
}

// destroyProtected checks that a destroy is refused while resources are protected.
func (r *rehearsal) destroyProtected(ctx context.Context) error {
	return r.withStack(ctx, func(stack *lifecycle.Stack) error {
		protected, err := stack.Protected(ctx)
		if err != nil {
			return err
		}
		if len(protected) == 0 {
			return r.printf("  no resource is protected\n")
		}
		r.protected = protected
		names := make([]string, len(protected))
		for i, resource := range protected {
			names[i] = resource.Name
		}
		_, err = stack.Destroy(ctx, lifecycle.DestroyOptions{})
		var refused *lifecycle.RefusedError
		switch {
		case errors.As(err, &refused):
			return r.printf("  destroy is refused, as expected, because these resources are protected: %s\n", strings.Join(names, ", "))
		case err != nil:
			return err
		}
		return fmt.Errorf("destroy was not refused, although these resources are protected: %s", strings.Join(names, ", "))
	})
}

// upWithoutProtection updates the environment to protection: disposable, as a user does before giving
// it up. The clouds protect some resources themselves (RDS, Cloud SQL, GKE, load balancers), and only
// an update lifts that.
func (r *rehearsal) upWithoutProtection(ctx context.Context) error {
	if len(r.protected) == 0 {
		return r.printf("  no resource is protected\n")
	}
	overrides := []stackfile.Override{{Path: "protection", Value: string(spec.Disposable)}}
	if _, isSet := r.config.environment["allowDataLoss"]; isSet {
		overrides = append(overrides, stackfile.Override{Path: "allowDataLoss", Value: []any{}})
	}
	return r.withStack(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Up(ctx)
		if err != nil {
			return err
		}
		r.protected = nil
		return r.printCounts(result.Result, false)
	}, overrides...)
}

// destroy deletes everything, including the protected resources, and prints the order.
func (r *rehearsal) destroy(ctx context.Context) error {
	return r.withStack(ctx, func(stack *lifecycle.Stack) error {
		var options lifecycle.DestroyOptions
		for _, resource := range r.protected {
			options.DeleteData = append(options.DeleteData, resource.URN)
		}
		result, err := stack.Destroy(ctx, options)
		if err := r.printDeletionOrder(); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		return r.printCounts(result.Result, false)
	})
}

// printDeletionOrder lists the deleted resources in the order of their deletion.
func (r *rehearsal) printDeletionOrder() error {
	number := 0
	for _, event := range r.events {
		if event.Type != lifecycle.EventDone || !event.Listed() {
			continue
		}
		number++
		if err := r.printf("  %4d  %s %s\n", number, lifecycle.ShortType(event.ResourceType), event.Name); err != nil {
			return err
		}
	}
	return nil
}

// checkRemaining lists the resources that still exist and fails if one should have been deleted.
func (r *rehearsal) checkRemaining(context.Context) error {
	remaining := r.emulators.Remaining()
	if len(remaining) == 0 {
		return r.printf("  none\n")
	}
	var unexpected []string
	for _, resource := range remaining {
		if resource.KeptBecause == "" {
			unexpected = append(unexpected, resource.Name)
			continue
		}
		if err := r.printf("  %s (%s)\n", resource.Name, resource.KeptBecause); err != nil {
			return err
		}
	}
	if len(unexpected) > 0 {
		return fmt.Errorf("these resources still exist after destroy: %s", strings.Join(unexpected, ", "))
	}
	return nil
}

func (r *rehearsal) printCounts(result lifecycle.Result, planned bool) error {
	return r.printf("  %s in %s\n", show.Counts(result, planned), show.Seconds(result.Duration))
}
