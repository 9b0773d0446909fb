package cloud

import (
	"context"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Fault makes operations fail.
type Fault struct {
	// Operation is "create", "update", "read" or "delete"; Type a token; Name the resource's name in the program, or
	// "" for any.
	Operation, Type, Name string
	// Times is how often; less than 1 means once.
	Times int
	// Err is what the cloud says.
	Err error
	// Late says that the change was made all the same, as when a wait ran out of time.
	Late bool
}

// Fail lets later operations fail.
func (a *Account) Fail(fault Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fault.Times = max(fault.Times, 1)
	a.faults = append(a.faults, &fault)
}

// Delay makes every operation take as long as the function says; nil means no time.
func (a *Account) Delay(latency func(operation, token string) time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.latency = latency
}

// begin waits as long as an operation takes, and says how it is to fail.
func (a *Account) begin(ctx context.Context, operation, urn string) (*Fault, error) {
	token, name := string(resource.URN(urn).Type()), resource.URN(urn).Name()
	a.mu.Lock()
	var wait time.Duration
	if a.latency != nil {
		wait = a.latency(operation, token)
	}
	fault := a.next(operation, token, name)
	a.mu.Unlock()

	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return fault, nil
}

func (a *Account) next(operation, token, name string) *Fault {
	for _, fault := range a.faults {
		if fault.Times > 0 && fault.Operation == operation && fault.Type == token &&
			(fault.Name == "" || strings.EqualFold(fault.Name, name)) {
			fault.Times--
			return fault
		}
	}
	return nil
}
