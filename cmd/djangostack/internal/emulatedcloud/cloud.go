// Package emulatedcloud lets package render answer for the resources of a cloud without Pulumi's
// engine. It sends each resource of the program straight to an emulated provider, which keeps its
// account in memory. It imports the emulators' common package and no cloud SDK.
package emulatedcloud

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

// Cloud implements render.Cloud. Several goroutines may use it.
type Cloud struct {
	ctx        context.Context // render.Cloud's methods have no context
	connectors map[string]emulators.Connector

	mu          sync.Mutex
	configured  map[string]pulumirpc.ResourceProviderServer
	disconnects []func()
}

// New takes the emulated providers by the names of their Pulumi packages. It ignores those that keep
// no account, such as random.
func New(ctx context.Context, providers map[string]pulumirpc.ResourceProviderServer) *Cloud {
	c := &Cloud{ctx: ctx, connectors: map[string]emulators.Connector{}, configured: map[string]pulumirpc.ResourceProviderServer{}}
	for name, provider := range providers {
		if connector, ok := provider.(emulators.Connector); ok {
			c.connectors[name] = connector
		}
	}
	return c
}

// Close disconnects every configured provider.
func (c *Cloud) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, disconnect := range c.disconnects {
		disconnect()
	}
}

// Configure creates a provider of a package with its arguments. Create and Call find it by its
// reference. It fails if the package has no emulator or the emulator refuses the arguments.
func (c *Cloud) Configure(pkg, provider string, arguments resource.PropertyMap) error {
	connector, exists := c.connectors[pkg]
	if !exists {
		return fmt.Errorf("the provider %s has no emulator", pkg)
	}
	args, err := emulators.Encode("provider arguments", arguments)
	if err != nil {
		return err
	}
	connection, disconnect := connector.Connect()
	if _, err := connection.Configure(c.ctx, &pulumirpc.ConfigureRequest{Args: args, AcceptSecrets: true}); err != nil {
		disconnect()
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.configured[provider] = connection
	c.disconnects = append(c.disconnects, disconnect)
	return nil
}

// Create checks and creates a resource, and returns its id and its outputs. It fails if the emulator
// refuses the inputs.
func (c *Cloud) Create(urn resource.URN, provider string, inputs resource.PropertyMap) (string, resource.PropertyMap, error) {
	server, err := c.provider(provider)
	if err != nil {
		return "", nil, err
	}
	news, err := emulators.Encode("inputs", inputs)
	if err != nil {
		return "", nil, err
	}
	// The seed makes generated names the same in every run.
	seed := sha256.Sum256([]byte(urn))
	checked, err := server.Check(c.ctx, &pulumirpc.CheckRequest{Urn: string(urn), News: news, RandomSeed: seed[:]})
	if err != nil {
		return "", nil, err
	}
	if err := checkError(checked.GetFailures()); err != nil {
		return "", nil, err
	}
	created, err := server.Create(c.ctx, &pulumirpc.CreateRequest{Urn: string(urn), Properties: checked.GetInputs()})
	if err != nil {
		return "", nil, err
	}
	outputs, err := emulators.Decode("outputs", created.GetProperties())
	return created.GetId(), outputs, err
}

// Call calls a provider function and returns its result.
func (c *Cloud) Call(token, provider string, arguments resource.PropertyMap) (resource.PropertyMap, error) {
	server, err := c.provider(provider)
	if err != nil {
		return nil, err
	}
	args, err := emulators.Encode("arguments", arguments)
	if err != nil {
		return nil, err
	}
	response, err := server.Invoke(c.ctx, &pulumirpc.InvokeRequest{Tok: token, Args: args})
	if err != nil {
		return nil, err
	}
	if err := checkError(response.GetFailures()); err != nil {
		return nil, err
	}
	return emulators.Decode("result", response.GetReturn())
}

func (c *Cloud) provider(reference string) (pulumirpc.ResourceProviderServer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	server, exists := c.configured[reference]
	if !exists {
		return nil, fmt.Errorf("its provider %q was not registered before it", reference)
	}
	return server, nil
}

func checkError(failures []*pulumirpc.CheckFailure) error {
	var problems []error
	for _, failure := range failures {
		problems = append(problems, errors.New(strings.TrimPrefix(failure.GetProperty()+": "+failure.GetReason(), ": ")))
	}
	return errors.Join(problems...)
}
