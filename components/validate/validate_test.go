package validate_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/validate"
)

type colour string

func TestAnErrorNamesTheFieldAndTheAllowedValues(t *testing.T) {
	require.NoError(t, validate.OneOf("Wall", "Colour", colour("red"), "red", "green"))
	assert.EqualError(t, validate.OneOf("Wall", "Colour", colour("pink"), "red", "green"), `Wall: Colour is "pink"; allowed are red, green`)
	require.NoError(t, validate.Within("Wall", "Height", 3, 1, 3))
	assert.EqualError(t, validate.Within("Wall", "Height", 4, 1, 3), "Wall: Height is 4; allowed is 1 to 3")
	require.NoError(t, validate.RefuseIf(false, "Wall", "a wall has no wheels"))
	assert.EqualError(t, validate.RefuseIf(true, "Wall", "a wall has no wheels"), "Wall: a wall has no wheels")
}
