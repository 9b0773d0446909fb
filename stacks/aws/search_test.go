package aws_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestSearchRunsInTheClusterOfAWSInsteadOfADomain(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, spec.Production, `"media":`, `"search": {"kind": "in-cluster"}, "media":`)

		assert.True(t, ran.Find(t, "StatefulSet", "blog-opensearch").Protect, "production's index is under the guard")
		assert.Empty(t, ran.OfKind("Domain"))
		if outputs == mocks.Known {
			assert.Contains(t, ran.Find(t, "Secret", "blog-env").At(t, "stringData.SEARCH_URL"), "@blog-opensearch:9200")
		}
	}
}
