package main

import (
	"errors"
	"fmt"
	"path/filepath"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// options are what Pulumi.yaml says below runtime.options.
type options struct {
	// binary is a program that is built already, by name or path.
	binary string
	// buildTarget is where the built program is kept. Empty: nowhere.
	buildTarget string
}

func parseOptions(info *pulumirpc.ProgramInfo) (options, error) {
	var parsed options
	var err error
	given := info.GetOptions().AsMap()
	if parsed.binary, err = text(given, "binary"); err != nil {
		return options{}, err
	}
	if parsed.buildTarget, err = text(given, "buildTarget"); err != nil {
		return options{}, err
	}
	if parsed.binary != "" && parsed.buildTarget != "" {
		return options{}, errors.New("runtime.options in Pulumi.yaml: binary and buildTarget exclude each other")
	}
	return parsed, nil
}

func text(given map[string]any, name string) (string, error) {
	value, has := given[name]
	if !has {
		return "", nil
	}
	said, isText := value.(string)
	if !isText {
		return "", fmt.Errorf("runtime.options.%s in Pulumi.yaml: %v is no string", name, value)
	}
	return said, nil
}

// target is the absolute path of buildTarget, which is relative to the program.
func (o options) target(programDir string) string {
	if filepath.IsAbs(o.buildTarget) {
		return o.buildTarget
	}
	return filepath.Join(programDir, o.buildTarget)
}
