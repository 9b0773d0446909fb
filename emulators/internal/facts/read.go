package main

import (
	"fmt"
	"go/ast"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// reader reads the Go source instead of the provider's schema, because go.mod brings only the source.
type reader struct {
	name     string
	root     string
	packages map[string]*source
	schema   *cloud.Schema
}

func (r *reader) read(m module) error {
	for _, name := range m.resources {
		if err := r.resource(name); err != nil {
			return fmt.Errorf("reading resource %s: %w", name, err)
		}
	}
	for _, name := range m.functions {
		if err := r.function(name); err != nil {
			return fmt.Errorf("reading function %s: %w", name, err)
		}
	}
	if err := r.config(); err != nil {
		return fmt.Errorf("reading the provider: %w", err)
	}
	return nil
}

// in returns the parsed source of one package of the SDK. The root package has no name.
func (r *reader) in(name string) (*source, error) {
	if known, ok := r.packages[name]; ok {
		return known, nil
	}
	parsed, err := parse(filepath.Join(r.root, name))
	if err != nil {
		return nil, err
	}
	parsed.name = name
	r.packages[name] = parsed
	return parsed, nil
}

func split(name string) (pkg, local string) {
	if before, after, has := strings.Cut(name, "."); has {
		return before, after
	}
	return "", name
}

func (r *reader) resource(name string) error {
	pkg, local := split(name)
	in, err := r.in(pkg)
	if err != nil {
		return err
	}
	constructor, ok := in.functions["New"+local]
	if !ok {
		return fmt.Errorf("there is no function New%s", local)
	}
	made := cloud.Resource{Secrets: secrets(constructor)}
	if made.Inputs, err = r.inputs(in, lower(local)+"Args", requiredBy(constructor)); err != nil {
		return err
	}
	if made.Outputs, err = r.outputs(in, local); err != nil {
		return err
	}
	token := ""
	for _, text := range texts(constructor) {
		if strings.HasPrefix(text, r.name+":") {
			token = text
		}
	}
	if token == "" {
		return fmt.Errorf("New%s names no type", local)
	}
	r.schema.Resources[token] = made
	return nil
}

// inputs returns the properties of a struct of arguments. A property is required when the constructor checks for it, or
// when it is a plain value that is not a pointer.
func (r *reader) inputs(in *source, name string, required map[string]bool) (map[string]string, error) {
	fields, err := in.fields(name)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, one := range fields {
		kind, pointer, err := r.kind(in, one.kind)
		if err != nil {
			return nil, fmt.Errorf("property %s: %w", one.property, err)
		}
		if required[one.goName] || !pointer && !collection(kind) {
			kind += "!"
		}
		all[one.property] = kind
	}
	return all, nil
}

// outputs takes the types from the struct of the state. The struct of the resource tells which outputs are always set.
func (r *reader) outputs(in *source, local string) (map[string]string, error) {
	state, err := in.fields(lower(local) + "State")
	if err != nil {
		return nil, err
	}
	resource, err := in.fields(local)
	if err != nil {
		return nil, err
	}
	always := map[string]bool{}
	for _, one := range resource {
		selector, ok := one.kind.(*ast.SelectorExpr)
		output := ""
		if ok {
			output = selector.Sel.Name
		} else if identifier, ok := one.kind.(*ast.Ident); ok {
			output = identifier.Name
		}
		always[one.property] = strings.HasSuffix(output, "Output") && !strings.HasSuffix(output, "PtrOutput")
	}
	all := map[string]string{}
	for _, one := range state {
		kind, _, err := r.kind(in, one.kind)
		if err != nil {
			return nil, fmt.Errorf("property %s: %w", one.property, err)
		}
		if always[one.property] && !collection(kind) {
			kind += "!"
		}
		all[one.property] = kind
	}
	return all, nil
}

func (r *reader) function(name string) error {
	pkg, local := split(name)
	in, err := r.in(pkg)
	if err != nil {
		return err
	}
	goName := exported(local)
	// GetX is the getter of the resource X where there is one; the function is then LookupX.
	stem := "Lookup" + strings.TrimPrefix(goName, "Get")
	if _, ok := in.functions[stem]; !ok {
		stem = goName
	}
	function, ok := in.functions[stem]
	if !ok {
		return fmt.Errorf("there is no function %s", goName)
	}
	token := ""
	for _, text := range texts(function) {
		if strings.HasPrefix(text, r.name+":") {
			token = text
		}
	}
	read := cloud.Function{Inputs: map[string]string{}}
	if _, has := in.structs[stem+"Args"]; has {
		if read.Inputs, err = r.inputs(in, stem+"Args", nil); err != nil {
			return err
		}
	}
	if read.Outputs, err = r.inputs(in, stem+"Result", nil); err != nil {
		return err
	}
	r.schema.Functions[token] = read
	return nil
}

func (r *reader) config() error {
	in, err := r.in("")
	if err != nil {
		return err
	}
	r.schema.Config, err = r.inputs(in, "providerArgs", nil)
	return err
}

// requiredBy returns the arguments that the constructor checks for.
func requiredBy(constructor *ast.FuncDecl) map[string]bool {
	const says = "invalid value for required argument '"
	required := map[string]bool{}
	for _, text := range texts(constructor) {
		if rest, found := strings.CutPrefix(text, says); found {
			required[strings.TrimSuffix(rest, "'")] = true
		}
	}
	return required
}

// secrets returns the outputs that the constructor marks as secret.
func secrets(constructor *ast.FuncDecl) []string {
	var marked []string
	ast.Inspect(constructor, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if selector, ok := call.Fun.(*ast.SelectorExpr); ok && selector.Sel.Name == "AdditionalSecretOutputs" {
			marked = append(marked, texts(call)...)
		}
		return true
	})
	return marked
}

func collection(kind string) bool {
	return strings.HasPrefix(kind, "[]") || strings.HasPrefix(kind, "{}")
}

// lower turns the leading capitals of a name into lower case, as the names of the SDK's structs have it: sslpolicyArgs.
func lower(name string) string {
	rest := strings.TrimLeftFunc(name, unicode.IsUpper)
	return strings.ToLower(name[:len(name)-len(rest)]) + rest
}

func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
