package show_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/tests/golden"
)

// clock is a time that only advance changes.
type clock struct{ now time.Time }

func (c *clock) read() time.Time         { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

func event(kind lifecycle.EventType, op, resourceType, name, message string) lifecycle.Event {
	return lifecycle.Event{
		Type: kind, Op: op, ResourceType: resourceType, Name: name, URN: resourceType + "::" + name, Message: message,
		Component: resourceType == "djangostack:django:App",
	}
}

const (
	deployment = "kubernetes:apps/v1:Deployment"
	configMap  = "kubernetes:core/v1:ConfigMap"
	job        = "kubernetes:batch/v1:Job"
)

func TestProgressIsOneLinePerChange(t *testing.T) {
	var out bytes.Buffer
	at := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	printer := show.NewProgress(&out, at.read, func() int { return 0 })
	wait := func(seconds int) {
		for range seconds {
			at.advance(time.Second)
			printer.Tick()
		}
	}
	printer.Handle(event(lifecycle.EventStart, "create", "djangostack:django:App", "app", ""))
	printer.Handle(event(lifecycle.EventDone, "create", "djangostack:django:App", "app", ""))
	printer.Handle(event(lifecycle.EventStart, "create", configMap, "web-env", ""))
	printer.Handle(event(lifecycle.EventDone, "create", configMap, "web-env", ""))
	printer.Handle(event(lifecycle.EventStart, "create", deployment, "web", ""))
	printer.Handle(event(lifecycle.EventProgress, "", deployment, "web", "waiting: 0 of 2 pods ready"))
	wait(3)
	printer.Handle(event(lifecycle.EventProgress, "", deployment, "web", "waiting: 1 of 2 pods ready"))
	printer.Handle(event(lifecycle.EventProgress, "", deployment, "web", "waiting: 1 of 2 pods ready"))
	printer.Handle(event(lifecycle.EventStart, "create-replacement", job, "migrate", ""))
	wait(12)
	printer.Handle(event(lifecycle.EventDone, "create", deployment, "web", ""))
	warning := event(lifecycle.EventDiagnostic, "", deployment, "web", "first line\nsecond line")
	warning.Severity = "warning"
	printer.Handle(warning)
	wait(60)
	failed := event(lifecycle.EventDiagnostic, "", job, "migrate", "printed at the end")
	failed.Severity = "error"
	printer.Handle(failed)
	printer.Handle(event(lifecycle.EventFailed, "create-replacement", job, "migrate", ""))
	wait(6)

	golden.Equal(t, filepath.Join("testdata", "progress.txt"), out.String())
}

func TestWhatADeletionLeavesInTheCloudIsKept(t *testing.T) {
	var out bytes.Buffer
	at := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	printer := show.NewProgress(&out, at.read, func() int { return 0 })
	for name, retained := range map[string]bool{"proof": true, "www": false} {
		deleted := event(lifecycle.EventDone, "delete", "aws:route53/record:Record", name, "")
		deleted.Retained = retained
		printer.Handle(deleted)
	}
	assert.Contains(t, out.String(), "kept      Record proof\n")
	assert.Contains(t, out.String(), "deleted   Record www\n")
}

func TestProgressPrintsAHeartbeat(t *testing.T) {
	var out bytes.Buffer
	at := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	printer := show.NewProgress(&out, at.read, func() int { return 0 })
	printer.Handle(event(lifecycle.EventStart, "create", deployment, "web", ""))
	for range 60 {
		at.advance(time.Second)
		printer.Tick()
	}
	assert.GreaterOrEqual(t, strings.Count(out.String(), "\n"), 11)
}

func TestTheFirstLineComesSoon(t *testing.T) {
	var out bytes.Buffer
	at := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	printer := show.NewProgress(&out, at.read, func() int { return 0 })
	for range 8 {
		at.advance(time.Second)
		printer.Tick()
	}
	assert.Equal(t, "    2s  …         working\n    7s  …         working\n", out.String())
}

func TestAHeartbeatFitsTheTerminal(t *testing.T) {
	for _, width := range []int{0, 60, 80, 132} {
		var out bytes.Buffer
		at := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
		printer := show.NewProgress(&out, at.read, func() int { return width })
		for i := range 15 {
			printer.Handle(event(lifecycle.EventStart, "create", deployment, fmt.Sprintf("blog-worker-%02d", i), ""))
			printer.Handle(event(lifecycle.EventProgress, "", deployment, fmt.Sprintf("blog-worker-%02d", i), "waiting: 0 of 2 pods ready, "+strings.Repeat("é", 10*i)))
		}
		at.advance(time.Minute)
		printer.Tick()
		out.Reset()
		at.advance(10 * time.Second)
		printer.Tick()
		line := strings.TrimSuffix(out.String(), "\n")
		limit := width
		if limit == 0 {
			limit = 120
		}
		assert.LessOrEqual(t, utf8.RuneCountInString(line), limit, line)
		assert.Contains(t, line, "still running: D", "the longest running change is named")
		assert.Regexp(t, `, and 1[1234] more$`, line)
	}
}

func plan() []lifecycle.Event {
	update := event(lifecycle.EventPlan, "update", deployment, "web", "")
	update.Properties = []lifecycle.PropertyChange{
		{Path: "spec.replicas", Kind: "update", Old: 2.0, New: 3.0},
		{Path: "spec.template.metadata.annotations", Kind: "add", New: map[string]any{"checksum": strings.Repeat("0123456789", 10)}},
		{Path: "metadata.labels.team", Kind: "delete", Old: "web"},
		{Path: "data.password", Kind: "update", Old: "[secret]", New: "[secret]"},
	}
	replace := event(lifecycle.EventPlan, "replace", job, "migrate", "")
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		replace.Properties = append(replace.Properties, lifecycle.PropertyChange{Path: "spec." + name, Kind: "update-replace", Old: "blog:1", New: "blog:2"})
	}
	create := event(lifecycle.EventPlan, "create", configMap, "web-env", "")
	create.Properties = []lifecycle.PropertyChange{{Path: "data", Kind: "add", New: map[string]any{"PORT": "8000"}}}
	return []lifecycle.Event{
		event(lifecycle.EventPlan, "create", "djangostack:django:App", "app", ""),
		create, update, replace,
		event(lifecycle.EventPlan, "delete", configMap, "old-env", ""),
	}
}

