package main

import (
	"fmt"
	"slices"
	"strings"

	"4d63.com/gochecknoglobals/checknoglobals"
	"codeberg.org/polyfloyd/go-errorlint/errorlint"
	"github.com/OpenPeeDeeP/depguard/v2"
	"github.com/gordonklaus/ineffassign/pkg/ineffassign"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"github.com/uudashr/gocognit"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inline"
	"golang.org/x/tools/go/analysis/suite/vet"
	"honnef.co/go/tools/analysis/lint"
	"honnef.co/go/tools/quickfix"
	"honnef.co/go/tools/simple"
	"honnef.co/go/tools/staticcheck"
	"honnef.co/go/tools/stylecheck"
)

// suite returns every analyzer that the rules leave enabled, with its flags set.
func suite(r *rules) ([]*analysis.Analyzer, error) {
	imports, err := depguard.NewAnalyzer(r.depguardSettings())
	if err != nil {
		return nil, err
	}
	all := slices.Concat(vet.Suite, staticchecks(), []*analysis.Analyzer{
		inline.Analyzer,
		checknoglobals.Analyzer(),
		errorlint.NewAnalyzer(),
		ineffassign.Analyzer,
		bodyclose.Analyzer,
		gocognit.Analyzer,
		imports,
		errcheckAnalyzer(r.UncheckedErrors),
		misspellAnalyzer(),
		unconvertAnalyzer(),
		unparamAnalyzer(),
		unusedAnalyzer(),
	})
	if err := setFlags(all, r.Flags); err != nil {
		return nil, err
	}
	for _, name := range slices.Concat(r.Disable, r.NotInTests) {
		if find(all, name) == nil {
			return nil, fmt.Errorf("the rules name the check %q, which does not exist", name)
		}
	}
	return slices.DeleteFunc(all, func(a *analysis.Analyzer) bool {
		return slices.Contains(r.Disable, a.Name)
	}), nil
}

// staticchecks returns the analyzers of staticcheck. SA1019 is not among them:
// it needs facts about dependencies, and the analyzer "deprecated" does its work.
func staticchecks() []*analysis.Analyzer {
	var all []*analysis.Analyzer
	for _, set := range [][]*lint.Analyzer{staticcheck.Analyzers, simple.Analyzers, stylecheck.Analyzers, quickfix.Analyzers} {
		for _, a := range set {
			if a.Analyzer.Name != "SA1019" {
				all = append(all, a.Analyzer)
			}
		}
	}
	return all
}

func setFlags(analyzers []*analysis.Analyzer, flags map[string]map[string]string) error {
	for name, values := range flags {
		analyzer := find(analyzers, name)
		if analyzer == nil {
			return fmt.Errorf("the rules set flags of the check %q, which does not exist", name)
		}
		for key, value := range values {
			flag := analyzer.Flags.Lookup(key)
			if flag == nil {
				return fmt.Errorf("the check %s has no flag %q", name, key)
			}
			value = strings.ReplaceAll(strings.ReplaceAll(value, ", ", ","), "$default", flag.DefValue)
			if err := flag.Value.Set(value); err != nil {
				return fmt.Errorf("flag %s of the check %s: %w", key, name, err)
			}
		}
	}
	return nil
}

func find(analyzers []*analysis.Analyzer, name string) *analysis.Analyzer {
	for _, a := range analyzers {
		if a.Name == name {
			return a
		}
	}
	return nil
}
