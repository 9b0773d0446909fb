package lifecycle

import (
	"context"
	"errors"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
)

// PreviewResult is what an update would do.
type PreviewResult struct {
	Result
	// Plan has one event per resource that would change.
	Plan []Event
	// Lost are the protected resources that Up would delete or replace, because the configuration allows the
	// loss of their data.
	Lost []Protected
}

// Preview returns what Up would do. It changes no resource; a stack that it has to create for the preview
// is removed afterwards. Errors are those of Up before its first step.
func (s *Stack) Preview(ctx context.Context) (PreviewResult, error) {
	began := time.Now()
	collected, lost, err := s.preview(ctx)
	result := PreviewResult{Result: s.summarize(began, collected, nil, err), Lost: lost}
	if collected != nil {
		result.Plan = collected.plan
	}
	return result, err
}

func (s *Stack) preview(ctx context.Context) (collected *collector, lost []Protected, err error) {
	environment, err := s.checkConfiguration()
	if err != nil {
		return nil, nil, err
	}
	if err := s.checkExpected(ctx, environment); err != nil {
		return nil, nil, err
	}
	stack, created, err := s.selectOrCreate(ctx)
	if err != nil {
		return nil, nil, err
	}
	if created {
		// An interrupted preview removes the stack, too.
		defer func() { err = errors.Join(err, s.remove(context.WithoutCancel(ctx))) }()
	}
	if err := s.encryptEnvironment(ctx); err != nil {
		return nil, nil, err
	}
	before, err := s.stateBefore(ctx, created)
	if err != nil {
		return nil, nil, err
	}
	if err := s.checkProviders(ctx, before, created); err != nil {
		return nil, nil, err
	}
	guard, err := s.newGuard(before)
	if err != nil {
		return nil, nil, err
	}
	collected, err = s.runOperation(ctx, operationPreview, func(ctx context.Context, stream chan<- events.EngineEvent) error {
		_, err := stack.Preview(ctx, s.previewOptions(stream)...)
		return err
	})
	refusal, lost := guard.judge(operationPreview, s.name, collected)
	if refusal != nil && err == nil {
		s.explain(ctx, guard, refusal, collected)
		return collected, lost, refusal
	}
	s.warnOfWords(guard.allowed, lost)
	if err == nil && before.hasReplaced() {
		if wanted := before.wantedAgain(collected.plan, map[string]bool{}); len(wanted) > 0 {
			s.warn("up changes less than this plan: first it takes back a replacement that an earlier run did not finish: " + namesOfURNs(wanted))
		}
	}
	return collected, lost, err
}

func (s *Stack) previewOptions(stream chan<- events.EngineEvent) []optpreview.Option {
	options := []optpreview.Option{optpreview.EventStreams(stream), optpreview.SuppressProgress(), optpreview.SuppressOutputs(), optpreview.Color("never")}
	if s.options.Parallel > 0 {
		options = append(options, optpreview.Parallel(s.options.Parallel))
	}
	return options
}
