package limits_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/sizes"
)

func TestSmallestSufficientClassIsChosen(t *testing.T) {
	for _, row := range []struct {
		cpu    int
		memory string
		want   string
	}{
		{2, "1Gi", "db.t4g.micro"},
		{2, "4Gi", "db.t4g.medium"},
		{2, "5Gi", "db.m7g.large"},
		{2, "8Gi", "db.m7g.large"},
		{2, "16Gi", "db.r7g.large"},
		{4, "8Gi", "db.m7g.xlarge"},
		{16, "128Gi", "db.r7g.4xlarge"},
		{64, "512Gi", "db.r7g.16xlarge"},
	} {
		class, err := limits.DatabaseClass(row.cpu, row.memory)
		require.NoError(t, err)
		assert.Equal(t, row.want, class, "%d CPUs, %s", row.cpu, row.memory)
	}
	for memory, want := range map[string]string{"64Mi": "cache.t4g.micro", "1Gi": "cache.t4g.small", "4Gi": "cache.m7g.large", "5Gi": "cache.m7g.xlarge", "20Gi": "cache.r7g.2xlarge"} {
		class, err := limits.CacheNodeType(memory)
		require.NoError(t, err)
		assert.Equal(t, want, class, memory)
	}
	for cpu, want := range map[int]string{2: "t3.large", 4: "m7i.xlarge", 16: "m7i.4xlarge"} {
		class, err := limits.InstanceType(sizes.AMD64, cpu, "8Gi")
		require.NoError(t, err)
		assert.Equal(t, want, class)
	}
}

func TestInstanceTypesSayTheirArchitectureAndSize(t *testing.T) {
	for _, row := range []struct {
		name         string
		architecture sizes.Architecture
		cpu          int
		gib          float64
	}{
		{"m7g.large", sizes.ARM64, 2, 8}, {"c7gn.4xlarge", sizes.ARM64, 16, 32}, {"t4g.large", sizes.ARM64, 2, 8}, {"a1.xlarge", sizes.ARM64, 4, 0},
		{"r7i.2xlarge", sizes.AMD64, 8, 64}, {"m7i-flex.large", sizes.AMD64, 2, 8}, {"g5.xlarge", sizes.AMD64, 4, 0}, {"t3.micro", sizes.AMD64, 0, 0},
	} {
		size := limits.InstanceSize(row.name)
		assert.Equal(t, row.architecture, limits.ArchitectureOf(row.name), row.name)
		assert.Equal(t, row.cpu, size.CPU, row.name)
		assert.InDelta(t, row.gib, size.GiB, 0.01, row.name)
	}
	for _, architecture := range []sizes.Architecture{sizes.AMD64, sizes.ARM64} {
		name, err := limits.InstanceType(architecture, 4, "16Gi")
		require.NoError(t, err)
		assert.Equal(t, architecture, limits.ArchitectureOf(name))
		assert.False(t, limits.HasDevices(name))
	}
	assert.True(t, limits.HasDevices("g5.xlarge"))
	assert.True(t, limits.HasDevices("p4d.24xlarge"))
}

func TestErrorListsClassesWhenNoneIsLargeEnough(t *testing.T) {
	_, err := limits.DatabaseClass(64, "2Ti")
	assert.ErrorContains(t, err, "no database has 64 CPUs and 2Ti of memory; there are db.t4g.micro")
	_, err = limits.CacheNodeType("plenty")
	assert.ErrorContains(t, err, `cache memory "plenty"`)
}

func TestSearchVolumeFitsItsInstanceType(t *testing.T) {
	for _, row := range []struct {
		memory string
		most   int
		want   string
	}{
		{"2Gi", 100, "t3.small.search"}, {"4Gi", 200, "t3.medium.search"}, {"8Gi", 1024, "m6g.large.search"}, {"16Gi", 2048, "r6g.large.search"},
		{"32Gi", 3072, "r6g.xlarge.search"}, {"64Gi", 6144, "r6g.2xlarge.search"}, {"128Gi", 12288, "r6g.4xlarge.search"},
	} {
		instance, err := limits.SearchInstanceType(row.memory)
		require.NoError(t, err)
		assert.Equal(t, row.want, instance)
		require.NoError(t, limits.CheckSearchVolume(instance, 10))
		require.NoError(t, limits.CheckSearchVolume(instance, row.most))
		assert.ErrorContains(t, limits.CheckSearchVolume(instance, row.most+1), "Gi with "+row.want)
		assert.ErrorContains(t, limits.CheckSearchVolume(instance, 9), "must be from 10Gi to ")
	}
}

func TestDatabaseConnectionsFollowTheMemory(t *testing.T) {
	for gib, want := range map[int64]int{1: 84, 4: 337, 16: 1351, 512: 5000} {
		assert.Equal(t, want, limits.DatabaseConnections(gib<<30), "%d GiB", gib)
	}
}

func TestDatabaseGrowsByATenthAtLeast(t *testing.T) {
	for _, row := range []struct {
		gib, maxGiB int
		want        bool
	}{{20, 20, true}, {20, 21, false}, {20, 22, true}, {100, 109, false}, {100, 110, true}} {
		assert.Equal(t, row.want, limits.CanGrowDatabase(row.gib, row.maxGiB), "%d to %d GiB", row.gib, row.maxGiB)
	}
}
