package pod_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/pod"
)

func TestNoLimitOfDiskIsBelowTheRequest(t *testing.T) {
	for name, one := range map[string]struct{ limit, size, want string }{
		"a lower limit is raised":  {"1Gi", "5Gi", "5Gi"},
		"a higher limit stays":     {"20Gi", "5Gi", "20Gi"},
		"in other units":           {"1024Mi", "1Gi", "1024Mi"},
		"none stays none":          {"", "5Gi", ""},
		"bytes below a mebibyte":   {"1000Ki", "1Mi", "1Mi"},
		"the same amount in bytes": {"1Mi", "1048576", "1Mi"},
	} {
		t.Run(name, func(t *testing.T) {
			resources, err := pod.Resources{Disk: "1Mi", DiskLimit: one.limit}.WithDisk(one.size)
			require.NoError(t, err)
			assert.Equal(t, one.size, resources.Disk)
			assert.Equal(t, one.want, resources.DiskLimit)
		})
	}
	_, err := pod.Resources{}.WithDisk("5GiB")
	assert.ErrorContains(t, err, `ephemeral storage is "5GiB"`)
}
