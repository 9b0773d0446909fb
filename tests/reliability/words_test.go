package reliability_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// TestAWordWorksInItsRunAndEndsWithIt changes productions in ways that lose data: with the word that the refusal names,
// although the cloud protects the server itself, and back without it, which is refused again.
func TestAWordWorksInItsRunAndEndsWithIt(t *testing.T) {
	changes := map[string][][2]string{
		"aws": {{"database", "database.user=other"}, {"broker", "broker.engine=rabbitmq"}},
		"gcp": {{"cluster", "cluster.mode=nodes"}, {"broker", "broker.kind=in-cluster"}},
	}
	for _, production := range productions(t) {
		for _, change := range changes[production.name] {
			word, set := "allowDataLoss=["+change[0]+"]", change[1]
			if !soak() && set != "database.user=other" {
				continue
			}
			t.Run(production.name+" "+set, func(t *testing.T) {
				s := &subject{production: production, program: withPlainSecrets}
				s.fresh(t)
				s.e.Configuration = production.configuration.Set(t, set, word)
				s.e.Up(t)
				after := data(s.e)
				s.e.Configuration = production.configuration
				_, err := s.e.TryUp(t)
				var refused *lifecycle.RefusedError
				require.ErrorAs(t, err, &refused)
				assert.Equal(t, word, refused.Allow())
				assert.Empty(t, missing(after, data(s.e), "lost without the word"))
			})
		}
	}
}
