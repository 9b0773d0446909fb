package limits_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/sizes"
)

func TestDatabaseTierIsACustomMachine(t *testing.T) {
	for _, row := range []struct {
		cpu    int
		memory string
		want   string
	}{{2, "4Gi", "db-custom-2-4096"}, {2, "8Gi", "db-custom-2-8192"}, {4, "8100Mi", "db-custom-4-8192"}, {4, "10G", "db-custom-4-9728"}} {
		machine, err := limits.DatabaseTier(row.cpu, row.memory)
		require.NoError(t, err)
		assert.Equal(t, row.want, machine, "%d CPUs, %s", row.cpu, row.memory)
	}
	_, err := limits.DatabaseTier(2, "plenty")
	assert.ErrorContains(t, err, `database memory "plenty"`)
}

func TestSmallestSufficientMachineTypeIsChosen(t *testing.T) {
	for memory, want := range map[string]string{"4Gi": "e2-medium", "8Gi": "e2-standard-2", "9Gi": "e2-highmem-2", "100Gi": "e2-highmem-16"} {
		machine, err := limits.MachineType(sizes.AMD64, 2, memory)
		require.NoError(t, err)
		assert.Equal(t, want, machine, memory)
	}
	_, err := limits.MachineType(sizes.AMD64, 64, "8Gi")
	assert.ErrorContains(t, err, "no node has 64 CPUs and 8Gi of memory; there are e2-medium")
}

func TestDatabaseMemoryFollowsTheCPUs(t *testing.T) {
	for cpu, want := range map[int][2]int{1: {3840, 6656}, 2: {3840, 13312}, 8: {7424, 53248}, 96: {88576, 638976}} {
		least, most := limits.DatabaseMemoryMiB(cpu)
		assert.Equal(t, want, [2]int{least, most}, "%d CPUs", cpu)
	}
	assert.NoError(t, limits.CheckDatabaseMemory(8, "7.2Gi"), "it is rounded up to 7.25Gi")
	assert.EqualError(t, limits.CheckDatabaseMemory(8, "7Gi"), "must be from 7.25Gi to 52Gi with 8 CPUs on Cloud SQL")
	assert.EqualError(t, limits.CheckDatabaseMemory(2, "14Gi"), "must be from 3.75Gi to 13Gi with 2 CPUs on Cloud SQL")
}

func TestDatabaseConnectionsFollowTheMemory(t *testing.T) {
	for gib, want := range map[int64]int{1: 25, 2: 50, 4: 100, 8: 400, 16: 500, 624: 1000} {
		assert.Equal(t, want, limits.DatabaseConnections(gib<<30), "%d GiB", gib)
	}
}

func TestMachineTypesSayTheirArchitectureAndSize(t *testing.T) {
	for _, row := range []struct {
		name         string
		architecture sizes.Architecture
		cpu          int
		gib          float64
		mounts       bool
	}{
		{"t2a-standard-4", sizes.ARM64, 4, 16, true}, {"c4a-standard-4", sizes.ARM64, 4, 16, false}, {"e2-highmem-8", sizes.AMD64, 8, 64, true},
		{"n1-standard-4", sizes.AMD64, 4, 15, true}, {"e2-medium", sizes.AMD64, 0, 0, true}, {"n2-highcpu-4", sizes.AMD64, 4, 0, true},
		{"g2-standard-4", sizes.AMD64, 4, 16, false},
	} {
		size := limits.MachineSize(row.name)
		mounts, _ := limits.MountsDisks(row.name)
		assert.Equal(t, row.architecture, limits.ArchitectureOf(row.name), row.name)
		assert.Equal(t, row.cpu, size.CPU, row.name)
		assert.InDelta(t, row.gib, size.GiB, 0.01, row.name)
		assert.Equal(t, row.mounts, mounts, row.name)
	}
	name, err := limits.MachineType(sizes.ARM64, 4, "16Gi")
	require.NoError(t, err)
	assert.Equal(t, "t2a-standard-4", name)
	_, err = limits.MachineType(sizes.ARM64, 4, "64Gi")
	require.NoError(t, err)
}
