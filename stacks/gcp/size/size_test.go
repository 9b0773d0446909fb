package size_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/gcp/size"
)

func TestADatabaseHasItsOwnMachine(t *testing.T) {
	for _, row := range []struct {
		cpu    int
		memory string
		want   string
	}{{2, "4Gi", "db-custom-2-4096"}, {2, "8Gi", "db-custom-2-8192"}, {4, "8100Mi", "db-custom-4-8192"}, {4, "10G", "db-custom-4-9728"}} {
		machine, err := size.Database(row.cpu, row.memory)
		require.NoError(t, err)
		assert.Equal(t, row.want, machine, "%d CPUs, %s", row.cpu, row.memory)
	}
	_, err := size.Database(2, "plenty")
	assert.ErrorContains(t, err, `database memory "plenty"`)
}

func TestTheSmallestNodeThatIsEnough(t *testing.T) {
	for memory, want := range map[string]string{"4Gi": "e2-medium", "8Gi": "e2-standard-2", "9Gi": "e2-highmem-2", "100Gi": "e2-highmem-16"} {
		machine, err := size.Node(2, memory)
		require.NoError(t, err)
		assert.Equal(t, want, machine, memory)
	}
	_, err := size.Node(64, "8Gi")
	assert.ErrorContains(t, err, "no node has 64 CPUs and 8Gi of memory; there are e2-medium")
}

func TestACacheHasWholeGibibytes(t *testing.T) {
	for memory, want := range map[string]int{"64Mi": 1, "1Gi": 1, "1500Mi": 2, "5Gi": 5} {
		got, err := size.Cache(memory)
		require.NoError(t, err)
		assert.Equal(t, want, got, memory)
	}
}
