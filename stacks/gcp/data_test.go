package gcp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestADiskGrowsToTheLargestThatThereIs(t *testing.T) {
	for storage, most := range map[string]float64{"100Gi": 500, "20Ti": 65536} {
		text := strings.Replace(fmt.Sprintf(whole, spec.Production), `"database": {"kind": "managed"}`,
			fmt.Sprintf(`"database": {"kind": "managed", "managed": {"storage": %q}}`, storage), 1)
		server := run(t, mocks.Known, text).Find(t, "DatabaseInstance", "blog-database")
		assert.Equal(t, most, server.At(t, "settings.diskAutoresizeLimit"), storage)
	}
}
