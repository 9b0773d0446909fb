package extract

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Module is one cloud's SDK and what is read from it.
type Module struct {
	// Path is the Go module ("github.com/pulumi/pulumi-aws/sdk/v6"), Package the Pulumi package ("aws"), which is the
	// name of the folder with the Go packages too.
	Path, Package string
	// Resources and Functions are as in List.
	Resources, Functions []string
}

// Facts reads the SDK in the version that go.mod names.
func (m Module) Facts() ([]byte, error) {
	output, err := exec.Command("go", "list", "-m", "-json", m.Path).Output()
	if err != nil {
		return nil, fmt.Errorf("finding the source of %s: %w", m.Path, err)
	}
	var found struct{ Dir, Version string }
	if err := json.Unmarshal(output, &found); err != nil {
		return nil, fmt.Errorf("finding the source of %s: %w", m.Path, err)
	}
	schema, err := Read(List{
		Version:   strings.TrimPrefix(found.Version, "v"),
		Package:   m.Package,
		Root:      filepath.Join(found.Dir, "go", m.Package),
		Resources: m.Resources,
		Functions: m.Functions,
	})
	if err != nil {
		return nil, err
	}
	return Encode(schema)
}

// Write writes the facts to the file that the only argument of a command names.
func (m Module) Write(arguments []string) error {
	if len(arguments) != 2 {
		return fmt.Errorf("usage: %s FILE", filepath.Base(arguments[0]))
	}
	facts, err := m.Facts()
	if err != nil {
		return err
	}
	return os.WriteFile(arguments[1], facts, 0o644)
}
