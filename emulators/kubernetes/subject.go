package kubernetes

import (
	"context"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"google.golang.org/protobuf/types/known/structpb"
)

type properties = structpb.Struct

// subject is the object of an operation.
type subject struct {
	cluster *cluster
	urn     string
	// given are the inputs with secret marks; inputs are the same without.
	given  resource.PropertyMap
	inputs object
	// live is the object in the server's last answer.
	live   object
	redact *redactor
}

// readGrace is the time for the last read of an object after an interruption.
const readGrace = 5 * time.Second

// settle waits for an applied object and returns its new state. An object that does not become ready is reported with
// its state, so that the state includes it.
func (p *provider) settle(
	ctx context.Context, s *subject, next state, id string, customSeconds float64,
) (*properties, error) {
	failure := p.await(ctx, s, customSeconds)

	// This also runs after an interruption, because the state must have what exists.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), readGrace)
	defer cancel()
	next.live = s.live
	if live, err := s.cluster.read(last, s.live.kind(), s.live.namespace(), s.live.name()); err == nil {
		next.live = live
	}
	encoded, err := next.encode(s.given)
	if err != nil {
		return nil, err
	}
	if failure != nil {
		return nil, partial(id, failure, encoded, nil)
	}
	return encoded, nil
}

// await waits until the object is ready, and shows what it waits for.
func (p *provider) await(ctx context.Context, s *subject, customSeconds float64) *unready {
	if s.inputs.annotated(annotationSkipAwait) {
		return nil
	}
	wait, err := s.wait()
	if err != nil {
		return &unready{headline: s.redact.clean(err.Error())}
	}
	if wait == nil {
		return nil
	}
	return p.watched(ctx, s, wait, s.inputs.timeout(customSeconds, wait.limit))
}

// watched waits, and shows the reasons beside the resource.
func (p *provider) watched(ctx context.Context, s *subject, wait *wait, limit time.Duration) *unready {
	if longest := p.options.MaxWait; longest > 0 {
		limit = min(limit, longest)
	}
	shown := ""
	failure := wait.until(ctx, limit, p.options.PollInterval, func(message string) {
		if message = s.redact.clean(message); message != shown {
			shown = message
			p.Host().Status(ctx, s.urn, message)
		}
	})
	if shown != "" {
		p.Host().Status(ctx, s.urn, "")
	}
	return s.redact.cleanUnready(failure)
}

func (r *redactor) cleanUnready(failure *unready) *unready {
	if failure == nil {
		return nil
	}
	clean := &unready{headline: r.clean(failure.headline)}
	for _, reason := range failure.reasons {
		clean.reasons = append(clean.reasons, r.clean(reason))
	}
	return clean
}
