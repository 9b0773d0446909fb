package size_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/size"
)

func TestStorageIsRoundedUp(t *testing.T) {
	for amount, want := range map[string]int{"20Gi": 20, "20.5Gi": 21, "1Ti": 1024, "100G": 94} {
		got, err := size.GiB(amount)
		require.NoError(t, err)
		assert.Equal(t, want, got, amount)
	}
}
