package sizes_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/sizes"
)

func TestPostgresIsTunedByItsMemoryAndItsVolume(t *testing.T) {
	always := map[string]string{"random_page_cost": "1.1", "checkpoint_completion_target": "0.9", "huge_pages": "off"}
	for name, test := range map[string]struct {
		server sizes.Postgres
		shared string
		want   map[string]string
	}{
		"nothing is known": {sizes.Postgres{}, "", nil},
		"staging": {sizes.Postgres{Memory: "128Mi", MemoryLimit: "512Mi", Volume: "1Gi"}, "64Mi", map[string]string{
			"shared_buffers": "32MB", "effective_cache_size": "96MB", "maintenance_work_mem": "16MB", "work_mem": "1MB",
			"enable_parallel_hash": "off", "max_wal_size": "128MB", "min_wal_size": "32MB",
		}},
		"production": {sizes.Postgres{Memory: "1Gi", MemoryLimit: "2Gi", Volume: "20Gi", MaxConnections: 100}, "256Mi", map[string]string{
			"shared_buffers": "256MB", "effective_cache_size": "768MB", "maintenance_work_mem": "64MB", "work_mem": "4MB",
			"enable_parallel_hash": "off", "max_wal_size": "2560MB", "min_wal_size": "640MB",
		}},
		"large": {sizes.Postgres{Memory: "32Gi", Volume: "1Ti", MaxConnections: 100}, "8Gi", map[string]string{
			"shared_buffers": "8GB", "effective_cache_size": "24GB", "maintenance_work_mem": "1GB", "work_mem": "81MB",
			"enable_parallel_hash": "off", "max_wal_size": "4GB", "min_wal_size": "1GB",
		}},
		"small": {sizes.Postgres{Memory: "32Mi", MemoryLimit: "32Mi", Volume: "64Mi"}, "8Mi", map[string]string{
			"shared_buffers": "8MB", "effective_cache_size": "24MB", "maintenance_work_mem": "16MB", "work_mem": "1MB",
			"enable_parallel_hash": "off", "max_wal_size": "64MB", "min_wal_size": "32MB",
		}},
		"chosen": {sizes.Postgres{Memory: "1Gi", Stated: map[string]string{"work_mem": "32MB", "random_page_cost": "4"}}, "256Mi", map[string]string{
			"shared_buffers": "256MB", "effective_cache_size": "768MB", "maintenance_work_mem": "64MB", "enable_parallel_hash": "off",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			tuning, err := test.server.Tune()
			require.NoError(t, err)
			want := map[string]string{}
			for _, part := range []map[string]string{always, test.want} {
				for parameter, value := range part {
					want[parameter] = value
				}
			}
			for stated := range test.server.Stated {
				delete(want, stated)
			}
			assert.Equal(t, want, tuning.Parameters)
			assert.Equal(t, test.shared, tuning.SharedMemory)
		})
	}
}

// A server whose hash tables fill all shared memory has memory for its buffers and its
// maintenance.
func TestWhatPostgresSharesFitsIntoItsMemoryLimit(t *testing.T) {
	for _, memory := range []string{"32Mi", "64Mi", "100M", "128Mi", "512Mi", "1Gi", "3Gi", "64Gi"} {
		for _, connections := range []int{20, 100, 800} {
			tuning, err := sizes.Postgres{Memory: memory, MemoryLimit: memory, Volume: "1Gi", MaxConnections: connections}.Tune()
			require.NoError(t, err)
			limit, shared := resource.MustParse(memory), resource.MustParse(tuning.SharedMemory)
			buffers, ok := sizes.PostgresBytes(tuning.Parameters["shared_buffers"], 8<<10)
			require.True(t, ok)
			assert.LessOrEqual(t, buffers+shared.Value(), limit.Value()/2, "%s, %d connections", memory, connections)
		}
	}
}

func TestPostgresWithoutAnAmountIsRefused(t *testing.T) {
	for want, server := range map[string]sizes.Postgres{
		`memory "a lot"`:       {Memory: "a lot"},
		`memory limit "a lot"`: {Memory: "1Gi", MemoryLimit: "a lot"},
		`volume "a lot"`:       {Volume: "a lot"},
	} {
		_, err := server.Tune()
		assert.ErrorContains(t, err, want)
	}
}

func TestSizesOfPostgresqlConf(t *testing.T) {
	for text, want := range map[string]int64{"16MB": 16 << 20, "1 GB": 1 << 30, "64": 64 << 10, "7kB": 7 << 10, "512B": 512} {
		size, ok := sizes.PostgresBytes(text, 1<<10)
		assert.True(t, ok, text)
		assert.Equal(t, want, size, text)
	}
	for _, text := range []string{"", "a lot", "-1", "1.5GB", "16M", "99999999999999TB"} {
		_, ok := sizes.PostgresBytes(text, 1<<10)
		assert.False(t, ok, text)
	}
}
