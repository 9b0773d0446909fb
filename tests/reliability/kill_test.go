package reliability_test

import (
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks"
	"github.com/djangostack/djangostack/tests/enginetest"
)

func TestMain(m *testing.M) {
	enginetest.RunChild(stacks.Program)
	os.Exit(m.Run())
}

// killer kills the running operation at the calls that a draw chooses, each once.
type killer struct {
	*faults

	// done tells whether a cloud, too, has done what the killed call asked for.
	done bool

	running sync.Mutex
	child   *enginetest.Child
	kills   int
}

// hook kills the operation at a call. The call is done first, and no state knows of it, except that a cloud refuses to
// make the same again.
func (k *killer) hook(call enginetest.Call) enginetest.Verdict {
	verdict := k.faults.hook(call)
	if verdict == enginetest.Pass {
		return verdict
	}
	k.running.Lock()
	defer k.running.Unlock()
	k.child.Kill()
	k.kills++
	if call.Operation == "create" && ofCloud(call.URN) && !k.done {
		return enginetest.Refuse
	}
	return enginetest.LoseAnswer
}

// killed returns the number of kills. It waits for a hook that is killing, since the child ends before its hook does.
func (k *killer) killed() int {
	k.running.Lock()
	defer k.running.Unlock()
	return k.kills
}

// untilDone repeats an operation until no call kills it, and returns how often it was killed.
func (k *killer) untilDone(t *testing.T, e *enginetest.Environment, destroy bool) int {
	t.Helper()
	for kills := 0; ; kills++ {
		before := k.killed()
		// One step at a time, so that a kill is exactly at the boundary of a step.
		k.running.Lock()
		child := e.Start(t, enginetest.Operation{Destroy: destroy, Parallel: 1})
		k.child = child
		k.running.Unlock()
		err := child.Wait()
		if k.killed() == before {
			require.NoError(t, err)
			return kills
		}
	}
}

// TestARunThatIsKilledAtAStepIsContinued kills up, a change and destroy with SIGKILL at the boundary of each step, one
// in several in the short form. The next run must end where a run without kills ends.
func TestARunThatIsKilledAtAStepIsContinued(t *testing.T) {
	chosen := some("kills", 12)
	if soak() {
		chosen = each(enginetest.Refuse)
	}
	for _, life := range lives(t) {
		if !soak() && life.name != "existing/production" {
			continue
		}
		t.Run(life.name, func(t *testing.T) {
			want := life.without(t)
			began := time.Now()
			k := &killer{faults: newFaults(chosen)}
			e := enginetest.NewInterceptedEnvironment(t, life.configuration, stacks.Program, k.hook)
			ups := k.untilDone(t, e, false)
			first := look(t, e)
			first.same(t, want.up, "up")

			k.again()
			e.Configuration = life.configuration.Set(t, life.change...)
			changes := k.untilDone(t, e, false)
			second := look(t, e)
			second.same(t, want.changed, "change")
			require.Equal(t, want.up.lostData(want.changed), first.lostData(second), "data is where it is without kills")

			k.again()
			e.Configuration = e.Configuration.Set(t, "protection=disposable")
			changes += k.untilDone(t, e, false)
			destroys := k.untilDone(t, e, true)
			look(t, e).remains(t, want.destroyed)
			t.Logf("%s: killed %d times in up, %d in changes, %d in destroy; %s", life.name, ups, changes, destroys, time.Since(began).Round(time.Second))
		})
	}
}

// TestAnInterruptedCreationInACloudIsAdoptedByItsIdentifier kills up after a cloud has created a subnet and before the
// state knows it. The next run stops at the conflict and creates nothing twice. With the identifier, which the console
// shows, the run after that continues.
func TestAnInterruptedCreationInACloudIsAdoptedByItsIdentifier(t *testing.T) {
	if !soak() {
		t.Skip("takes longer; run it with: make soak")
	}
	life := lives(t)[2]
	want := life.without(t)
	const subnet = "blog-private-eu-central-1a"
	k := &killer{faults: newFaults(func(call enginetest.Call) enginetest.Verdict {
		if call.Operation == "create" && strings.HasSuffix(call.URN, "Subnet::"+subnet) {
			return enginetest.LoseAnswer
		}
		return enginetest.Pass
	})}
	k.done = true
	e := enginetest.NewInterceptedEnvironment(t, life.configuration, stacks.Program, k.hook)
	k.running.Lock()
	child := e.Start(t, enginetest.Operation{Parallel: 1})
	k.child = child
	k.running.Unlock()
	require.Error(t, child.Wait())
	_, err := e.TryUp(t)
	require.ErrorContains(t, err, "conflicts with another subnet")
	var urn, id string
	for _, object := range e.AWS.Objects("aws:ec2/subnet:Subnet") {
		if strings.HasSuffix(object.URN, "::"+subnet) {
			urn, id = object.URN, object.ID
		}
	}
	require.NotEmpty(t, id)
	e.Pulumi(t, "refresh", "--yes", "--skip-preview", "--non-interactive", "--import-pending-creates", urn, "--import-pending-creates", id)
	e.Up(t)
	look(t, e).same(t, want.up, "up")
}

// TestAnInterruptedObjectOfAGeneratedNameIsDeleted kills up after an object of a generated name exists and before the
// state knows it, once for each kind. The next run deletes it and creates another, so that none is there twice.
func TestAnInterruptedObjectOfAGeneratedNameIsDeleted(t *testing.T) {
	life := lives(t)[0]
	undisturbed := enginetest.NewEnvironment(t, life.configuration, stacks.Program)
	undisturbed.Up(t)
	kinds := map[string]bool{}
	k := &killer{faults: newFaults(func(call enginetest.Call) enginetest.Verdict {
		kind, _, _ := strings.Cut(label(call.URN), " ")
		if call.Operation != "create" || !autonamed(call.URN) || kinds[kind] {
			return enginetest.Pass
		}
		kinds[kind] = true
		return enginetest.LoseAnswer
	})}
	e := enginetest.NewInterceptedEnvironment(t, life.configuration, stacks.Program, k.hook)
	require.Equal(t, 3, k.untilDone(t, e, false), "a Secret, a ConfigMap and a Job")
	require.Empty(t, look(t, e).differences(look(t, undisturbed)))
}
