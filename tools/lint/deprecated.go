package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"go/version"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/tools/go/packages"
	"honnef.co/go/tools/knowledge"
)

// deprecations knows which declarations of other packages are deprecated. It does
// the work of staticcheck's SA1019, which would read every dependency from source.
// It reads only the files that declare something that the checked code uses.
type deprecations struct {
	// files lists the files of every package.
	files map[string][]string
	// lines holds, for each file that was read, the names of deprecated declarations by line.
	lines map[string]map[int]bool
}

// deprecated finds the uses of deprecated declarations of other packages.
func deprecated(checked []*packages.Package) ([]finding, error) {
	d := &deprecations{files: map[string][]string{}, lines: map[string]map[int]bool{}}
	packages.Visit(checked, func(p *packages.Package) bool {
		d.files[p.PkgPath] = p.GoFiles
		return true
	}, nil)
	var found []finding
	for _, p := range checked {
		for identifier, object := range p.TypesInfo.Uses {
			old, err := d.isDeprecated(p, object)
			if err != nil {
				return nil, err
			}
			if old {
				at := p.Fset.Position(identifier.Pos())
				at.Offset = 0
				found = append(found, finding{at, "deprecated", fmt.Sprintf("%s is deprecated", fullName(object))})
			}
		}
	}
	return found, nil
}

// isDeprecated says whether the package p uses a deprecated object of another package.
func (d *deprecations) isDeprecated(p *packages.Package, object types.Object) (bool, error) {
	if name, ok := object.(*types.PkgName); ok {
		return d.packageIsDeprecated(p, name.Imported().Path())
	}
	if object.Pkg() == nil || object.Pkg().Path() == p.PkgPath {
		return false, nil
	}
	path := object.Pkg().Path()
	if isStandard(path) {
		return deprecatedInStandard(p, fullName(object)), nil
	}
	at := p.Fset.Position(object.Pos())
	file := d.fileOf(path, at.Filename)
	if file == "" {
		return false, nil
	}
	if d.lines[file] == nil {
		lines, err := deprecatedLines(file)
		if err != nil {
			return false, err
		}
		d.lines[file] = lines
	}
	return d.lines[file][at.Line], nil
}

// fileOf finds a file on disk: export data may hold a shortened path.
func (d *deprecations) fileOf(path, name string) string {
	for _, file := range d.files[path] {
		if filepath.Base(file) == filepath.Base(name) {
			return file
		}
	}
	return ""
}

func (d *deprecations) packageIsDeprecated(p *packages.Package, path string) (bool, error) {
	if isStandard(path) {
		return deprecatedInStandard(p, path), nil
	}
	if old, known := d.lines[path]; known {
		return old[0], nil
	}
	d.lines[path] = map[int]bool{}
	for _, file := range d.files[path] {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			return false, err
		}
		if saysDeprecated(parsed.Doc) {
			d.lines[path][0] = true
			break
		}
	}
	return d.lines[path][0], nil
}

// isStandard goes by the rule that module paths have a dot in their first part.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func deprecatedInStandard(p *packages.Package, name string) bool {
	known, ok := knowledge.StdlibDeprecations[name]
	if !ok {
		return false
	}
	return p.Module == nil || version.Compare("go"+p.Module.GoVersion, known.DeprecatedSince) >= 0
}

// fullName names an object as staticcheck does: path.Name or (path.Type).Method.
func fullName(object types.Object) string {
	switch o := object.(type) {
	case *types.Func:
		return o.FullName()
	case *types.PkgName:
		return o.Imported().Path()
	}
	return object.Pkg().Path() + "." + object.Name()
}

// deprecatedLines parses one file.
func deprecatedLines(file string) (map[int]bool, error) {
	positions := token.NewFileSet()
	parsed, err := parser.ParseFile(positions, file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	lines := map[int]bool{}
	mark := func(doc *ast.CommentGroup, nodes ...*ast.Ident) {
		for _, n := range nodes {
			if saysDeprecated(doc) {
				lines[positions.Position(n.Pos()).Line] = true
			}
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			mark(n.Doc, n.Name)
			return false
		case *ast.GenDecl:
			for _, spec := range n.Specs {
				mark(n.Doc, namesOf(spec)...)
			}
		case *ast.ValueSpec:
			mark(n.Doc, n.Names...)
		case *ast.TypeSpec:
			mark(n.Doc, n.Name)
		case *ast.Field:
			mark(n.Doc, n.Names...)
		}
		return true
	})
	return lines, nil
}

func namesOf(spec ast.Spec) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.ValueSpec:
		return s.Names
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	}
	return nil
}

func saysDeprecated(doc *ast.CommentGroup) bool {
	return doc != nil && regexp.MustCompile(`(^|\n\n)Deprecated: `).MatchString(doc.Text())
}
