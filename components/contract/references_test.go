package contract_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/contract"
)

func TestOnlyAReferenceIsExpanded(t *testing.T) {
	for value, want := range map[string]struct {
		names    []string
		plain    string
		expanded string
	}{
		"plain":                  {nil, "plain", "plain"},
		"$5 and $$ and $":        {nil, "$5 and $$ and $", "$$5 and $$$$ and $$"},
		"$$(HOME)":               {nil, "$(HOME)", "$$(HOME)"},
		"$(date +%s)":            {nil, "$(date +%s)", "$$(date +%s)"},
		"http://$(HOST):$(PORT)": {[]string{"HOST", "PORT"}, "http://$(HOST):$(PORT)", "http://$(HOST):$(PORT)"},
		"$(A)$(A)$$(B)$1":        {[]string{"A"}, "$(A)$(A)$(B)$1", "$(A)$(A)$$(B)$$1"},
	} {
		assert.Equal(t, want.names, contract.References(value), value)
		assert.Equal(t, want.plain, contract.Unescaped(value), value)
		assert.Equal(t, want.expanded, contract.Escaped(value), value)
	}
}

func TestAVariableComesAfterThoseThatItNames(t *testing.T) {
	order, err := contract.Ordered(map[string]string{"A": "$(B)/x", "B": "$(C)", "C": "$(DATABASE_URL)", "Z": ""})
	require.NoError(t, err)
	assert.Equal(t, []string{"C", "B", "A", "Z"}, order)
}

func TestACircleOfReferencesIsRefused(t *testing.T) {
	for _, variables := range []map[string]string{{"A": "$(A)"}, {"A": "$(B)", "B": "$(C)", "C": "$(A)"}} {
		_, err := contract.Ordered(variables)
		assert.ErrorContains(t, err, "refer to each other in a cycle: A → ")
	}
}
