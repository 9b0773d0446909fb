package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

const example = `
components:
  - name: Kubernetes
    note: The local cluster runs it.
    source: https://example.org/kubernetes
    used: {file: local/go.mod, match: 'k8s\.io/kubernetes v(\d+\.\d+)'}
    versions:
      - {version: "1.35", ends: 2027-02-28, extended: 2028-02-28}
      - {version: "1.36", until: 1.39 is there}
  - name: Unused
    source: https://example.org/unused
    versions:
      - {version: "1", ends: 2001-01-01}
`

func exampleTable(t *testing.T) table {
	t.Helper()
	read, err := parseTable([]byte(example))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func on(t *testing.T, text string) time.Time {
	t.Helper()
	// Late on that day: only the date counts.
	today, err := time.Parse(time.DateTime, text+" 23:30:00")
	if err != nil {
		t.Fatal(err)
	}
	return today
}

func TestWhatIsUsedIsJudgedByTheDate(t *testing.T) {
	for _, c := range []struct {
		today, used, want string
		ended             bool
	}{
		{"2026-11-29", "1.35", "supported for 90 days or more", false},
		{"2026-11-30", "1.35", "Kubernetes 1.35: support ends on 2027-02-28, in 90 days, extended support on 2028-02-28", false},
		{"2027-02-28", "1.35", "in 0 days", false},
		{"2027-03-01", "1.35", "Kubernetes 1.35: support ended on 2027-02-28", true},
		{"2030-01-01", "1.36", "supported for 90 days or more", false},
		{"2030-01-01", "1.99", "Kubernetes 1.99: the table does not know until when (https://example.org/kubernetes)", false},
	} {
		t.Run(c.today+" "+c.used, func(t *testing.T) {
			var out bytes.Buffer
			ended := exampleTable(t).report(&out, map[string]string{"Kubernetes": c.used}, on(t, c.today))
			if ended != c.ended {
				t.Errorf("ended is %v", ended)
			}
			if !strings.Contains(out.String(), c.want) {
				t.Errorf("%q is not in\n%s", c.want, out.String())
			}
			if strings.Contains(out.String(), "Unused") {
				t.Errorf("what nothing uses is judged:\n%s", out.String())
			}
		})
	}
}

func TestTheUsedVersionIsReadFromTheRepository(t *testing.T) {
	root := fstest.MapFS{"local/go.mod": {Data: []byte("require (\n\tk8s.io/kubernetes v1.37.2\n)\n")}}
	used, err := exampleTable(t).used(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(used) != 1 || used["Kubernetes"] != "1.37" {
		t.Errorf("used: %v", used)
	}
	for why, broken := range map[string]fstest.MapFS{
		"looking for its version": {},
		"does not match":          {"local/go.mod": {Data: []byte("module m\n")}},
	} {
		if _, err := exampleTable(t).used(broken); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestAWrongTableIsRefused(t *testing.T) {
	for why, change := range map[string][2]string{
		"no source of its dates":                {"https://example.org/kubernetes", "somebody"},
		"1.36: needs either ends or until":      {`, until: 1.39 is there}`, `}`},
		"1.35: needs either ends or until":      {`ends: 2027-02-28,`, `ends: 2027-02-28, until: later,`},
		"extended support ends before support":  {"extended: 2028-02-28", "extended: 2026-02-28"},
		"reading tools/outdated/support.yaml: ": {"note:", "remark:"},
	} {
		changed := strings.Replace(example, change[0], change[1], 1)
		if _, err := parseTable([]byte(changed)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// root is the repository that the test is part of.
const root = "../.."

func TestTheTableKnowsAllThatIsUsedAndThePageIsOfToday(t *testing.T) {
	content, err := os.ReadFile(filepath.Join(root, tablePath))
	if err != nil {
		t.Fatal(err)
	}
	own, err := parseTable(content)
	if err != nil {
		t.Fatal(err)
	}
	used, err := own.used(os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range own.Components {
		if line, _ := c.judge(used[c.Name], time.Time{}); used[c.Name] != "" && strings.Contains(line, "does not know") {
			t.Errorf("%s %s is used: %s", c.Name, used[c.Name], line)
		}
	}
	page, err := os.ReadFile(filepath.Join(root, pagePath))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, own.page(used)) {
		t.Errorf("%s is not what %s says: run make generate", pagePath, tablePath)
	}
}
