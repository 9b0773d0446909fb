// Package limits_test holds the rule that a limit of a cloud is written once, in the
// limits package of that cloud.
package limits_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
)

const root = "../.."

// limitPackages declare the limits.
func limitPackages() []string {
	return []string{"components/aws/limits", "components/gcp/limits"}
}

// readers are the directories that must read the limits instead of repeating them. The
// emulators are not among them: they keep their own copy, because they check the program's.
func readers() []string {
	return []string{"components", "stacks"}
}

// smallest is the least whole number that is reported wherever it appears. Smaller ones
// mean too many things; they are reported only as constants that are named like limits.
const smallest = 100

// coincidences are the values of limits that mean something else elsewhere.
func coincidences() map[string]string {
	return map[string]string{
		"100":  "a percentage",
		"256":  "the bits of a key or a hash, and PostgreSQL's and Kubernetes' sizes",
		"300":  "the seconds of a DNS record's TTL and of timeouts",
		"365":  "the days of a year",
		"500":  "an HTTP status",
		"1024": "the factor between binary units, and the connections that Memcached accepts",
		"3600": "the seconds of an hour",
		"120":  "the seconds of two minutes, and the length of a message",
		"600":  "the seconds of ten minutes",
		"10Gi": "the size of disks",
		"255":  "the characters of a text of the DNS, and of an alarm's name",
		"9/10": "the memory of a CPU, and a share of what is used",
	}
}

// limitName matches the names of constants that declare limits.
func limitName() *regexp.Regexp {
	const first, later = `limit|least|most|max|min|smallest|largest|shortest|longest|widest|narrowest|fewest`,
		`Limit|Least|Most|Max|Min|Smallest|Largest|Shortest|Longest|Widest|Narrowest|Fewest`
	return regexp.MustCompile(`^(` + first + `)([A-Z]|$)|(` + later + `)([A-Z]|$)`)
}

// declared are the values that the limits packages state: their constants, and the names
// of classes and machine types.
type declared struct {
	values map[string]string
	small  map[string]string
}

func readLimits(t *testing.T) declared {
	t.Helper()
	found := declared{values: map[string]string{}, small: map[string]string{}}
	for _, directory := range limitPackages() {
		for _, path := range sources(t, directory) {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			constants(file, func(name string, value ast.Expr) {
				if text, ok := literal(value); ok {
					found.add(text, directory+"."+name)
				}
			})
			ast.Inspect(file, func(n ast.Node) bool {
				if pair, ok := n.(*ast.KeyValueExpr); ok {
					if key, isIdent := pair.Key.(*ast.Ident); isIdent && key.Name == "Name" {
						text, _ := literal(pair.Value)
						found.add(text, directory)
					}
				}
				return true
			})
		}
	}
	return found
}

func (d declared) add(text, where string) {
	if number, err := resource.ParseQuantity(text); err == nil && number.CmpInt64(smallest) < 0 && number.Value() > 1 {
		d.small[text] = where
		return
	}
	d.values[text] = where
}

// of returns where a value is declared, small or not.
func (d declared) of(text string) (where string, ok bool) {
	if where, ok = d.values[text]; ok {
		return where, true
	}
	where, ok = d.small[text]
	return where, ok
}

// repeated reports the literals of a file that repeat a limit.
func (d declared) repeated(path string, file *ast.File, positions *token.FileSet) []string {
	var problems []string
	report := func(at token.Pos, text, where string) {
		problems = append(problems, fmt.Sprintf("%s:%d: %s is written in %s already; read it there", path, positions.Position(at).Line, text, where))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		value, ok := n.(*ast.BasicLit)
		if !ok {
			return true
		}
		text, _ := literal(value)
		if _, allowed := coincidences()[text]; allowed {
			return true
		}
		if where, isLimit := d.values[text]; isLimit {
			report(value.Pos(), text, where)
		}
		return true
	})
	constants(file, func(name string, value ast.Expr) {
		text, ok := literal(value)
		if !ok || !limitName().MatchString(name) {
			return
		}
		where, isLimit := d.small[text]
		if amount := inGiB(text); amount != text {
			where, isLimit = d.of(amount)
		}
		if _, other := otherLimits()[name]; isLimit && !other {
			report(value.Pos(), name+" = "+text, where)
		}
	})
	return problems
}

// otherLimits are constants that are named like limits, and have the value of a cloud's
// limit by coincidence.
func otherLimits() map[string]string {
	return map[string]string{
		"MaxDNSLabel":      "a limit of Kubernetes",
		"adminNameLimit":   "keeps the names of resources readable",
		"longestCIDR":      "the length of a text",
		"maxZones":         "the network's address plan covers three zones",
		"leastPorts":       "a choice within what Cloud NAT allows",
		"widestNetwork":    "the network's plan of addresses",
		"narrowestNetwork": "the network's plan of addresses",
	}
}

