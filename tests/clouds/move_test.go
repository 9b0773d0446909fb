package clouds_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// The resources whose loss is the loss of a database, and the Job of each step.
const (
	inClusterHolder = "blog-postgres-data"
	managedHolder   = "blog-database"
	moveJob         = "blog-database-move-step"
)

// moving is an environment whose database is moved.
type moving struct {
	*enginetest.Environment
	home environments.Environment
	// fails makes the Job that copies fail.
	fails bool
}

func newMoving(t *testing.T, cloud spec.Cloud) *moving {
	t.Helper()
	m := &moving{home: environments.Small(cloud).Set(t, "protection=protected", "web.autoscaling={minReplicas: 2, maxReplicas: 5}")}
	m.Environment = enginetest.NewInterceptedEnvironment(t, m.home, stacks.Program, func(call enginetest.Call) enginetest.Verdict {
		if m.fails && call.Operation == "create" && strings.Contains(call.URN, "kubernetes:batch/v1:Job::"+moveJob) {
			return enginetest.Refuse
		}
		return enginetest.Pass
	})
	return m
}

// at configures a step of the move; without a step there is no move.
func (m *moving) at(t *testing.T, kind, other, step string) *moving {
	t.Helper()
	m.Configuration = m.home.Set(t, "database.kind="+kind)
	if step != "" {
		m.Configuration = m.Configuration.Set(t, "database.move={other: "+other+", step: "+step+"}")
	}
	return m
}

// up returns the events of an update in their order.
func (m *moving) up(t *testing.T) (events []lifecycle.Event, err error) {
	t.Helper()
	m.With(t, lifecycle.StackOptions{Events: func(event lifecycle.Event) { events = append(events, event) }}, func(stack *lifecycle.Stack) {
		_, err = stack.Up(context.Background())
	})
	return events, err
}

// mustUp is up that succeeds, and asserts that it deletes nothing that holds a database, but for what it names.
func (m *moving) mustUp(t *testing.T, lost ...string) []lifecycle.Event {
	t.Helper()
	before := m.databases(t)
	events, err := m.up(t)
	require.NoError(t, err)
	after := m.databases(t)
	for name, id := range before {
		if len(lost) > 0 && lost[0] == name {
			assert.NotContains(t, after, name)
			continue
		}
		assert.Equal(t, id, after[name], "%s stays the same", name)
	}
	return events
}

// databases are the IDs of what holds a database, by name.
func (m *moving) databases(t *testing.T) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, r := range m.resources(t) {
		if name := r.URN[strings.LastIndex(r.URN, "::")+2:]; r.Custom && (name == inClusterHolder || name == managedHolder) {
			ids[name] = r.ID
		}
	}
	return ids
}

type inState struct {
	URN, ID string
	Custom  bool
	Inputs  map[string]any
}

func (m *moving) resources(t *testing.T) []inState {
	t.Helper()
	var state struct {
		Deployment struct{ Resources []inState }
	}
	require.NoError(t, json.Unmarshal(m.Export(t), &state))
	return state.Deployment.Resources
}

// pods are the numbers of pods of the Deployments.
func (m *moving) pods(t *testing.T) map[string]float64 {
	t.Helper()
	pods := map[string]float64{}
	for _, r := range m.resources(t) {
		if strings.Contains(r.URN, "kubernetes:apps/v1:Deployment::") {
			pods[r.URN[strings.LastIndex(r.URN, "::")+2:]] = r.Inputs["spec"].(map[string]any)["replicas"].(float64)
		}
	}
	return pods
}

// when is the index of an event about a resource; -1 for none.
func when(events []lifecycle.Event, kind lifecycle.EventType, op, name string) int {
	for i, event := range events {
		if event.Type == kind && event.Op == op && strings.HasPrefix(event.Name, name) && !event.Component {
			return i
		}
	}
	return -1
}

var running = map[string]float64{"blog-web": 2, "blog-worker-default": 1, "blog-beat": 1}

