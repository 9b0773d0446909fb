package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/blang/semver"
)

// MinimumCLI is the oldest Pulumi command line that works: 3.181 is the first
// that can destroy a stack whose program runs in this process.
func MinimumCLI() semver.Version { return semver.Version{Major: 3, Minor: 181} }

// CLI is a Pulumi command line that was found and is new enough.
type CLI struct {
	// Path is absolute.
	Path    string
	Version semver.Version
}

// FindCLI looks for Pulumi's command line: the given path and nothing else if
// one is given, else <stateDir>/bin/pulumi, else PATH. One that is too old is
// passed over for the next. The error is a *CLIError that names all it tried.
func FindCLI(ctx context.Context, given, stateDir string) (*CLI, error) {
	home, err := pulumiHome(filepath.Join(stateDir, "pulumi"))
	if err != nil {
		return nil, &CLIError{Err: err}
	}
	if given != "" {
		cli, err := checkCLI(ctx, given, home)
		if err != nil {
			return nil, &CLIError{Err: err}
		}
		return cli, nil
	}
	var tried []error
	for _, candidate := range candidates(stateDir) {
		cli, err := checkCLI(ctx, candidate, home)
		if err == nil {
			return cli, nil
		}
		tried = append(tried, err)
	}
	if len(tried) == 0 {
		tried = append(tried, errors.New("there is no pulumi in PATH"))
	}
	return nil, &CLIError{Err: fmt.Errorf("no Pulumi command line of version %s or newer: %w", MinimumCLI(), errors.Join(tried...))}
}

func candidates(stateDir string) []string {
	var found []string
	if own := filepath.Join(stateDir, "bin", "pulumi"); isFile(own) {
		found = append(found, own)
	}
	if inPath, err := exec.LookPath("pulumi"); err == nil {
		found = append(found, inPath)
	}
	return found
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func checkCLI(ctx context.Context, path, home string) (*CLI, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding %s: %w", path, err)
	}
	command := exec.CommandContext(ctx, absolute, "version")
	command.Env = append(os.Environ(), "PULUMI_HOME="+home, "PULUMI_SKIP_UPDATE_CHECK=true")
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("running %s version: %w", absolute, err)
	}
	version, err := semver.ParseTolerant(strings.TrimSpace(string(out)))
	if err != nil {
		return nil, fmt.Errorf("%s says version %q, which is none: %w", absolute, strings.TrimSpace(string(out)), err)
	}
	if version.LT(MinimumCLI()) {
		return nil, fmt.Errorf("%s is version %s, older than %s", absolute, version, MinimumCLI())
	}
	return &CLI{Path: absolute, Version: version}, nil
}