func TestPlan(t *testing.T) {
	var brief, full bytes.Buffer
	show.Plan(&brief, plan(), false)
	show.Plan(&full, plan(), true)
	golden.Equal(t, filepath.Join("testdata", "plan.txt"), brief.String())
	golden.Equal(t, filepath.Join("testdata", "plan-full.txt"), full.String())
}

func TestReportIsForAReviewer(t *testing.T) {
	planned := plan()
	for i := range planned {
		if planned[i].Name == "web" || planned[i].Name == "migrate" {
			planned[i].Properties = append([]lifecycle.PropertyChange{{Path: "spec.template.spec.image", Kind: "update", Old: "a|b", New: "`c`"}}, planned[i].Properties...)
		}
	}
	beat := event(lifecycle.EventPlan, "update", deployment, "shop-beat", "")
	beat.Properties = planned[2].Properties[:1]
	scaled := event(lifecycle.EventPlan, "update", deployment, "shop-api", "")
	scaled.Properties = []lifecycle.PropertyChange{{Path: "spec.replicas", Kind: "update", Old: 1.0, New: 2.0}}
	result := lifecycle.PreviewResult{
		Plan:   append(planned, beat, scaled),
		Result: lifecycle.Result{Changes: lifecycle.Changes{"create": 1, "update": 3, "replace": 1, "delete": 1, "same": 40}},
		Lost:   []lifecycle.Protected{{Name: "shop-media", Type: "kubernetes:core/v1:PersistentVolumeClaim", Op: "delete", Loss: "all uploads"}},
	}
	var out bytes.Buffer
	require.NoError(t, show.Report{Stack: "production", Result: result, Stopped: []string{"shop-beat"}}.Write(&out))
	golden.Equal(t, filepath.Join("testdata", "report.md"), out.String())
}

