package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestADomainsDiskHasTheSpeedOfItsSize(t *testing.T) {
	for size, want := range map[int][]any{
		10: {3000.0, 125.0}, 170: {3000.0, 125.0}, 171: {3000.0, 250.0}, 2000: {6000.0, 250.0}, 4000: {12000.0, 500.0}, 12288: {36864.0, 1250.0},
	} {
		domain := mocks.Run(t, mocks.Known, withSearch(func(a *aws.SearchArgs) { a.StorageGiB = size })).Find(t, "Domain", "blog-search")

		assert.Equal(t, want, []any{domain.At(t, "ebsOptions.iops"), domain.At(t, "ebsOptions.throughput")}, "%d GiB", size)
	}
}
