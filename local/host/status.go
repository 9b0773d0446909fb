package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/djangostack/djangostack/local/cluster"
)

// errNotReady means that the daemon runs but the cluster is not ready yet.
var errNotReady = errors.New("the cluster is starting")

// Status writes the state of the cluster to out. It returns an error unless the cluster is ready.
func Status(ctx context.Context, home cluster.Home, out *log.Logger) error {
	now, err := control{home}.status(ctx)
	if err != nil {
		return err
	}
	if !now.Ready {
		return fmt.Errorf("%w: %s", errNotReady, now.Phase)
	}
	out.Printf("ready; kubeconfig %s", home.Kubeconfig())
	for _, one := range now.Published {
		out.Print("published " + one)
	}
	return nil
}

// Logs writes the log of a component to out. If component is empty, it lists the components that have a log.
// It returns an error if the component has no log.
func Logs(home cluster.Home, component string, out io.Writer) error {
	files, err := filepath.Glob(home.Log("*"))
	if err != nil {
		return fmt.Errorf("listing logs: %w", err)
	}
	var known []string
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".log")
		// Rotated logs have a time in their names.
		if !strings.Contains(name, "-20") {
			known = append(known, name)
		}
	}
	if len(known) == 0 {
		return errStopped
	}
	if component == "" {
		for _, name := range known {
			if _, err := fmt.Fprintln(out, name); err != nil {
				return err
			}
		}
		return nil
	}
	if filepath.Base(component) != component {
		return fmt.Errorf("%q is not a component", component)
	}
	file, err := os.Open(home.Log(component))
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("no log of %q; there are logs of: %s", component, strings.Join(known, ", "))
	}
	if err != nil {
		return fmt.Errorf("reading the log of %s: %w", component, err)
	}
	defer func() { _ = file.Close() }()
	_, err = io.Copy(out, file)
	return err
}

// lastLines returns the last lines of a text file, or the error if the file cannot be read.
func lastLines(file string, count int) string {
	content, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
