package kubernetes

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestEndOfALogStartsAtALineOrAWord(t *testing.T) {
	for text, want := range map[string]string{
		"short":                       "short",
		"first line\nthe last error":  "the last error",
		"one very long line of a log": "line of a log",
		strings.Repeat("é", 20):       strings.Repeat("é", 7),
	} {
		assert.Equal(t, want, lastBytes(text, 15))
	}
}

func TestOneLineOfAReasonHasTheLastLineOfTheLog(t *testing.T) {
	for reason, want := range map[string]string{
		"the image cannot be pulled\nmore": "the image cannot be pulled",
		"container web: exit code 1":       "container web: exit code 1",
		"container web: exit code 1" + logHeading + "\n      Traceback:\n      KeyError": "container web: exit code 1: KeyError",
		"container web: exit code 1" + logHeading + "\n      KeyError":                   "container web: exit code 1: KeyError",
	} {
		assert.Equal(t, want, oneLine(reason))
	}
}
