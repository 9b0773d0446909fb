package main

import (
	"fmt"
	"go/ast"
)

// kind returns a Go type in the notation of cloud.Schema, and whether it is a pointer. It reads objects when it first
// meets them.
func (r *reader) kind(in *source, of ast.Expr) (string, bool, error) {
	switch expression := of.(type) {
	case *ast.StarExpr:
		kind, _, err := r.kind(in, expression.X)
		return kind, true, err
	case *ast.ArrayType:
		kind, _, err := r.kind(in, expression.Elt)
		return "[]" + kind, false, err
	case *ast.MapType:
		kind, _, err := r.kind(in, expression.Value)
		return "{}" + kind, false, err
	case *ast.InterfaceType:
		return "a", true, nil
	case *ast.SelectorExpr:
		return r.foreign(expression)
	case *ast.Ident:
		kind, err := r.named(in, expression.Name)
		return kind, false, err
	}
	return "", false, fmt.Errorf("cannot read the Go type %T", of)
}

// foreign returns the type of another package of the SDK: an enumeration or an object.
func (r *reader) foreign(expression *ast.SelectorExpr) (string, bool, error) {
	pkg, ok := expression.X.(*ast.Ident)
	if !ok {
		return "", false, fmt.Errorf("cannot read the Go type %T", expression.X)
	}
	if pkg.Name == "pulumi" {
		return "a", true, nil
	}
	in, err := r.in(pkg.Name)
	if err != nil {
		return "", false, err
	}
	kind, err := r.named(in, expression.Sel.Name)
	return kind, false, err
}

func (r *reader) named(in *source, name string) (string, error) {
	basic := map[string]string{"string": "s", "int": "i", "float64": "f", "bool": "b"}
	if kind, ok := basic[name]; ok {
		return kind, nil
	}
	if underlying, ok := in.plain[name]; ok {
		return r.named(in, underlying)
	}
	if _, ok := in.structs[name]; !ok {
		return "", fmt.Errorf("package %[2]s has no type %[1]s", name, in.name)
	}
	key := in.name + "/" + name
	if _, done := r.schema.Types[key]; !done {
		// An object can contain itself.
		r.schema.Types[key] = nil
		properties, err := r.inputs(in, name, nil)
		if err != nil {
			return "", fmt.Errorf("object %s: %w", name, err)
		}
		r.schema.Types[key] = properties
	}
	return "#" + key, nil
}
