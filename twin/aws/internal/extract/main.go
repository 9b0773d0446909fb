// Command extract writes the facts of the AWS SDK's source that package aws embeds. Run it by go generate.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/djangostack/djangostack/twin/cloud/extract"
)

const module = "github.com/pulumi/pulumi-aws/sdk/v6"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: extract FILE")
		os.Exit(2)
	}
	facts, err := facts()
	if err == nil {
		err = os.WriteFile(os.Args[1], facts, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

// facts reads the SDK in the version that go.mod names.
func facts() ([]byte, error) {
	output, err := exec.Command("go", "list", "-m", "-json", module).Output()
	if err != nil {
		return nil, fmt.Errorf("finding the source of %s: %w", module, err)
	}
	var found struct{ Dir, Version string }
	if err := json.Unmarshal(output, &found); err != nil {
		return nil, fmt.Errorf("finding the source of %s: %w", module, err)
	}
	schema, err := extract.Read(extract.List{
		Version:   strings.TrimPrefix(found.Version, "v"),
		Package:   "aws",
		Root:      filepath.Join(found.Dir, "go", "aws"),
		Resources: resources(),
		Functions: functions(),
	})
	if err != nil {
		return nil, err
	}
	return extract.Encode(schema)
}
