package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// apply does with kubectl what the program does: first data services, then one release command after the other, then
// the processes.
func (b *benchmark) apply() error {
	folder, err := os.MkdirTemp(b.state, "manifests-")
	if err != nil {
		return fmt.Errorf("making a folder for the manifests: %w", err)
	}
	render := append([]string{"render", "--generate-secrets", "--split-dir", folder}, b.settings()...)
	if err := b.do("djangostack", render...); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return fmt.Errorf("listing the manifests: %w", err)
	}
	for _, wave := range waves(files) {
		if err := b.applyWave(wave); err != nil {
			return err
		}
	}
	return nil
}

// waves groups the manifests. A manifest that has to be waited for ends a group.
func waves(files []string) [][]string {
	var waves [][]string
	var wave []string
	for i, file := range files {
		wave = append(wave, file)
		last := i == len(files)-1
		servers := is(file, "statefulset") && !last && !is(files[i+1], "statefulset")
		if last || servers || is(file, "job") {
			waves, wave = append(waves, wave), nil
		}
	}
	return waves
}

func (b *benchmark) applyWave(files []string) error {
	arguments := []string{"apply"}
	for _, file := range files {
		arguments = append(arguments, "--filename", file)
	}
	if err := b.kubectl(arguments...); err != nil {
		return err
	}
	for _, file := range files {
		if err := b.wait(file); err != nil {
			return err
		}
	}
	return nil
}

func (b *benchmark) wait(file string) error {
	switch {
	case is(file, "job"):
		return b.kubectl("wait", "--for=condition=complete", "--timeout=5m", "--filename", file)
	case is(file, "statefulset"), is(file, "deployment"):
		return b.kubectl("rollout", "status", "--timeout=5m", "--filename", file)
	default:
		return nil
	}
}

// is tells the kind of a manifest by its file name: 021-job-blog-check.yaml.
func is(file, kind string) bool {
	parts := strings.SplitN(filepath.Base(file), "-", 3)
	return len(parts) == 3 && parts[1] == kind
}
