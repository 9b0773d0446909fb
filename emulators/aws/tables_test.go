package aws

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The bridge derives the name of an instance from its identifier.
const namedByIdentifier = "aws:rds/instance:Instance: the bridge makes a name for it, and the table does not"

func TestTablesAndTheSDKAgree(t *testing.T) {
	catalog, err := catalog(Options{})
	require.NoError(t, err)
	for _, problem := range catalog.Lint() {
		if problem != namedByIdentifier {
			assert.Fail(t, problem)
		}
	}
}
