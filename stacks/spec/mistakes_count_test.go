package spec_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

// mistakesOfApps are the wrong configurations of what lets any app run: routes, volumes, objects of the environment,
// containers, release steps, kinds of workers and servers, and the names of the contract.
func mistakesOfApps() map[string][]wrong {
	return map[string][]wrong{
		"routes":               routeMistakes(),
		"routes to every name": anyHostMistakes(),
		"issuers":              issuerMistakes(),
		"addresses":            addressMistakes(),
		"own servers":          ownServerMistakes(),
		"volumes":              volumeMistakes(),
		"objects":              objectMistakes(),
		"further objects":      manifestMistakes(),
		"uploads":              mediaMistakes(),
		"generated values":     generateMistakes(),
		"pods":                 podMistakes(),
		"rights":               rightsMistakes(),
		"placement":            freedomMistakes(),
		"node pools":           nodePoolMistakes(),
		"release":              releaseMistakes(),
		"contract":             contractMistakes(),
		"workers":              workerKindMistakes(),
		"servers":              serverMistakes(),
		"external servers":     externalMistakes(),
		"Memcached":            memcachedMistakes(),
		"further databases":    furtherMistakes(),
	}
}

// cure matches what tells the reader how to mend a mistake: what is allowed, what is missing, what to write instead, or
// which other value makes this one idle.
var cure = regexp.MustCompile(`must |may |needs? |is required|is not allowed|allowed|did you mean|keep one|would be ignored|because |already|is taken|which has|goes without|cannot be had here|contradicts |for instance|: letters|either |add |write |set |give |rename|remove |choose |leave |put |takes |are: |use |which nothing replaces: |: lower|: lower-case |such as |name another`)

func TestEveryMistakeOfAnAppHasItsPathAndItsCure(t *testing.T) {
	const fewest = 60
	total, names := 0, map[string]string{}
	for table, mistakes := range mistakesOfApps() {
		for _, mistake := range mistakes {
			assert.Empty(t, names[mistake.name], "%q of %s is counted twice", mistake.name, table)
			names[mistake.name] = table
			_, err := parse(t, mistake.text(t))
			var problems spec.Problems
			require.True(t, errors.As(err, &problems), "%s: got %v", mistake.name, err)
			var found *spec.Problem
			for i := range problems {
				if strings.Contains(spec.Problems{problems[i]}.Error(), mistake.want) {
					found = &problems[i]
				}
			}
			require.NotNil(t, found, mistake.name)
			assert.Regexp(t, `^[a-z][A-Za-z]*[].[A-Za-z0-9_/ -]*$`, found.Path, mistake.name)
			assert.Regexp(t, cure, found.Allowed, "%s: %s", mistake.name, found.Path)
		}
		t.Logf("%-22s%4d", table, len(mistakes))
		total += len(mistakes)
	}
	t.Logf("%-22s%4d", "together", total)
	assert.GreaterOrEqual(t, total, fewest)
}
