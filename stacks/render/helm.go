package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const releaseType = "kubernetes:helm.sh/v3:Release"

func isHelm(token string) bool { return strings.HasPrefix(token, "kubernetes:helm.sh/") }

// HelmRelease is a chart that the program installs. It has no manifest.
type HelmRelease struct {
	Name, Namespace string
	// Chart is the chart's name in the repository, whose URL is Repository; or the chart's own
	// URL, which begins with oci://, without a repository.
	Chart, Version, Repository string
	// Values of the chart. Secret ones are Placeholder unless Options.ShowSecrets is set.
	Values map[string]any
}

// Command returns the command that installs the chart, for a shell.
func (r HelmRelease) Command() (string, error) {
	words := []string{"helm", "upgrade", "--install", r.Name, r.Chart}
	if r.Repository != "" {
		words = append(words, "--repo", r.Repository)
	}
	words = append(words, "--version", r.Version, "--namespace", r.Namespace)
	for _, key := range slices.Sorted(maps.Keys(r.Values)) {
		value, err := json.Marshal(r.Values[key])
		if err != nil {
			return "", fmt.Errorf("writing the value %s of the chart %s: %w", key, r.Chart, err)
		}
		words = append(words, "--set-json", ShellWord(key+"="+string(value)))
	}
	return strings.Join(words, " "), nil
}

// ShellWord returns a text as one word of a shell's command line.
func ShellWord(text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,@+"
	if text != "" && strings.Trim(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// helmRelease hands a release to the caller and returns its outputs.
func (r *recorder) helmRelease(inputs resource.PropertyMap) (resource.PropertyMap, error) {
	plain, err := plainOf(resource.NewProperty(inputs), r.options.ShowSecrets)
	if err != nil {
		return nil, err
	}
	fields, _ := plain.(map[string]any)
	values, _ := fields["values"].(map[string]any)
	repository, _ := fields["repositoryOpts"].(map[string]any)
	r.options.Release(HelmRelease{
		Name: text(fields, "name"), Namespace: text(fields, "namespace"),
		Chart: text(fields, "chart"), Version: text(fields, "version"), Repository: text(repository, "repo"),
		Values: values,
	})
	return inputs, nil
}
