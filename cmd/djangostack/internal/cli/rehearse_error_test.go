package cli

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAnInterruptedRehearsalHasNotFailed(t *testing.T) {
	interrupted := &rehearsalError{step: "up", err: context.Canceled}
	assert.EqualError(t, interrupted, `the rehearsal was interrupted at "up"`)
	assert.Equal(t, exitCancelled, exitCode(interrupted))
	assert.NotContains(t, nextStep(interrupted, flags{}), "correct")

	failed := &rehearsalError{step: "up", err: errors.New("no space left on device")}
	assert.EqualError(t, failed, `the rehearsal failed at "up": no space left on device`)
	assert.Contains(t, nextStep(failed, flags{}), "correct the cause")
}
