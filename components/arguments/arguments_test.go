package arguments_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
)

func TestCheckCORSNamesTheRuleAndTheField(t *testing.T) {
	right := arguments.CORSRule{Origins: []string{"https://www.example.com"}, Methods: []string{"GET"}}
	require.NoError(t, arguments.CheckCORS([]arguments.CORSRule{right}))

	wrong := right
	wrong.Origins, wrong.Methods = nil, []string{"PATCH"}
	err := arguments.CheckCORS([]arguments.CORSRule{right, wrong})
	assert.ErrorContains(t, err, "Bucket: CORS[1].Origins is required")
	assert.ErrorContains(t, err, `Bucket: CORS[1].Methods is "PATCH"`)
	assert.NotContains(t, err.Error(), "CORS[0]")
}

func TestCheckStorageAllowsNoLimitAndNoSmallerLimit(t *testing.T) {
	require.NoError(t, arguments.CheckStorage("Database", 20, 0, 10, 100))
	require.NoError(t, arguments.CheckStorage("Database", 20, 100, 10, 100))
	assert.EqualError(t, arguments.CheckStorage("Database", 20, 19, 10, 100), "Database: MaxStorageGiB is 19; allowed is 20 to 100")
	assert.EqualError(t, arguments.CheckStorage("Database", 9, 20, 10, 100), "Database: StorageGiB is 9; allowed is 10 to 100")
}

func TestBaseDomainsDropsWildcardsAndDuplicates(t *testing.T) {
	assert.Equal(t, []string{"example.com", "example.org"}, arguments.BaseDomains("example.com", "*.example.com", "*.example.org"))
}

func TestCheckEmailRefusesWhatIsNoAddress(t *testing.T) {
	require.NoError(t, arguments.CheckEmail("Budget", "Emails", "ops@example.com"))
	for _, wrong := range []string{"ops", "@example.com", "ops@", "Ops <ops@example.com>"} {
		assert.ErrorContains(t, arguments.CheckEmail("Budget", "Emails", wrong), "Budget: Emails has", wrong)
	}
}
