package describe

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/yaml"
)

// sectionFiles has one file for each page: its introduction and its example.
//
//go:embed sections/*.yaml
var sectionFiles embed.FS

// section is what a page has besides its tables.
type section struct {
	// Title is the page's heading.
	Title string `json:"title"`
	// Introduction is one sentence, which the index repeats.
	Introduction string `json:"introduction"`
	// Cloud is the cloud of the example; the minimal environment of that cloud completes it.
	Cloud string `json:"cloud"`
	// Example is a part of djangostack:environment.
	Example string `json:"example"`
}

// sections are the files by their names without .yaml.
func sections() (map[string]section, error) {
	names, err := fs.Glob(sectionFiles, "sections/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing the sections: %w", err)
	}
	all := map[string]section{}
	for _, name := range names {
		raw, err := sectionFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		var read section
		if err := yaml.UnmarshalStrict(raw, &read); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		all[strings.TrimSuffix(path.Base(name), ".yaml")] = read
	}
	return all, nil
}
