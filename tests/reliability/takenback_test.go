package reliability_test

import (
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// failsAt are the calls at which a change fails: at its first deletion, when everything new exists, or half way.
func failsAt() map[string]func(enginetest.Call) bool {
	return map[string]func(enginetest.Call) bool{
		"at the first deletion": func(call enginetest.Call) bool { return call.Operation == "delete" },
		"half way": func(call enginetest.Call) bool {
			digest := fnv.New32a()
			// A hash returns no error.
			_, _ = digest.Write([]byte("half way" + call.Operation + call.URN))
			return digest.Sum32()%4 == 0
		},
	}
}

// renames are changes that give objects other names, in environments that nothing protects; one in the short form.
func renames(t *testing.T) []production {
	t.Helper()
	staging := func(cloud spec.Cloud, name string, rows ...[]string) production {
		return production{name: name + " staging", configuration: environments.Small(cloud), rows: rows}
	}
	if !soak() {
		return []production{staging(spec.NoCloud, "existing", []string{"namespace.source=existing"})}
	}
	return []production{
		staging(spec.NoCloud, "existing", []string{"namespace.name=other"}, []string{"app.name=shop"}, []string{"namespace.source=existing"}),
		staging(spec.AWSCloud, "aws", []string{"namespace.name=other"}),
		staging(spec.GCPCloud, "gcp", []string{"namespace.name=other"}, []string{"app.name=shop"}),
	}
}

// TestAChangeThatFailedIsTakenBack lets changes fail on their way and takes them back. What exists then must be what
// existed before, and protected data by its identity. The long form tries every change of the tables.
func TestAChangeThatFailedIsTakenBack(t *testing.T) {
	subjects := renames(t)
	if soak() {
		for _, production := range productions(t) {
			// An allowed loss is taken back with its word only: the test below.
			production.rows = slices.DeleteFunc(production.rows, func(row []string) bool { return permits(row) || !production.valid(t, row) })
			subjects = append(subjects, production)
		}
	}
	for _, subject := range subjects {
		t.Run(subject.name, func(t *testing.T) {
			began := time.Now()
			b := &takenBack{production: subject}
			for _, row := range subject.rows {
				for when, at := range failsAt() {
					b.try(t, row, when, at)
				}
			}
			t.Logf("%s: %d changes failed and were taken back, %d were refused before their first step, %d did not fail; %s", subject.name, b.failed, b.untouched, b.passed, time.Since(began).Round(time.Second))
		})
	}
}

// takenBack is one environment that changes fail in.
type takenBack struct {
	production
	e      *enginetest.Environment
	before world
	// fails chooses the calls that are refused; nil for none.
	fails                     atomic.Pointer[func(enginetest.Call) bool]
	failed, untouched, passed int
}

func (b *takenBack) fresh(t *testing.T) {
	t.Helper()
	b.e = enginetest.NewInterceptedEnvironment(t, b.configuration, withPlainSecrets, func(call enginetest.Call) enginetest.Verdict {
		if at := b.fails.Load(); at != nil && (*at)(call) {
			return enginetest.Refuse
		}
		return enginetest.Pass
	})
	b.e.Up(t)
	b.before = look(t, b.e)
}

func (b *takenBack) try(t *testing.T, row []string, when string, at func(enginetest.Call) bool) {
	t.Helper()
	if b.e == nil {
		b.fresh(t)
	}
	changed, err := b.configuration.Apply(row...)
	require.NoError(t, err)
	require.NoError(t, b.e.Expect(changed.Parse(t)))
	// What the change expects in the account was there before it.
	b.before = look(t, b.e)
	b.e.Configuration = changed
	b.fails.Store(&at)
	_, err = b.e.TryUp(t)
	b.fails.Store(nil)
	b.e.Configuration = b.configuration
	switch {
	case err == nil:
		// Not every change can be taken back.
		b.passed++
		b.e = nil
		return
	case !strings.Contains(err.Error(), enginetest.ErrRefused.Error()):
		t.Log(err)
		b.untouched++
		return
	}
	b.failed++
	err = b.takeBack(t)
	after := look(t, b.e)
	good := assert.NoError(t, err, "%v failed %s, and is taken back", row, when)
	good = assert.Empty(t, after.differences(b.before), "%v failed %s, and was taken back", row, when) && good
	good = assert.Empty(t, after.unfinished, "%v failed %s, and was taken back", row, when) && good
	if b.configuration.Parse(t).Tier == spec.Production {
		good = assert.Empty(t, b.before.lostData(after), "%v failed %s, and was taken back", row, when) && good
	}
	if !good {
		b.e = nil
	}
}

// takeBack runs an update with the former configuration. What the failed change created for data is deleted with its word
// only.
func (b *takenBack) takeBack(t *testing.T) error {
	t.Helper()
	_, err := b.e.TryUp(t)
	var refused *lifecycle.RefusedError
	if !errors.As(err, &refused) || refused.Allow() == "" {
		return err
	}
	b.e.Configuration = b.configuration.Set(t, strings.Fields(refused.Allow())...)
	_, err = b.e.TryUp(t)
	b.e.Configuration = b.configuration
	if err != nil {
		return fmt.Errorf("with %s: %w", refused.Allow(), err)
	}
	_, err = b.e.TryUp(t)
	return err
}

// TestAnAllowedLossThatFailedIsTakenBackWithItsData replaces a database with the word that allows its loss, and fails
// before it has deleted the former volume. Without the word the new volume is kept, which may have rows by now. With it,
// the former one is the database's again.
func TestAnAllowedLossThatFailedIsTakenBackWithItsData(t *testing.T) {
	const word = "allowDataLoss=[database]"
	b := &takenBack{production: productions(t)[2]}
	b.fresh(t)
	atDeletion := failsAt()["at the first deletion"]
	b.e.Configuration = b.configuration.Set(t, "database.user=other", word)
	b.fails.Store(&atDeletion)
	_, err := b.e.TryUp(t)
	b.fails.Store(nil)
	require.ErrorContains(t, err, enginetest.ErrRefused.Error())
	unfinished := look(t, b.e)

	b.e.Configuration = b.configuration
	_, err = b.e.TryUp(t)
	var refused *lifecycle.RefusedError
	require.ErrorAs(t, err, &refused)
	assert.Contains(t, refused.Allow(), word)
	assert.Empty(t, look(t, b.e).differences(unfinished), "a refused plan changes nothing")

	b.e.Configuration = b.configuration.Set(t, word)
	var said []string
	b.e.With(t, lifecycle.StackOptions{Events: func(event lifecycle.Event) { said = append(said, event.Message) }}, func(stack *lifecycle.Stack) {
		_, err := stack.Preview(t.Context())
		require.NoError(t, err)
	})
	assert.Contains(t, strings.Join(said, "\n"), "first it takes back a replacement that an earlier run did not finish: ")
	b.e.Up(t)
	after := look(t, b.e)
	assert.Empty(t, b.before.lostData(after))
	assert.Empty(t, after.unfinished)
	assert.Equal(t, slices.Sorted(maps.Keys(b.before.things)), slices.Sorted(maps.Keys(after.things)))

	// What was taken back is protected again.
	b.e.Configuration = b.configuration.Set(t, "database.user=other")
	_, err = b.e.TryUp(t)
	require.ErrorAs(t, err, &refused)
}
