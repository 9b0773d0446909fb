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

func TestMemoryOfAClass(t *testing.T) {
	classes := []sizes.Class{{Name: "small", CPU: 2, GiB: 0.5}, {Name: "large", CPU: 4, GiB: 8}}
	memory, err := sizes.Memory("node", classes, "small")
	require.NoError(t, err)
	assert.EqualValues(t, 512<<20, memory)
	_, err = sizes.Memory("node", classes, "huge")
	assert.ErrorContains(t, err, "no node is of the class huge; there are small (2 CPUs, 0.5 GiB), large")
}

func TestTheHeapOfASearchEngineIsHalfOfItsMemoryUpToShortPointers(t *testing.T) {
	for memory, want := range map[int64]int64{1536: 768, 2048: 1024, 8192: 4096, 131072: 31744} {
		assert.Equal(t, want<<20, sizes.OpenSearchHeap(memory<<20))
	}
}

func TestServersAskForMoreThanTheirData(t *testing.T) {
	const mebibyte = 1 << 20
	for name, row := range map[string]struct{ request, limit, wantRequest, wantLimit int64 }{
		"redis":     both(sizes.Redis(64*mebibyte)).want(72, 192),
		"rabbitmq":  both(sizes.RabbitMQ(256*mebibyte)).want(256, 512),
		"memcached": both(sizes.Memcached(60*mebibyte, 1024)).want(68, 151),
	} {
		assert.Equal(t, row.wantRequest*mebibyte, row.request, name)
		assert.Equal(t, row.wantLimit*mebibyte, row.limit, name)
	}
}

type amounts struct{ request, limit int64 }

func both(request, limit int64) amounts { return amounts{request, limit} }

func (a amounts) want(request, limit int64) struct{ request, limit, wantRequest, wantLimit int64 } {
	return struct{ request, limit, wantRequest, wantLimit int64 }{a.request, a.limit, request, limit}
}
