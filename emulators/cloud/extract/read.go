package extract

import (
	"fmt"
	"go/ast"
	"strings"
	"unicode"

	"github.com/djangostack/djangostack/emulators/cloud"
)

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
		if strings.HasPrefix(text, r.list.Package+":") {
			token = text
		}
	}
	if token == "" {
		return fmt.Errorf("New%s names no type", local)
	}
	r.schema.Resources[token] = made
	return nil
}

// inputs are the properties of a struct of arguments. What the constructor insists on is required, and so is
// a plain value that is no pointer.
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

// outputs have their types from the struct of the state, and whether they are always there from the
// resource's own.
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
		if strings.HasPrefix(text, r.list.Package+":") {
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

// requiredBy are the arguments whose absence the constructor turns away.
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

// secrets are the outputs the constructor marks.
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

// lower writes the capitals at the beginning small, as the SDK does for its own structs ("sslpolicyArgs").
func lower(name string) string {
	rest := strings.TrimLeftFunc(name, unicode.IsUpper)
	return strings.ToLower(name[:len(name)-len(rest)]) + rest
}

func exported(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
