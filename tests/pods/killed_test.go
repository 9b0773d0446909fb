package pods_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
	"github.com/djangostack/djangostack/tests/processtree"
)

// A round is a life in which each of the three operations is killed up to killsEach times. A run that ends before its
// moment is not killed, so there are as many rounds as leastKills needs.
const leastKills, killsEach, mostRounds = 30, 3, 10

// TestARunThatIsKilledAtAnyMomentIsContinued kills up, a release and destroy on a real cluster with SIGKILL, at moments
// that a seed draws from the time that the operation takes. The next runs must end at the same objects, and a post in
// the database must be there.
func TestARunThatIsKilledAtAnyMomentIsContinued(t *testing.T) {
	if os.Getenv("DJANGOSTACK_SOAK") == "" {
		t.Skip("takes up to half an hour; run it with: make soak")
	}
	e := newEnvironment(t)
	e.stopAfter(t)
	e.make(t, "cluster")
	k := &killer{environment: e, chance: rand.New(rand.NewPCG(2026, 11)), takes: map[string]time.Duration{"up": 30 * time.Second, "release": 24 * time.Second, "destroy": 12 * time.Second}}
	image := func(version string) string { return "app.image=djangostack.local/blog:" + version }
	var up, released []string
	for round := 0; k.kills < leastKills; round++ {
		require.Less(t, round, mostRounds)
		k.untilDone(t, "up", e.up(image("orange"))...)
		up = same(t, up, e.objects(t))
		writer := e2e.NewVisitor(t, e.Address)
		title := fmt.Sprintf("Written in round %d", round)
		e2e.Eventually(t, time.Minute, "the app serves", func() error { _, err := writer.Page("/"); return err })
		writer.SignIn(t, e.output(t, "adminUsername"), e.output(t, "adminPassword", "--show-secrets"))
		writer.Submit(t, "/write/", "/write/", map[string]string{"title": title, "body": "It stays."})

		k.untilDone(t, "release", e.up(image("maroon"))...)
		released = same(t, released, e.objects(t))
		assert.Contains(t, writer.MustPage(t, "/"), title)
		unchanged := append([]string{"preview", "--expect-no-changes"}, e.up(image("maroon"))[1:]...)
		assert.Zero(t, e.djangostack(t, unchanged...), "nothing is left to do")

		k.untilDone(t, "destroy", "destroy", "--providers", "embedded", "-s", "local", "--yes")
		assert.Empty(t, e.objects(t), "destroy leaves nothing")
	}
	t.Logf("%d kills in %d runs", k.kills, k.runs)
}

// killer kills the commands of an environment.
type killer struct {
	*environment
	chance *rand.Rand
	// takes is how long an operation takes that is not killed. Each of its kills comes within an equal part of that time,
	// because the run after a kill has less to do.
	takes       map[string]time.Duration
	kills, runs int
}

// untilDone kills an operation a few times and then lets it end.
func (k *killer) untilDone(t *testing.T, operation string, arguments ...string) {
	t.Helper()
	for range killsEach {
		moment := time.Duration(k.chance.Int64N(int64(k.takes[operation] / killsEach)))
		command := k.command("djangostack", arguments...)
		command.Stdout, command.Stderr = &k.log, &k.log
		require.NoError(t, command.Start())
		timer := time.AfterFunc(moment, func() { processtree.Kill(command.Process.Pid) })
		err := command.Wait()
		k.runs++
		timer.Stop()
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() >= 0) {
			require.NoError(t, err, "a run after a kill must not fail by itself")
		}
		if err != nil {
			k.kills++
			t.Logf("%s killed after %s", operation, moment.Round(time.Second/10))
		}
	}
	require.Zero(t, k.djangostack(t, arguments...))
	k.runs++
}

// generatedEnd matches the ends of names that differ from one life to the next.
var generatedEnd = regexp.MustCompile(`-[0-9a-f]{6,}$`)

// objects lists what the program makes in the namespace.
func (e *environment) objects(t *testing.T) []string {
	t.Helper()
	const kinds = "deployments,statefulsets,services,configmaps,secrets,persistentvolumeclaims,jobs,cronjobs,networkpolicies,poddisruptionbudgets"
	var names []string
	for _, name := range strings.Fields(e.kubectl(t, "get", kinds, "--selector", "app.kubernetes.io/name=blog", "--output", "name")) {
		names = append(names, generatedEnd.ReplaceAllString(name, ""))
	}
	slices.Sort(names)
	return names
}

// same asserts that the objects are those of earlier rounds, if there were any.
func same(t *testing.T, before, now []string) []string {
	t.Helper()
	require.NotEmpty(t, now)
	if before == nil {
		return now
	}
	assert.Equal(t, before, now)
	return before
}
