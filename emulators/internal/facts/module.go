package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// module is the SDK of one cloud.
type module struct {
	// path is that of the Go module: github.com/pulumi/pulumi-aws/sdk/v6.
	path string
	// name is the Pulumi package, aws. The directory with the Go packages has the same name.
	name string
	// resources are Go names with their package: ec2.Vpc.
	resources []string
	// functions are names with their package: route53.getZone, or getRegion of the root package.
	functions []string
}

// facts reads the SDK in the version that go.mod names. The error names what the SDK does not have.
func (m module) facts() ([]byte, error) {
	output, err := exec.Command("go", "list", "-m", "-json", m.path).Output()
	if err != nil {
		return nil, fmt.Errorf("finding the source of %s: %w", m.path, err)
	}
	var found struct{ Dir, Version string }
	if err := json.Unmarshal(output, &found); err != nil {
		return nil, fmt.Errorf("finding the source of %s: %w", m.path, err)
	}
	r := &reader{name: m.name, root: filepath.Join(found.Dir, "go", m.name), packages: map[string]*source{}, schema: &cloud.Schema{
		Version:   strings.TrimPrefix(found.Version, "v"),
		Resources: map[string]cloud.Resource{},
		Functions: map[string]cloud.Function{},
		Types:     map[string]map[string]string{},
	}}
	if err := r.read(m); err != nil {
		return nil, err
	}
	return encode(r.schema)
}
