package main

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// finding is a position in the source that breaks a rule.
type finding struct {
	Position token.Position
	Check    string
	Message  string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s (%s)", f.Position.Filename, f.Position.Line, f.Position.Column, f.Message, f.Check)
}

// mode loads the named packages from source and what they import from export data.
const mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedModule |
	packages.NeedExportFile | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax |
	packages.NeedTypesInfo | packages.NeedForTest

// lintModule checks every package of the module in the directory.
func lintModule(directory string, analyzers []*analysis.Analyzer, r *rules) ([]finding, error) {
	loaded, err := packages.Load(&packages.Config{Mode: mode, Dir: directory, Tests: true}, "./...")
	if err != nil {
		return nil, err
	}
	if err := loadErrors(loaded); err != nil {
		return nil, err
	}
	checked := withTests(loaded)
	old, err := deprecated(checked)
	if err != nil {
		return nil, err
	}
	keepOwnImports(loaded)
	graph, err := checker.Analyze(analyzers, checked, nil)
	if err != nil {
		return nil, err
	}
	found, err := findings(graph)
	if err != nil {
		return nil, err
	}
	generated := generatedFiles(checked)
	found = slices.DeleteFunc(append(found, old...), func(f finding) bool {
		test := strings.HasSuffix(f.Position.Filename, "_test.go")
		return generated[f.Position.Filename] || test && slices.Contains(r.NotInTests, f.Check)
	})
	return exceptions(checked, found), nil
}

// generatedFiles names the files that a program wrote: their generator is checked instead.
func generatedFiles(checked []*packages.Package) map[string]bool {
	generated := map[string]bool{}
	for _, p := range checked {
		for _, file := range p.Syntax {
			if ast.IsGenerated(file) {
				generated[p.Fset.Position(file.FileStart).Filename] = true
			}
		}
	}
	return generated
}

func loadErrors(loaded []*packages.Package) error {
	var all []error
	for _, p := range loaded {
		for _, e := range p.Errors {
			all = append(all, e)
		}
	}
	return errors.Join(all...)
}

// withTests leaves each package out that is there once more together with its
// tests, and the main packages that the go command generates for tests.
func withTests(loaded []*packages.Package) []*packages.Package {
	tested := map[string]bool{}
	for _, p := range loaded {
		if p.ForTest != "" && p.PkgPath == p.ForTest {
			tested[p.PkgPath] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(loaded), func(p *packages.Package) bool {
		return strings.HasSuffix(p.PkgPath, ".test") || p.ForTest == "" && tested[p.PkgPath]
	})
}

// keepOwnImports lets facts flow between the loaded packages and not from any
// other, whose sources are not loaded.
func keepOwnImports(loaded []*packages.Package) {
	own := map[*packages.Package]bool{}
	for _, p := range loaded {
		own[p] = true
	}
	for _, p := range loaded {
		for path, imported := range p.Imports {
			if !own[imported] {
				delete(p.Imports, path)
			}
		}
	}
}

// findings collects what the analyzers found, in the order of the files.
func findings(graph *checker.Graph) ([]finding, error) {
	unique := map[finding]bool{}
	var failures []error
	for _, action := range graph.Roots {
		if action.Err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", action, action.Err))
		}
		for _, d := range action.Diagnostics {
			unique[finding{action.Package.Fset.Position(d.Pos), action.Analyzer.Name, d.Message}] = true
		}
		if adapted, ok := action.Result.([]finding); ok {
			for _, f := range adapted {
				f.Position.Offset = 0
				unique[f] = true
			}
		}
	}
	var all []finding
	for f := range unique {
		f.Position.Offset = 0
		all = append(all, f)
	}
	slices.SortFunc(all, byPosition)
	return slices.Compact(all), errors.Join(failures...)
}

func byPosition(a, b finding) int {
	return cmp.Or(
		cmp.Compare(a.Position.Filename, b.Position.Filename),
		cmp.Compare(a.Position.Line, b.Position.Line),
		cmp.Compare(a.Position.Column, b.Position.Column),
		cmp.Compare(a.Check, b.Check),
		cmp.Compare(a.Message, b.Message),
	)
}
