package main

import (
	"bytes"
	"fmt"
)

const pagePath = "docs/support.md"

// page is docs/support.md.
func (t table) page(used map[string]string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<!-- Written by "make generate" from %s. -->

# What is supported for how long

The version in bold is the one that this repository uses or starts with. A date is the last day of support. `+"`make outdated`"+` names what is past
its day or comes to it within %d days. A version is missing where its date is not known for certain; the source has the newest dates.
`, tablePath, soon)
	for _, c := range t.Components {
		fmt.Fprintf(&b, "\n## %s\n\n", c.Name)
		if c.Note != "" {
			fmt.Fprintf(&b, "%s\n\n", c.Note)
		}
		b.WriteString("| version | supported until | extended support until |\n|---|---|---|\n")
		for _, v := range c.Versions {
			b.WriteString(v.row(v.Version == used[c.Name]))
		}
		fmt.Fprintf(&b, "\nSource: <%s>\n", c.Source)
	}
	return b.Bytes()
}

func (v version) row(used bool) string {
	name, ends, extended := v.Version, v.Until, ""
	if used {
		name = "**" + name + "**"
	}
	if !v.Ends.IsZero() {
		ends = day(v.Ends)
	}
	if !v.Extended.IsZero() {
		extended = day(v.Extended)
	}
	return fmt.Sprintf("| %s | %s | %s |\n", name, ends, extended)
}
