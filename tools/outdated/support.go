package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

const (
	tablePath = "tools/outdated/support.yaml"
	// soon is how many days before its end a version is named.
	soon = 90
)

// table is support.yaml: what is supported for how long.
type table struct {
	Components []component `yaml:"components"`
}

type component struct {
	Name string `yaml:"name"`
	// Source is where the dates are from.
	Source string `yaml:"source"`
	Note   string `yaml:"note"`
	// Used is where the repository says which version it uses; without it, it uses none by itself.
	Used     *place    `yaml:"used"`
	Versions []version `yaml:"versions"`
}

// place is the first match of an expression in a file; the group of the expression is the version.
type place struct {
	File  string `yaml:"file"`
	Match string `yaml:"match"`
}

// version has either a last day of support or words on when it ends.
type version struct {
	Version string    `yaml:"version"`
	Ends    time.Time `yaml:"ends"`
	// Extended is the last day of support that costs more or covers less.
	Extended time.Time `yaml:"extended"`
	Until    string    `yaml:"until"`
}

func parseTable(content []byte) (table, error) {
	var t table
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&t); err != nil {
		return t, fmt.Errorf("reading %s: %w", tablePath, err)
	}
	var faults []error
	for _, c := range t.Components {
		faults = append(faults, c.check())
	}
	return t, errors.Join(faults...)
}

func (c component) check() error {
	if !strings.HasPrefix(c.Source, "https://") {
		return fmt.Errorf("%s: %q is no source of its dates", c.Name, c.Source)
	}
	for _, v := range c.Versions {
		if v.Ends.IsZero() == (v.Until == "") {
			return fmt.Errorf("%s %s: needs either ends or until", c.Name, v.Version)
		}
		if !v.Extended.IsZero() && v.Extended.Before(v.Ends) {
			return fmt.Errorf("%s %s: extended support ends before support", c.Name, v.Version)
		}
	}
	return nil
}

// used finds the version of each component that the repository uses, by the component's name.
func (t table) used(root fs.FS) (map[string]string, error) {
	used := map[string]string{}
	for _, c := range t.Components {
		if c.Used == nil {
			continue
		}
		found, err := c.Used.find(root)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		used[c.Name] = found
	}
	return used, nil
}

func (p place) find(root fs.FS) (string, error) {
	expression, err := regexp.Compile(p.Match)
	if err != nil {
		return "", fmt.Errorf("reading its expression: %w", err)
	}
	content, err := fs.ReadFile(root, p.File)
	if err != nil {
		return "", fmt.Errorf("looking for its version: %w", err)
	}
	match := expression.FindSubmatch(content)
	if len(match) != 2 {
		return "", fmt.Errorf("%s does not match %s", p.File, p.Match)
	}
	return string(match[1]), nil
}

// report names the used versions whose support has ended or ends soon, and tells whether any has ended.
func (t table) report(out *bytes.Buffer, used map[string]string, today time.Time) bool {
	fmt.Fprintln(out, "Support:")
	ended, quiet := false, true
	for _, c := range t.Components {
		if used[c.Name] == "" {
			continue
		}
		line, past := c.judge(used[c.Name], today)
		ended = ended || past
		if line != "" {
			quiet = false
			fmt.Fprintf(out, "  %s %s: %s (%s)\n", c.Name, used[c.Name], line, c.Source)
		}
	}
	if quiet {
		fmt.Fprintf(out, "  all that is used is supported for %d days or more\n", soon)
	}
	return ended
}

// judge says what is to be known of a used version, and whether its support has ended.
func (c component) judge(used string, today time.Time) (string, bool) {
	i := slices.IndexFunc(c.Versions, func(v version) bool { return v.Version == used })
	if i < 0 {
		return "the table does not know until when", false
	}
	v := c.Versions[i]
	if v.Ends.IsZero() {
		return "", false
	}
	extended := ""
	if !v.Extended.IsZero() {
		extended = ", extended support on " + day(v.Extended)
	}
	switch left := int(v.Ends.Sub(today.UTC().Truncate(24*time.Hour)).Hours() / 24); {
	case left < 0:
		return "support ended on " + day(v.Ends) + extended, true
	case left <= soon:
		return fmt.Sprintf("support ends on %s, in %d days%s", day(v.Ends), left, extended), false
	}
	return "", false
}

func day(t time.Time) string { return t.Format(time.DateOnly) }
