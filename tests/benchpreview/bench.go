package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// The stacks: one without resources, and one with production deployed.
const (
	bare     = "bare"
	standing = "standing"
)

type benchmark struct {
	workspace   *enginetest.Workspace
	environment map[string]any
}

// measured is one subject with the durations of its previews.
type measured struct {
	subject
	// resources is the number of resources that the program registers.
	resources int
	// seconds of each preview.
	seconds []float64
}

// prepare creates both stacks, so that no preview has to.
func (b *benchmark) prepare(ctx context.Context) error {
	fmt.Fprintln(os.Stderr, "creating the production stack ...")
	if err := b.up(ctx, subject{program: nothing, stack: bare}); err != nil {
		return err
	}
	return b.up(ctx, subject{program: stacks.Program, stack: standing})
}

func (b *benchmark) up(ctx context.Context, of subject) error {
	return b.with(ctx, of, func(stack *lifecycle.Stack) error {
		_, err := stack.Up(ctx)
		return err
	})
}

// with opens a subject's stack for one operation.
func (b *benchmark) with(ctx context.Context, of subject, do func(*lifecycle.Stack) error) (err error) {
	project, err := b.workspace.Project(of.program)
	if err != nil {
		return err
	}
	var overrides []stackfile.Override
	for _, text := range of.set {
		override, err := stackfile.ParseOverride(text)
		if err != nil {
			return err
		}
		overrides = append(overrides, override)
	}
	stack, err := project.Stack(ctx, of.stack, lifecycle.StackOptions{Environment: b.environment, Overrides: overrides})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stack.Close()) }()
	return do(stack)
}

// measure previews all subjects in turn, so that a slow minute affects all of them.
func (b *benchmark) measure(ctx context.Context, subjects []subject, runs int) ([]measured, error) {
	all := make([]measured, len(subjects))
	for run := range runs {
		for i, each := range subjects {
			all[i].subject = each
			err := b.with(ctx, each, func(stack *lifecycle.Stack) error {
				result, err := stack.Preview(ctx)
				all[i].seconds = append(all[i].seconds, result.Duration.Seconds())
				all[i].resources = count(result.Changes)
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("previewing %s: %w", each.name, err)
			}
			fmt.Fprintf(os.Stderr, "run %d of %d: %s %.2f s\n", run+1, runs, each.name, all[i].seconds[run])
		}
	}
	return all, nil
}

func count(changes lifecycle.Changes) int {
	sum := 0
	for _, resources := range changes {
		sum += resources
	}
	return sum
}
