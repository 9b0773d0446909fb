package golden

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheFirstLineThatDiffersIsShown(t *testing.T) {
	assert.Empty(t, firstDifference("a\nb", "a\nb"))
	assert.Equal(t, "line 2 of the file: b\nline 2 now:         c", firstDifference("a\nb", "a\nc"))
	assert.Equal(t, "line 3 of the file: (end of file)\nline 3 now:         c", firstDifference("a\nb", "a\nb\nc"))
}
