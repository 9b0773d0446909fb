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

// MinimumCLI is the oldest version of Pulumi's CLI that works. Since 3.256 a preview plans past protected resources
// (https://github.com/pulumi/pulumi/pull/24053), so that the whole plan can be judged before its first step.
func MinimumCLI() semver.Version { return semver.Version{Major: 3, Minor: 256} }

// CLI is an installed Pulumi CLI of at least MinimumCLI.
type CLI struct {
	// Path is absolute.
	Path    string
	Version semver.Version
}

// FindCLI finds Pulumi's CLI. If path is not empty, FindCLI uses that file and no other. Otherwise it takes
// the first of <stateDir>/bin/pulumi and the one in PATH that is new enough. The error is a *CLIError that
// says why each was refused.
func FindCLI(ctx context.Context, path, stateDir string) (*CLI, error) {
	home, err := pulumiHome(filepath.Join(stateDir, "pulumi"), os.Getenv("PULUMI_HOME"))
	if err != nil {
		return nil, &CLIError{Err: err}
	}
	if path != "" {
		cli, err := checkCLI(ctx, path, home)
		if err != nil {
			return nil, &CLIError{Err: err}
		}
		return cli, nil
	}
	var refused []error
	for _, candidate := range candidates(stateDir) {
		cli, err := checkCLI(ctx, candidate, home)
		if err == nil {
			return cli, nil
		}
		refused = append(refused, err)
	}
	if len(refused) == 0 {
		refused = append(refused, errors.New("pulumi is not in PATH"))
	}
	return nil, &CLIError{Err: fmt.Errorf("found no Pulumi CLI of version %s or newer: %w", MinimumCLI(), errors.Join(refused...))}
}

func candidates(stateDir string) []string {
	var found []string
	if path := filepath.Join(stateDir, "bin", "pulumi"); isFile(path) {
		found = append(found, path)
	}
	if path, err := exec.LookPath("pulumi"); err == nil {
		found = append(found, path)
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
		return nil, fmt.Errorf("%s printed %q, which is not a version: %w", absolute, strings.TrimSpace(string(out)), err)
	}
	if version.LT(MinimumCLI()) {
		return nil, fmt.Errorf("%s is version %s, older than %s", absolute, version, MinimumCLI())
	}
	return &CLI{Path: absolute, Version: version}, nil
}
