package names_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/djangostack/djangostack/components/names"
)

func TestALabelHoldsEveryText(t *testing.T) {
	seen := map[string]string{}
	for _, text := range []string{
		"", "staging", "Review_12.b", "pr-1-", "pr-1", "_", "-", "...", strings.Repeat("a", 60) + "-", strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("A", 64), "a b", "ü",
	} {
		label := names.Label(text)
		assert.Empty(t, validation.IsValidLabelValue(label), "%q is no label for %q", label, text)
		assert.Empty(t, seen[label], "%q and %q have the same label", text, seen[label])
		seen[label] = text
	}
	assert.Equal(t, "Review_12.b", names.Label("Review_12.b"), "what is a label's value stays as it is")
}
