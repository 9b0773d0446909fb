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

// step takes one step and tells its begin and its end.
func (r *rehearsal) step(ctx context.Context, name string, do func(context.Context) error) error {
	r.steps++
	r.events = nil
	if err := r.writef("\n%d. %s\n", r.steps, name); err != nil {
		return err
	}
	r.tell(name, "")
	err := ctx.Err()
	if err == nil {
		err = do(ctx)
	}
	if err != nil {
		r.tell(name, "failed")
		return err
	}
	r.tell(name, "passed")
	return nil
}

func (r *rehearsal) tell(step, result string) {
	r.sink(r.human)(lifecycle.Event{Time: time.Now(), Stack: r.flags.stack, Type: lifecycle.EventStep, Name: step, Result: result})
}

// with opens the stack for one operation and closes it.
func (r *rehearsal) with(ctx context.Context, do func(*lifecycle.Stack) error, overrides ...stackfile.Override) (err error) {
	stack, err := r.open(ctx, overrides...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	return do(stack)
}

func (r *rehearsal) preview(ctx context.Context) error {
	return r.with(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Preview(ctx)
		if err != nil {
			return err
		}
		show.Plan(r.plain(), result.Plan, r.options.full)
		return r.figures(result.Result, true)
	})
}

func (r *rehearsal) up(ctx context.Context) error {
	return r.with(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Up(ctx)
		if err != nil {
			return err
		}
		if err := show.Outputs(r.plain(), result.Outputs, false); err != nil {
			return err
		}
		if err := r.figures(result.Result, false); err != nil {
			return err
		}
		return r.export(ctx, stack)
	})
}

// export writes the state of the finished environment where it is asked for.
func (r *rehearsal) export(ctx context.Context, stack *lifecycle.Stack) error {
	if r.options.export == "" {
		return nil
	}
	state, err := stack.ExportRevealed(ctx)
	if err != nil {
		return err
	}
	if err := writePrivately(r.options.export, state); err != nil {
		return fmt.Errorf("exporting the state: %w", err)
	}
	return r.writef("  its state is in %s\n", r.options.export)
}

// writePrivately writes a file that only its owner can read, also where there was
// one that others could.
func writePrivately(path string, content []byte) (err error) {
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

// again updates a second time. The plan comes first, since it knows the properties.
func (r *rehearsal) again(ctx context.Context) error {
	err := r.with(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Preview(ctx)
		if err != nil {
			return err
		}
		show.Plan(r.plain(), result.Plan, r.options.full)
		return r.unchanged(result.Result)
	})
	if err != nil {
		return err
	}
	return r.with(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Up(ctx)
		if err != nil {
			return err
		}
		return errors.Join(r.figures(result.Result, false), r.unchanged(result.Result))
	})
}

func (r *rehearsal) refresh(ctx context.Context) error {
	return r.with(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Refresh(ctx)
		if err != nil {
			return err
		}
		return errors.Join(r.figures(result, false), r.unchanged(result))
	})
}

// unchanged fails where something changed, and names it.
func (r *rehearsal) unchanged(result lifecycle.Result) error {
	if !result.Changes.Any() {
		return nil
	}
	counts := show.Counts(result.Changes, false)
	var names []string
	for _, event := range r.events {
		if changed(event) {
			names = append(names, lifecycle.ShortType(event.ResourceType)+" "+event.Name)
		}
	}
	if len(names) > 0 {
		counts += ": " + strings.Join(names, ", ")
	}
	return &changesError{counts: counts}
}

func changed(event lifecycle.Event) bool {
	ended := event.Type == lifecycle.EventDone || event.Type == lifecycle.EventPlan
	return ended && event.Op != "refresh" && event.Op != "read"
}

// refused shows that what holds data is kept: a destroy is refused.
func (r *rehearsal) refused(ctx context.Context) error {
	return r.with(ctx, func(stack *lifecycle.Stack) error {
		held, err := stack.Protected(ctx)
		if err != nil {
			return err
		}
		if len(held) == 0 {
			return r.writef("  nothing in it is protected\n")
		}
		r.held = held
		names := make([]string, len(held))
		for i, resource := range held {
			names[i] = resource.Name
		}
		_, err = stack.Destroy(ctx, lifecycle.DestroyOptions{})
		var refused *lifecycle.RefusedError
		switch {
		case errors.As(err, &refused):
			return r.writef("  refused, as it should be, because of %s\n", strings.Join(names, ", "))
		case err != nil:
			return err
		}
		return fmt.Errorf("it was not refused, although these are protected: %s", strings.Join(names, ", "))
	})
}

// lift takes the protection away by an update, as a person does who means to give an
// environment on a cloud up: a cloud's own services refuse their deletion as well, and
// only an update tells them otherwise.
func (r *rehearsal) lift(ctx context.Context) error {
	if len(r.held) == 0 {
		return r.writef("  nothing in it is protected\n")
	}
	overrides := []stackfile.Override{{Path: "protection", Value: string(spec.Disposable)}}
	if _, given := r.script.environment["allowDataLoss"]; given {
		overrides = append(overrides, stackfile.Override{Path: "allowDataLoss", Value: []any{}})
	}
	return r.with(ctx, func(stack *lifecycle.Stack) error {
		result, err := stack.Up(ctx)
		if err != nil {
			return err
		}
		r.held = nil
		return r.figures(result.Result, false)
	}, overrides...)
}

// destroy names what is protected and takes all down, and tells in which order.
func (r *rehearsal) destroy(ctx context.Context) error {
	return r.with(ctx, func(stack *lifecycle.Stack) error {
		var named lifecycle.DestroyOptions
		for _, resource := range r.held {
			named.DeleteData = append(named.DeleteData, resource.URN)
		}
		result, err := stack.Destroy(ctx, named)
		if err := r.order(); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		return r.figures(result.Result, false)
	})
}

// order writes what was deleted, the first first.
func (r *rehearsal) order() error {
	place := 0
	for _, event := range r.events {
		if event.Type != lifecycle.EventDone || event.Component || strings.HasPrefix(event.ResourceType, "pulumi:") {
			continue
		}
		place++
		if err := r.writef("  %4d  %s %s\n", place, lifecycle.ShortType(event.ResourceType), event.Name); err != nil {
			return err
		}
	}
	return nil
}

// left fails where the stage still holds something that should be gone.
func (r *rehearsal) left(context.Context) error {
	var wrong []string
	left := r.stage.Left()
	for _, each := range left {
		if each.Stays == "" {
			wrong = append(wrong, each.What)
			continue
		}
		if err := r.writef("  %s (%s)\n", each.What, each.Stays); err != nil {
			return err
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("these are left after the destroy: %s", strings.Join(wrong, ", "))
	}
	if len(left) > 0 {
		return nil
	}
	return r.writef("  nothing\n")
}

func (r *rehearsal) figures(result lifecycle.Result, planned bool) error {
	return r.writef("  %s in %s\n", show.Counts(result.Changes, planned), show.Seconds(result.Duration))
}
