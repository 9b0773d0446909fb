package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Update is one past operation that changed a stack or its state. Previews leave none.
type Update struct {
	// Operation is update, refresh, destroy or import.
	Operation string
	// Result is succeeded, failed, or in-progress.
	Result string
	// Started is when the operation began. Ended is zero while it runs, and if it was killed.
	Started, Ended time.Time
	// Message says which losses of data were allowed, if any.
	Message string
	// Changes counts resources by what happened to them.
	Changes Changes
}

// History returns the last updates of the stack, the newest first, and at most limit of them; 0 means all. The
// configuration of an update is not part of it. It works on a stack that was opened with ReadOnly. Errors are those of
// Outputs.
func (s *Stack) History(ctx context.Context, limit int) ([]Update, error) {
	if _, err := s.selectStack(ctx); err != nil {
		return nil, err
	}
	args := []string{"stack", "history", "--json"}
	if limit > 0 {
		args = append(args, "--page-size", strconv.Itoa(limit), "--page", "1")
	}
	text, err := s.pulumi(ctx, "reading the history of stack", args...)
	if err != nil {
		return nil, err
	}
	var entries []struct {
		Kind            string    `json:"kind"`
		Result          string    `json:"result"`
		StartTime       time.Time `json:"startTime"`
		EndTime         time.Time `json:"endTime"`
		Message         string    `json:"message"`
		ResourceChanges Changes   `json:"resourceChanges"`
	}
	if err := json.Unmarshal([]byte(text), &entries); err != nil {
		return nil, fmt.Errorf("reading the history of stack %s: %w", s.name, err)
	}
	updates := make([]Update, len(entries))
	for i, entry := range entries {
		updates[i] = Update{
			Operation: entry.Kind, Result: entry.Result, Started: entry.StartTime, Ended: entry.EndTime,
			Message: s.secrets.concealer()(entry.Message), Changes: entry.ResourceChanges,
		}
	}
	return updates, nil
}
