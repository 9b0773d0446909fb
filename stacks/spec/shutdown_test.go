package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestShutdownFollowsTheLoadBalancer(t *testing.T) {
	service := func(annotations map[string]any) string {
		return changed(t, minimal, "web.service", map[string]any{"type": "LoadBalancer", "annotations": annotations})
	}
	for name, want := range map[string]struct {
		text                 string
		preStop, grace, keep int
	}{
		"a Service":    {minimal, 15, 50, 75},
		"an ALB":       {onAWS, 25, 60, 75},
		"Google's":     {onGCP, 60, 95, 620},
		"an NLB":       {service(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-type": "external"}), 120, 155, 75},
		"a long one":   {changed(t, onAWS, "web.longestRequestSeconds", 300), 25, 330, 320},
		"another kind": {service(map[string]any{"example.com/type": "nlb"}), 15, 50, 75},
		"stated":       {changed(t, minimal, "web.preStopSleepSeconds", 40), 40, 75, 75},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := parse(t, want.text)
			require.NoError(t, err)
			assert.Equal(t, spec.Shutdown{PreStop: want.preStop, Graceful: e.Web.LongestRequestSeconds, Grace: want.grace}, e.WebShutdown())
			assert.Equal(t, want.keep, e.KeepAliveSeconds())
			assert.Greater(t, e.IdleSeconds(), e.Web.LongestRequestSeconds, "an ALB answers 504 to what takes longer")
		})
	}
}