// inGiB converts a quantity such as 16Ti to a number of GiB; any other text stays.
func inGiB(text string) string {
	if !regexp.MustCompile(`^[0-9]+[GT]i$`).MatchString(text) {
		return text
	}
	amount := resource.MustParse(text)
	return fmt.Sprint(amount.Value() >> 30)
}

// constants calls a function with each constant of a file, of packages and of functions.
func constants(file *ast.File, visit func(name string, value ast.Expr)) {
	ast.Inspect(file, func(n ast.Node) bool {
		declaration, ok := n.(*ast.GenDecl)
		if !ok || declaration.Tok != token.CONST {
			return true
		}
		for _, spec := range declaration.Specs {
			values := spec.(*ast.ValueSpec)
			for i, value := range values.Values {
				visit(values.Names[i].Name, value)
			}
		}
		return true
	})
}

// literal returns the value of a number or a string in one form, however it is written.
func literal(n ast.Expr) (string, bool) {
	value, ok := n.(*ast.BasicLit)
	if !ok || value.Kind == token.CHAR || value.Kind == token.IMAG {
		return "", false
	}
	parsed := constant.MakeFromLiteral(value.Value, value.Kind, 0)
	if parsed.Kind() == constant.String {
		return constant.StringVal(parsed), true
	}
	return parsed.ExactString(), true
}

func sources(t *testing.T, directory string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(filepath.Join(root, directory), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			paths = append(paths, path)
		}
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, paths, directory)
	sort.Strings(paths)
	return paths
}

func TestLimitsAreWrittenOnce(t *testing.T) {
	limits := readLimits(t)
	require.Contains(t, limits.values, "65536", "the largest disk is a limit")
	require.Contains(t, limits.values, "db.m7g.large", "a class is a limit")
	for _, directory := range readers() {
		for _, path := range sources(t, directory) {
			if filepath.Base(filepath.Dir(path)) == "limits" {
				continue
			}
			positions := token.NewFileSet()
			file, err := parser.ParseFile(positions, path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			for _, problem := range limits.repeated(path, file, positions) {
				t.Error(strings.TrimPrefix(problem, root+"/"))
			}
		}
	}
}

// TestRepeatedLimitIsReported is the control of TestLimitsAreWrittenOnce.
func TestRepeatedLimitIsReported(t *testing.T) {
	limits := readLimits(t)
	for _, row := range []struct {
		name, source string
		want         int
	}{
		{"a large number anywhere", `func f(gib int) bool { return gib <= 65536 }`, 1},
		{"another spelling of it", `func f(gib int) bool { return gib <= 0x1_00_00 }`, 1},
		{"a class", `const class = "db.m7g.large"`, 1},
		{"a pattern", "var form = `^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/.+$`", 1},
		{"a small limit by name", `const repositoryLimit = 63`, 1},
		{"a small limit in a function", `func f(n int) bool { const mostMails = 5; return n > mostMails }`, 1},
		{"a quantity", `const smallestNodeDisk = "20Gi"`, 1},
		{"a large quantity", `const largestNodeDisk = "16Ti"`, 1},
		{"a small number that is no limit", `const port = 63`, 0},
		{"an allowed number", `func f() int { return 3600 }`, 0},
		{"a number that is no limit", `const mostPods = 65537`, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			positions := token.NewFileSet()
			file, err := parser.ParseFile(positions, "control.go", "package control\n"+row.source, parser.SkipObjectResolution)
			require.NoError(t, err)
			assert.Len(t, limits.repeated("control.go", file, positions), row.want)
		})
	}
}

// TestCoincidencesAreNeeded keeps the list of exceptions short.
func TestCoincidencesAreNeeded(t *testing.T) {
	limits := readLimits(t)
	var names []string
	for _, directory := range readers() {
		for _, path := range sources(t, directory) {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			require.NoError(t, err)
			constants(file, func(name string, _ ast.Expr) { names = append(names, name) })
		}
	}
	for name := range otherLimits() {
		assert.Contains(t, names, name, "there is no constant %s any more", name)
	}
	for value := range coincidences() {
		assert.Contains(t, limits.values, value, "%s is not a limit any more", value)
	}
}

// TestEmulatorsKeepTheirOwnLimits: what checks the program must not read its numbers.
func TestEmulatorsKeepTheirOwnLimits(t *testing.T) {
	for _, path := range sources(t, "emulators") {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, directory := range limitPackages() {
			assert.NotContains(t, string(content), `djangostack/`+directory+`"`, path)
		}
	}
}
