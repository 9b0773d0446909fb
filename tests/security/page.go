package security

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Page returns the table as a page.
func (t Table) Page() string {
	var page strings.Builder
	fmt.Fprintf(&page, "# %s\n\n", t.Title)
	page.WriteString(t.preface())
	for _, section := range t.Sections {
		fmt.Fprintf(&page, "\n## %s\n\n", section.Title)
		page.WriteString("| asked by | what it asks | of | answered by | production | staging |\n|---|---|---|---|---|---|\n")
		for _, line := range section.Lines {
			page.WriteString(line.row())
		}
	}
	page.WriteString("\n## Beyond an environment\n\n| rule | why it is not in the table |\n|---|---|\n")
	for _, each := range t.Beyond {
		fmt.Fprintf(&page, "| %s | %s |\n", cell(each[0]), cell(each[1]))
	}
	return page.String()
}

func (t Table) preface() string {
	met, all := map[spec.Tier]int{}, 0
	for _, line := range t.Lines() {
		all++
		for _, tier := range Tiers() {
			if line.Met(tier) {
				met[tier]++
			}
		}
	}
	return fmt.Sprintf(`What the CIS benchmarks and common scanner rules require of an environment on this cloud, and which argument meets each rule. Of
%d lines, production meets %d and staging %d. A line that is not met says why, and which value of the configuration meets it, if any.

Generated from the table in `+"`tests/security`"+`. Tests check every line against the state of a finished environment of each tier, on
every resource of its types; a line without such a resource fails. They then change and remove each argument in that state, and the
line must fail. A line that is marked as not met must fail too. The other choices of the configuration, such as
%s, are checked against what the program registers. Lines marked † are only about these.

%s
`, all, met[spec.Production], met[spec.Staging], t.others(), t.sources())
}

func (t Table) others() string {
	if t.Cloud == spec.GCPCloud {
		return "node pools, a private API and read replicas"
	}
	return "node groups, a private API, Redis as broker, read replicas and fixed addresses"
}

func (t Table) sources() string {
	if t.Cloud == spec.GCPCloud {
		return "Numbers: CKV are checkov's, CIS GKE is the CIS Google Kubernetes Engine benchmark v1.6.0, CIS GCP the CIS Google Cloud Platform foundation benchmark v3.0.0."
	}
	return "Numbers: CKV are checkov's, CIS EKS is the CIS Amazon EKS benchmark v1.5.0, CIS AWS the CIS Amazon Web Services foundations benchmark v3.0.0."
}

func (l Line) row() string {
	asks := l.Asks
	if l.Note != "" {
		asks += ". " + l.Note
	}
	mark := ""
	if l.In == Other {
		mark = " †"
	}
	var needs []string
	for _, need := range l.Needs {
		needs = append(needs, need.Text())
	}
	return fmt.Sprintf("| %s%s | %s | %s | %s | %s | %s |\n", cell(l.Name()), mark, cell(asks), cell(l.ofText()),
		cell(strings.Join(needs, "; ")), cell(l.verdict(spec.Production)), cell(l.verdict(spec.Staging)))
}

func (l Line) verdict(tier spec.Tier) string {
	if l.Met(tier) {
		return "met"
	}
	if tier == spec.Staging && l.NotMet[spec.Production] == l.NotMet[spec.Staging] {
		return "**not met**, as in production"
	}
	return "**not met**: " + l.NotMet[tier]
}

func (l Line) ofText() string {
	var names []string
	for _, kind := range l.Of {
		if name := shortType(kind); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	text := strings.Join(names, ", ")
	if l.Where != nil {
		text += ", those " + l.Where.Text
	}
	return text
}

// shortType returns a type without repetitions: rds.Instance.
func shortType(kind string) string {
	module, name, found := strings.Cut(kind, ":")
	if !found {
		return kind
	}
	group, name, _ := strings.Cut(name, ":")
	group, _, _ = strings.Cut(group, "/")
	if module == "kubernetes" {
		return "`" + name + "`"
	}
	return "`" + group + "." + name + "`"
}

// cell escapes a text for a table's cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