func TestReportOfAFailedPreviewHasItsError(t *testing.T) {
	refused := &lifecycle.RefusedError{Operation: "preview", Stack: "production", Resources: []lifecycle.Protected{{Name: "shop-db", Op: "delete", Loss: "all rows"}}}
	for verdict, err := range map[string]error{
		"refused, because data would be lost": refused,
		"no plan":                             &lifecycle.ConfigInvalidError{Err: fmt.Errorf("web.replicas: ``` is not a number")},
	} {
		var out bytes.Buffer
		require.NoError(t, show.Report{Stack: "production", Err: err}.Write(&out))
		assert.True(t, strings.HasPrefix(out.String(), "### production: "+verdict+"\n"), out.String())
		assert.Contains(t, out.String(), err.Error())
	}
}

func TestReportFitsIntoAComment(t *testing.T) {
	var result lifecycle.PreviewResult
	for range 2000 {
		changed := plan()[2]
		changed.Name = strings.Repeat("n", 60)
		result.Plan = append(result.Plan, changed)
	}
	var out bytes.Buffer
	require.NoError(t, show.Report{Stack: "production", Result: result}.Write(&out))
	assert.Less(t, out.Len(), 65536)
	assert.Contains(t, out.String(), "more resources")
}

func TestJSONIsOneEventPerLine(t *testing.T) {
	var out bytes.Buffer
	printer := show.NewJSON(&out)
	for _, each := range plan() {
		printer.Handle(each)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, len(plan()))
	for i, line := range lines {
		var back lifecycle.Event
		require.NoError(t, json.Unmarshal([]byte(line), &back))
		assert.Equal(t, plan()[i].Name, back.Name)
	}
}

func TestCounts(t *testing.T) {
	cases := map[string]struct {
		changes lifecycle.Changes
		planned bool
		want    string
	}{
		"update":  {lifecycle.Changes{"create": 7, "update": 1, "same": 20}, false, "7 created, 1 updated, 20 unchanged"},
		"plan":    {lifecycle.Changes{"create": 7, "same": 20}, true, "7 to create, 20 unchanged"},
		"replace": {lifecycle.Changes{"create-replacement": 1, "delete-replaced": 1}, false, "1 replaced"},
		"once":    {lifecycle.Changes{"create-replacement": 1, "delete-replaced": 1, "replace": 1}, false, "1 replaced"},
		"nothing": {nil, false, "no changes"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, show.Counts(lifecycle.Result{Changes: test.changes}, test.planned))
		})
	}
}

func TestCountsLeaveOutWhatThePlanDoesNotList(t *testing.T) {
	result := lifecycle.Result{Changes: lifecycle.Changes{"create": 186, "same": 2}, Unlisted: lifecycle.Changes{"create": 35, "same": 2}}
	assert.Equal(t, "151 to create", show.Counts(result, true))
}

func TestOutputsHideSecrets(t *testing.T) {
	outputs := lifecycle.Outputs{
		"url":           {Value: "http://127.0.0.1:8000"},
		"adminPassword": {Value: "hunter2", Secret: true},
		"environment":   {Value: map[string]any{"name": "local"}},
	}
	var hidden, shown bytes.Buffer
	require.NoError(t, show.Outputs(&hidden, outputs, false))
	require.NoError(t, show.Outputs(&shown, outputs, true))
	assert.Equal(t, "  adminPassword  [secret]\n  environment    {\"name\":\"local\"}\n  url            http://127.0.0.1:8000\n", hidden.String())
	assert.Contains(t, shown.String(), "hunter2")
}
