package processes_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec/reference"
	"github.com/djangostack/djangostack/tests/enginetest"
)

// sample are rows of the table, one of each kind of effect.
func sample() []string {
	return []string{
		"app.image=registry.example.com/blog:1.1",
		`app.env={DEPTH: "3"}`,
		"web.replicas=3",
		"web.threads=8",
		"web.autoscaling={maxReplicas: 5}",
		"workers[0].longestTaskSeconds=600",
		"beat.enabled=false",
		"processes[0].name=robot",
		"cron[0].command=[clean, --all]",
		"shell.reason=ticket",
		"release.check=WARNING",
	}
}

func TestTheEngineAgreesWithTheTable(t *testing.T) {
	e := enginetest.NewEnvironment(t, base(t), onACluster)
	e.Up(t)
	before := rendered(t, base(t), "")
	for _, set := range sample() {
		override, err := stackfile.ParseOverride(set)
		require.NoError(t, err)
		preview, err := e.Preview(t, override)
		require.NoError(t, err, set)
		assert.Equal(t, between(before, rendered(t, base(t), set)), planned(preview.Plan), set)
	}
}

// planned is what the engine would do.
func planned(plan []lifecycle.Event) reference.Change {
	var e reference.Change
	for _, event := range plan {
		kind, name := lifecycle.ShortType(event.ResourceType), strings.TrimPrefix(event.Name, "blog-")
		if event.Component || !strings.HasPrefix(event.ResourceType, "kubernetes:") {
			continue
		}
		switch {
		case (kind == "Deployment" || kind == "StatefulSet") && event.Op == "update" && rolls(event, "spec.template"):
			e.Restarts = append(e.Restarts, name)
		case kind == "CronJob" && event.Op == "update" && rolls(event, "spec.jobTemplate"):
			e.Restarts = append(e.Restarts, name)
		case kind == "Job" && event.Op == "replace":
			e.RunsAgain = append(e.RunsAgain, name)
		case event.Op == "create":
			e.Creates = append(e.Creates, kind+" "+name)
		case event.Op == "update":
			e.Updates = append(e.Updates, kind+" "+name)
		case event.Op == "replace":
			e.Replaces = append(e.Replaces, kind+" "+name)
		case event.Op == "delete":
			e.Deletes = append(e.Deletes, kind+" "+name)
		}
	}
	sortAll(&e)
	return e
}

// rolls tells whether an update changes the pods.
func rolls(event lifecycle.Event, template string) bool {
	return slices.ContainsFunc(event.Properties, func(change lifecycle.PropertyChange) bool {
		return strings.HasPrefix(change.Path, template)
	})
}