// isKept asserts that an ordinary destroy is refused, and deletes neither database.
func (m *moving) isKept(t *testing.T) {
	t.Helper()
	before := m.databases(t)
	require.NotEmpty(t, before)
	_, err := m.TryDestroy(t)
	require.ErrorAs(t, err, new(*lifecycle.RefusedError))
	assert.Equal(t, before, m.databases(t), "destroy deletes nothing")
}

// there moves the database to another kind of server, and asserts what each step does.
func (m *moving) there(t *testing.T, from, to string) {
	t.Helper()
	events := m.at(t, from, to, "prepare").mustUp(t)
	assert.Equal(t, -1, when(events, lifecycle.EventStart, "update", "blog-web"), "the app runs as before")
	assert.Len(t, m.databases(t), 2)
	m.isKept(t)

	events = m.at(t, from, to, "copy").mustUp(t)
	copied := when(events, lifecycle.EventStart, "create-replacement", moveJob)
	assert.Less(t, when(events, lifecycle.EventDone, "delete-replaced", moveJob), copied, "the Job of the step before has ended")
	for deployment, pods := range m.pods(t) {
		assert.Zero(t, pods, deployment)
		stopped := when(events, lifecycle.EventDone, "update", deployment)
		assert.Less(t, -1, stopped, deployment)
		assert.Less(t, stopped, copied, "%s stops before the database is copied", deployment)
	}

	m.isKept(t)
	m.at(t, to, "", "")
	_, err := m.up(t)
	require.ErrorContains(t, err, "first the step keep")

	events = m.at(t, to, from, "keep").mustUp(t)
	assert.Equal(t, running, m.pods(t))
	closed := when(events, lifecycle.EventDone, "create-replacement", moveJob)
	assert.Less(t, -1, closed)
	for deployment := range running {
		assert.Less(t, closed, when(events, lifecycle.EventStart, "update", deployment), "%s starts once the old server takes no writes", deployment)
	}
	m.isKept(t)
	m.at(t, to, "", "")
	_, err = m.up(t)
	require.ErrorContains(t, err, "first the step discard")

	m.at(t, to, from, "discard").mustUp(t)
	m.isKept(t)
	m.at(t, to, "", "").mustUp(t, holderOf(from))
	assert.Equal(t, running, m.pods(t))
}

// failsToCopy asserts that the app runs on the old server after a copy that failed.
func (m *moving) failsToCopy(t *testing.T, from, to string) {
	t.Helper()
	m.at(t, from, to, "prepare").mustUp(t)
	m.fails = true
	m.at(t, from, to, "copy")
	_, err := m.up(t)
	require.Error(t, err)
	m.at(t, to, from, "keep")
	_, err = m.up(t)
	require.Error(t, err)
	for deployment, pods := range m.pods(t) {
		assert.Zero(t, pods, "%s does not start with a database that was not copied", deployment)
	}

	m.fails = false
	events := m.at(t, from, to, "prepare").mustUp(t)
	assert.Less(t, -1, when(events, lifecycle.EventDone, "create-replacement", moveJob), "the Job of the step runs again")
	assert.Equal(t, running, m.pods(t))
	m.at(t, from, "", "").mustUp(t, holderOf(to))
	assert.False(t, m.Refresh(t).Any())
}

func holderOf(kind string) string {
	if kind == "managed" {
		return managedHolder
	}
	return inClusterHolder
}

// The short form gives up one move on AWS, and moves a database to Google Cloud.
func TestADatabaseIsMovedToTheCloudAndBack(t *testing.T) {
	const inCluster, managed = "in-cluster", "managed"
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		t.Run(string(cloud), func(t *testing.T) {
			m := newMoving(t, cloud)
			m.at(t, inCluster, "", "").Up(t)
			if cloud == spec.AWSCloud || !testing.Short() {
				m.failsToCopy(t, inCluster, managed)
			}
			if cloud == spec.GCPCloud || !testing.Short() {
				m.there(t, inCluster, managed)
			}
			if !testing.Short() {
				assert.False(t, m.Up(t).Any())
				m.there(t, managed, inCluster)
				assert.False(t, m.Refresh(t).Any())
			}
		})
	}
}
