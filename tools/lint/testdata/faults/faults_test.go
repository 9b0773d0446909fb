package faults

import "testing"

// Tests may hold variables at package level.
var names = []string{"a"}

func TestUnchecked(t *testing.T) {
	for range names {
		Say("%d", "text") // want printf
		Unchecked()
	}
}

func Testwrong(t *testing.T) {} // want tests
