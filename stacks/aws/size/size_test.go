package size_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/aws/size"
)

func TestTheSmallestThatIsEnough(t *testing.T) {
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
		class, err := size.Database(row.cpu, row.memory)
		require.NoError(t, err)
		assert.Equal(t, row.want, class, "%d CPUs, %s", row.cpu, row.memory)
	}
	for memory, want := range map[string]string{"64Mi": "cache.t4g.micro", "1Gi": "cache.t4g.small", "5Gi": "cache.m7g.large", "20Gi": "cache.m7g.2xlarge"} {
		class, err := size.Cache(memory)
		require.NoError(t, err)
		assert.Equal(t, want, class, memory)
	}
	for cpu, want := range map[int]string{2: "t3.large", 4: "m7i.xlarge", 16: "m7i.4xlarge"} {
		class, err := size.Node(cpu, "8Gi")
		require.NoError(t, err)
		assert.Equal(t, want, class)
	}
}

func TestMoreThanThereIsIsNamed(t *testing.T) {
	_, err := size.Database(64, "2Ti")
	assert.ErrorContains(t, err, "no database has 64 CPUs and 2Ti of memory; there are db.t4g.micro")
	_, err = size.Cache("plenty")
	assert.ErrorContains(t, err, `cache memory "plenty"`)
}

func TestANodeOfSearchTakesNoMoreDiskThanItsTypeAllows(t *testing.T) {
	for _, row := range []struct {
		memory string
		most   int
		want   string
	}{
		{"2Gi", 100, "t3.small.search"}, {"4Gi", 200, "t3.medium.search"}, {"8Gi", 1024, "m6g.large.search"}, {"16Gi", 2048, "r6g.large.search"},
		{"32Gi", 3072, "r6g.xlarge.search"}, {"64Gi", 6144, "r6g.2xlarge.search"}, {"128Gi", 12288, "r6g.4xlarge.search"},
	} {
		instance, err := size.Search(row.memory)
		require.NoError(t, err)
		assert.Equal(t, row.want, instance)
		require.NoError(t, size.SearchDisk(instance, 10))
		require.NoError(t, size.SearchDisk(instance, row.most))
		assert.ErrorContains(t, size.SearchDisk(instance, row.most+1), "Gi with "+row.want)
		assert.ErrorContains(t, size.SearchDisk(instance, 9), "must be from 10Gi to ")
	}
}
