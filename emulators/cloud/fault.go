package cloud

import (
	"context"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Fault makes operations fail.
type Fault struct {
	// Operation is create, update, read or delete. Type is a token. Name is the resource's name in the program. An
	// empty value matches all.
	Operation, Type, Name string
	// Times is how many operations fail; 0 means one.
	Times int
	// Err is the error that the cloud returns.
	Err error
	// Late makes the operation fail after it took effect, as when a wait times out.
	Late bool
}

// Fail makes later operations fail.
func (a *Account) Fail(fault Fault) {
	a.mu.Lock()
	defer a.mu.Unlock()
	fault.Times = max(fault.Times, 1)
	a.faults = append(a.faults, &fault)
}

// Delay makes every operation take as long as the function returns. nil removes the delay.
func (a *Account) Delay(latency func(operation, token string) time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.latency = latency
}

// begin waits for the delay of an operation and returns the fault that it must fail with, or nil.
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
