package diagrams

import (
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/tests/mocks"
)

// Page returns the page: a diagram of production on each cloud, and for each tier a table of both clouds. programs are
// the programs by tier and cloud.
func Page(app string, programs map[string]map[string]mocks.Program) string {
	var b strings.Builder
	b.WriteString(`# What each environment creates

Generated from the resources that the program registers for the configurations in this repository, by
` + "`go test ./tests/diagrams -update`" + `. An arrow leads from a component to one that waits for it. A teardown runs in the opposite
direction. Arrows that follow from others are left out. Only ` + "`cloud`" + ` differs between the clouds.

`)
	for _, cloud := range []string{"aws", "gcp"} {
		fmt.Fprintf(&b, "## Production on %s\n\n", cloudName(cloud))
		diagram(&b, groupsOf(programs["production"][cloud], app))
	}
	for _, tier := range []string{"staging", "production"} {
		fmt.Fprintf(&b, "## %s%s, side by side\n\n", strings.ToUpper(tier[:1]), tier[1:])
		table(&b, groupsOf(programs[tier]["aws"], app), groupsOf(programs[tier]["gcp"], app))
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func cloudName(cloud string) string {
	if cloud == "gcp" {
		return "Google Cloud"
	}
	return "AWS"
}

// diagram writes a Mermaid diagram with the components of the cloud and those in the cluster.
func diagram(b *strings.Builder, groups []*group) {
	b.WriteString("```mermaid\nflowchart TD\n")
	for _, inside := range []bool{false, true} {
		name := "cloud"
		if inside {
			name = "cluster"
		}
		fmt.Fprintf(b, "  subgraph %s[the %s]\n", name, name)
		for _, one := range groups {
			if one.inCluster == inside {
				fmt.Fprintf(b, "    %s[%s]\n", id(one.title), one.title)
			}
		}
		b.WriteString("  end\n")
	}
	for _, one := range groups {
		for _, before := range sorted(one.after) {
			fmt.Fprintf(b, "  %s --> %s\n", id(before), id(one.title))
		}
	}
	b.WriteString("```\n\n")
}

func id(title string) string {
	return strings.NewReplacer(" ", "_", "-", "_").Replace(title)
}

// table writes the components of both clouds side by side, in the order of the first.
func table(b *strings.Builder, left, right []*group) {
	b.WriteString("| what | AWS | Google Cloud |\n|---|---|---|\n")
	row := func(title string) {
		cell := func(groups []*group) string {
			if one := find(groups, title); one != nil {
				return one.contents()
			}
			return "—"
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", title, cell(left), cell(right))
	}
	for _, one := range left {
		row(one.title)
	}
	for _, one := range right {
		if find(left, one.title) == nil {
			row(one.title)
		}
	}
	b.WriteString("\n")
}
