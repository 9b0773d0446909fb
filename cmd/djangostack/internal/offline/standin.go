// Package offline makes up the resources of a cloud for rendering, by handing them
// one by one to a provider that keeps its account in memory. No engine takes part.
package offline

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/djangostack/djangostack/emulators"
)

// Cloud answers a program that is rendered. It is safe for use by several
// goroutines.
type Cloud struct {
	ctx       context.Context //nolint:containedctx // The program's registrations carry none.
	factories map[string]emulators.Connector

	mu         sync.Mutex
	configured map[string]pulumirpc.ResourceProviderServer
	closings   []func()
}

// New takes the providers by the names of their packages; those that keep nothing
// per configuration are left out.
func New(ctx context.Context, providers map[string]pulumirpc.ResourceProviderServer) *Cloud {
	c := &Cloud{ctx: ctx, factories: map[string]emulators.Connector{}, configured: map[string]pulumirpc.ResourceProviderServer{}}
	for name, provider := range providers {
		if factory, ok := provider.(emulators.Connector); ok {
			c.factories[name] = factory
		}
	}
	return c
}

// Close ends the providers' connections.
func (c *Cloud) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, closing := range c.closings {
		closing()
	}
}

// Configure makes a provider with its arguments, known by its reference from then
// on. The error is a package that there is no stand-in for, or arguments that it
// refuses.
func (c *Cloud) Configure(pkg, provider string, arguments resource.PropertyMap) error {
	factory, has := c.factories[pkg]
	if !has {
		return fmt.Errorf("there is no stand-in for the provider %s", pkg)
	}
	sent, err := emulators.Encode("provider arguments", arguments)
	if err != nil {
		return err
	}
	one, closing := factory.Connect()
	if _, err := one.Configure(c.ctx, &pulumirpc.ConfigureRequest{Args: sent, AcceptSecrets: true}); err != nil {
		closing()
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.configured[provider] = one
	c.closings = append(c.closings, closing)
	return nil
}

// Make checks and makes a resource, and returns its id and outputs. The error is
// what the cloud refuses.
func (c *Cloud) Make(urn resource.URN, provider string, inputs resource.PropertyMap) (string, resource.PropertyMap, error) {
	one, err := c.provider(provider)
	if err != nil {
		return "", nil, err
	}
	sent, err := emulators.Encode("arguments", inputs)
	if err != nil {
		return "", nil, err
	}
	// The same names every time.
	seed := sha256.Sum256([]byte(urn))
	checked, err := one.Check(c.ctx, &pulumirpc.CheckRequest{Urn: string(urn), News: sent, RandomSeed: seed[:]})
	if err != nil {
		return "", nil, err
	}
	if err := failed(checked.GetFailures()); err != nil {
		return "", nil, err
	}
	made, err := one.Create(c.ctx, &pulumirpc.CreateRequest{Urn: string(urn), Properties: checked.GetInputs()})
	if err != nil {
		return "", nil, err
	}
	outputs, err := emulators.Decode("outputs", made.GetProperties())
	return made.GetId(), outputs, err
}

// Call answers a function.
func (c *Cloud) Call(token, provider string, arguments resource.PropertyMap) (resource.PropertyMap, error) {
	one, err := c.provider(provider)
	if err != nil {
		return nil, err
	}
	sent, err := emulators.Encode("arguments", arguments)
	if err != nil {
		return nil, err
	}
	answered, err := one.Invoke(c.ctx, &pulumirpc.InvokeRequest{Tok: token, Args: sent})
	if err != nil {
		return nil, err
	}
	if err := failed(answered.GetFailures()); err != nil {
		return nil, err
	}
	return emulators.Decode("answer", answered.GetReturn())
}

func (c *Cloud) provider(reference string) (pulumirpc.ResourceProviderServer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one, has := c.configured[reference]
	if !has {
		return nil, fmt.Errorf("it is made by the provider %q, which the program did not make", reference)
	}
	return one, nil
}

func failed(failures []*pulumirpc.CheckFailure) error {
	var problems []error
	for _, failure := range failures {
		problems = append(problems, errors.New(strings.TrimPrefix(failure.GetProperty()+": "+failure.GetReason(), ": ")))
	}
	return errors.Join(problems...)
}
