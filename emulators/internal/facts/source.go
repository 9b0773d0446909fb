package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// source holds the declarations of one package that the reader needs.
type source struct {
	name    string
	structs map[string]*ast.StructType
	// plain holds the named strings, numbers and booleans, which are the enumerations.
	plain     map[string]string
	functions map[string]*ast.FuncDecl
}

func parse(folder string) (*source, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no Go source in %s", folder)
	}
	found := &source{
		structs: map[string]*ast.StructType{}, plain: map[string]string{}, functions: map[string]*ast.FuncDecl{},
	}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, declaration := range parsed.Decls {
			found.add(declaration)
		}
	}
	return found, nil
}

func (s *source) add(declaration ast.Decl) {
	switch declared := declaration.(type) {
	case *ast.FuncDecl:
		if declared.Recv == nil {
			s.functions[declared.Name.Name] = declared
		}
	case *ast.GenDecl:
		for _, spec := range declared.Specs {
			named, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			switch kind := named.Type.(type) {
			case *ast.StructType:
				s.structs[named.Name.Name] = kind
			case *ast.Ident:
				s.plain[named.Name.Name] = kind.Name
			}
		}
	}
}

// field is one property of a struct of the SDK.
type field struct {
	property, goName string
	kind             ast.Expr
}

// fields returns the fields that have a pulumi tag.
func (s *source) fields(name string) ([]field, error) {
	declared, ok := s.structs[name]
	if !ok {
		return nil, fmt.Errorf("package %[2]s has no struct %[1]s", name, s.name)
	}
	var all []field
	for _, one := range declared.Fields.List {
		if one.Tag == nil || len(one.Names) != 1 {
			continue
		}
		text, err := strconv.Unquote(one.Tag.Value)
		if err != nil {
			return nil, err
		}
		property, _, _ := strings.Cut(reflect.StructTag(text).Get("pulumi"), ",")
		if property != "" {
			all = append(all, field{property, one.Names[0].Name, one.Type})
		}
	}
	return all, nil
}

// texts returns all string literals in a function.
func texts(in ast.Node) []string {
	var all []string
	ast.Inspect(in, func(node ast.Node) bool {
		if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if text, err := strconv.Unquote(literal.Value); err == nil {
				all = append(all, text)
			}
		}
		return true
	})
	return all
}
