package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"reflect"
	"slices"

	"github.com/golangci/misspell"
	"github.com/golangci/unconvert"
	"github.com/kisielk/errcheck/errcheck"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/packages"
	"honnef.co/go/tools/unused"
	"mvdan.cc/unparam/check"
)

// adapter wraps a check that knows positions but does not report diagnostics.
// The findings are the result of the analyzer.
func adapter(name, doc string, run func(*analysis.Pass) ([]finding, error), requires ...*analysis.Analyzer) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:       name,
		Doc:        doc,
		Requires:   requires,
		ResultType: reflect.TypeFor[[]finding](),
		Run: func(pass *analysis.Pass) (any, error) {
			return run(pass)
		},
	}
}

// packageOf gives a pass in the form that checks built on go/packages expect.
func packageOf(pass *analysis.Pass) *packages.Package {
	return &packages.Package{Fset: pass.Fset, Syntax: pass.Files, Types: pass.Pkg, TypesInfo: pass.TypesInfo}
}

func errcheckAnalyzer(unchecked []string) *analysis.Analyzer {
	checker := &errcheck.Checker{Exclusions: errcheck.Exclusions{
		BlankAssignments: true,
		TypeAssertions:   true,
		Symbols:          slices.Concat(errcheck.DefaultExcludedSymbols, unchecked),
	}}
	return adapter("errcheck", "reports errors that no code looks at", func(pass *analysis.Pass) ([]finding, error) {
		var found []finding
		for _, e := range checker.CheckPackage(packageOf(pass)).Unique().UncheckedErrors {
			found = append(found, finding{e.Pos, "errcheck", fmt.Sprintf("the error of %s is not checked", e.FuncName)})
		}
		return found, nil
	})
}

func unconvertAnalyzer() *analysis.Analyzer {
	return adapter("unconvert", "reports needless conversions", func(pass *analysis.Pass) ([]finding, error) {
		var found []finding
		for _, position := range unconvert.Run(pass) {
			found = append(found, finding{position, "unconvert", "the conversion is needless"})
		}
		return found, nil
	})
}

func unparamAnalyzer() *analysis.Analyzer {
	return adapter("unparam", "reports parameters and results that are always the same", func(pass *analysis.Pass) ([]finding, error) {
		checker := new(check.Checker)
		checker.Packages([]*packages.Package{packageOf(pass)})
		checker.ProgramSSA(pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).Pkg.Prog)
		issues, err := checker.Check()
		var found []finding
		for _, issue := range issues {
			found = append(found, finding{pass.Fset.Position(issue.Pos()), "unparam", issue.Message()})
		}
		return found, err
	}, buildssa.Analyzer)
}

// unusedAnalyzer treats what is exported as used, since it sees one package at a time.
func unusedAnalyzer() *analysis.Analyzer {
	return adapter("unused", "reports code that no code calls", func(pass *analysis.Pass) ([]finding, error) {
		var found []finding
		for _, object := range pass.ResultOf[unused.Analyzer.Analyzer].(unused.Result).Unused {
			if object.Kind != "type param" {
				found = append(found, finding{object.Position, "unused", fmt.Sprintf("%s %s is unused", object.Kind, object.Name)})
			}
		}
		return found, nil
	}, unused.Analyzer.Analyzer)
}

func misspellAnalyzer() *analysis.Analyzer {
	replacer := misspell.New()
	return adapter("misspell", "reports misspelt English words", func(pass *analysis.Pass) ([]finding, error) {
		var found []finding
		for _, file := range pass.Files {
			in, err := misspelt(pass, file, replacer)
			if err != nil {
				return nil, err
			}
			found = append(found, in...)
		}
		return found, nil
	})
}

func misspelt(pass *analysis.Pass, file *ast.File, replacer *misspell.Replacer) ([]finding, error) {
	name := pass.Fset.Position(file.FileStart).Filename
	content, err := pass.ReadFile(name)
	if err != nil {
		return nil, err
	}
	_, differences := replacer.Replace(string(content))
	var found []finding
	for _, d := range differences {
		position := token.Position{Filename: name, Line: d.Line, Column: d.Column + 1}
		found = append(found, finding{position, "misspell", fmt.Sprintf("write %q, not %q", d.Corrected, d.Original)})
	}
	return found, nil
}
