package gcp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestSearchRunsInTheClusterOfGoogleCloud(t *testing.T) {
	for _, outputs := range mocks.Both() {
		text := strings.Replace(fmt.Sprintf(whole, spec.Production), `"media":`, `"search": {"kind": "in-cluster"}, "media":`, 1)
		ran := run(t, outputs, text)

		set := ran.Find(t, "StatefulSet", "blog-opensearch")
		assert.True(t, set.Protect, "production's index is under the guard")
		if outputs == mocks.Known {
			assert.Contains(t, ran.Find(t, "Secret", "blog-env").At(t, "stringData.SEARCH_URL"), "@blog-opensearch:9200")
		}
	}
}
