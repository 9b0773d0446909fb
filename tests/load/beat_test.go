package load_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/e2e"
)

// interval is BLOG_TICK_SECONDS of the configuration.
const interval = 15 * time.Second

// tick is one tick of a scheduler, by the time it was sent.
type tick struct {
	At   time.Time `json:"at"`
	Beat string    `json:"beat"`
}

func (e *environment) ticks(t *testing.T) []tick {
	t.Helper()
	var found struct {
		Ticks []tick `json:"ticks"`
	}
	e.Ask(t, http.MethodGet, "/notes/ticks.json", &found)
	slices.SortFunc(found.Ticks, func(a, b tick) int { return a.At.Compare(b.At) })
	return found.Ticks
}

// beatsOnce rolls beat out, and reads the ticks since the beginning of the test: through releases, deleted pods and
// failed migrations.
func (e *environment) beatsOnce(t *testing.T, f form) {
	e2e.Eventually(t, 2*interval+30*time.Second, "the first beat beats", func() error {
		if len(e.ticks(t)) == 0 {
			return errors.New("no tick")
		}
		return nil
	})
	for range f.beats {
		before := e.ticks(t)
		e.kubectl(t, "rollout", "restart", "deployment/blog-beat")
		e.rolledOut(t, "blog-beat")
		e2e.Eventually(t, 2*interval+30*time.Second, "the new beat beats", func() error {
			if ticks := e.ticks(t); ticks[len(ticks)-1].Beat == before[len(before)-1].Beat {
				return fmt.Errorf("%d ticks", len(ticks))
			}
			return nil
		})
	}
	ticks := e.ticks(t)
	beats, shortest, err := order(ticks)
	t.Logf("%d ticks by %v, never less than %s apart", len(ticks), beats, shortest.Round(time.Millisecond))
	require.NoError(t, err)
	assert.Greater(t, len(beats), f.beats, "every rollout made a new beat")
}

// order returns the schedulers in their order and the shortest time between two ticks. It returns an error if two
// schedulers took turns, or if one fired a slot that the one before it had fired. One scheduler may be late, because the
// broker restarts, and then in time again.
func order(ticks []tick) (beats []string, shortest time.Duration, err error) {
	// A busy machine sends one tick late, and the next one in time.
	const late = 2 * time.Second
	shortest = time.Hour
	for i, one := range ticks {
		if i > 0 {
			between := one.At.Sub(ticks[i-1].At)
			shortest = min(shortest, between)
			if ticks[i-1].Beat != one.Beat && between < interval-late {
				err = errors.Join(err, fmt.Errorf("%s fired at %s, %s after %s had", one.Beat, one.At, between, ticks[i-1].Beat))
			}
		}
		if i > 0 && ticks[i-1].Beat == one.Beat {
			continue
		}
		if slices.Contains(beats, one.Beat) {
			err = errors.Join(err, fmt.Errorf("%s fired at %s, though another one had begun", one.Beat, one.At))
		}
		beats = append(beats, one.Beat)
	}
	return beats, shortest, err
}

func TestTwoBeatsAtOnceAreSeen(t *testing.T) {
	at := func(seconds int, beat string) tick { return tick{At: time.Unix(int64(seconds), 0), Beat: beat} }

	beats, shortest, err := order([]tick{at(0, "a"), at(15, "a"), at(40, "b"), at(55, "b")})
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, beats)
	assert.Equal(t, interval, shortest)

	_, _, err = order([]tick{at(0, "a"), at(24, "a"), at(30, "a")})
	require.NoError(t, err, "a tick that waited for the broker")
	_, _, err = order([]tick{at(0, "a"), at(7, "b"), at(22, "b")})
	assert.ErrorContains(t, err, "b fired at", "a slot that is fired again after a rollout")
	_, _, err = order([]tick{at(0, "a"), at(15, "b"), at(30, "a")})
	assert.ErrorContains(t, err, "though another one had begun")
}
