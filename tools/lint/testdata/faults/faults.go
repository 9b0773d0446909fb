// Package faults holds one fault for each check. A comment "want CHECK" names the
// check that must find the fault on its line.
package faults

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"example.com/old"
	"example.com/old/gone"
)

// Counter is state at package level.
var Counter int // want gochecknoglobals

// ErrFault is an error, which gochecknoglobals allows.
var ErrFault = errors.New("fault")

//nolint:gochecknoglobals // This exception must allow the variable below it.
var Allowed int

//nolint:gochecknoglobals // This exception allows nothing. // want nolint
func Unchecked() {
	os.Remove("x")                  // want errcheck
	os.Remove("x")                  //nolint:errcheck // This exception allows the finding on its line.
	os.Remove("x")                  /* want nolint */ //nolint:errcheck
	defer io.NopCloser(nil).Close() // The rules allow it.
}

func notCalled() {} // want unused

// Compare compares an error with ==.
func Compare(err error) bool {
	return err == io.EOF // want errorlint
}

// Wrap hides an error.
func Wrap(err error) error {
	return fmt.Errorf("wrap: %v", err) // want errorlint
}

// Print has an argument of the wrong type.
func Print() string {
	return fmt.Sprintf("%d", "text") // want printf SA5009
}

// Wrapped calls a wrapper of Printf in a dependency.
func Wrapped() {
	old.Sayf("%d", "text") // want printf
}

// Pure drops the result of a function that only computes.
func Pure(s string) {
	strings.TrimSpace(s) // want unusedresult
	fmt.Sprint(s)        // want unusedresult
}

// Say is a wrapper of Printf.
func Say(format string, values ...any) {
	fmt.Printf(format, values...)
}

// Assign sets a value that no code reads.
func Assign() int {
	x := 1 // want ineffassign
	x = 2
	return x
}

// Spell holds a misspelt word: recieve. // want misspell
func Spell() {}

// Convert converts for nothing.
func Convert(n int) int {
	return int(n) // want unconvert
}

// Static compares a value with itself.
func Static(n int) bool {
	return n == n // want SA4000
}

// Simple compares a bool with true.
func Simple(yes bool) bool {
	if yes == true { // want S1002
		return false
	}
	return true
}

// Yoda has its operands in the wrong order.
func Yoda(n int) bool {
	return 1 == n // want ST1017
}

// Quick negates a conjunction.
func Quick(a, b bool) bool {
	return !(a && !b) // want QF1001
}

// Same calls a function whose argument is always the same.
func Same() int {
	return always(1, 2) + always(2, 2) + always(3, 2) + always(4, 2)
}

func always(a, b int) int { // want unparam
	for range a {
		a += b
	}
	return a
}

// Get leaves a body open.
func Get() (int, error) {
	response, err := http.Get("http://127.0.0.1") // want bodyclose
	if err != nil {
		return 0, err
	}
	return response.StatusCode, nil
}

// Deep is hard to follow.
func Deep(n int) int { // want gocognit
	total := 0
	for i := range n {
		for j := range i {
			for k := range j {
				if k > 1 {
					if k > 2 {
						if k > 3 {
							total++
						}
					}
				}
			}
		}
	}
	return total
}

// Deprecated uses deprecated names.
func Deprecated() string {
	old.Old()                      // want deprecated
	fmt.Println(old.Thing{Old: 1}) // want deprecated
	old.New()
	fmt.Println(gone.Name)            // want deprecated
	fmt.Println(old.OldName)          // want deprecated
	return strings.Title(old.NewName) // want deprecated
}

// Shadowed returns before the end.
func Shadowed() int {
	return 1
	return 2 // want unreachable
}
