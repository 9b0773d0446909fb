package sizes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/sizes"
)

func TestStorageIsRoundedUp(t *testing.T) {
	for amount, want := range map[string]int{"20Gi": 20, "20.5Gi": 21, "1Ti": 1024, "100G": 94} {
		got, err := sizes.GiB(amount)
		require.NoError(t, err)
		assert.Equal(t, want, got, amount)
	}
}

func TestDiskGrowsFivefoldUpToTheLargest(t *testing.T) {
	assert.Equal(t, 500, sizes.MaxGrowth(100, 65536))
	assert.Equal(t, 65536, sizes.MaxGrowth(20480, 65536))
}

func TestClassWithFewerCPUsIsPreferred(t *testing.T) {
	classes := []sizes.Class{{Name: "large", CPU: 4, GiB: 8}, {Name: "small", CPU: 2, GiB: 8}, {Name: "tiny", CPU: 2, GiB: 4}}
	for _, row := range []struct {
		cpu    int
		memory string
		want   string
	}{{2, "4Gi", "tiny"}, {2, "5Gi", "small"}, {3, "1Gi", "large"}} {
		got, err := sizes.Smallest("node", classes, row.cpu, row.memory)
		require.NoError(t, err)
		assert.Equal(t, row.want, got)
	}
	_, err := sizes.Smallest("node", classes, 8, "4Gi")
	assert.ErrorContains(t, err, "no node has 8 CPUs and 4Gi of memory; there are large (4 CPUs, 8 GiB)")
}
