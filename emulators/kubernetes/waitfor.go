package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/client-go/util/jsonpath"
)

// waitFor are the conditions of the annotation pulumi.com/waitFor, all of which must hold.
type waitFor []expectation

// expectation is one condition: a value found by a JSON path or in the status conditions. Without a value, the JSON
// path must only find something.
type expectation struct {
	text      string
	path      *jsonpath.JSONPath
	condition string
	value     string
	anyValue  bool
}

// parseWaitFor parses jsonpath={.status.phase}=Running, condition=Ready, or a JSON list of these.
func parseWaitFor(annotation string) (waitFor, error) {
	texts := []string{annotation}
	if strings.HasPrefix(strings.TrimSpace(annotation), "[") {
		if err := json.Unmarshal([]byte(annotation), &texts); err != nil {
			return nil, fmt.Errorf("%q is not a JSON list of texts", annotation)
		}
	}
	if len(texts) == 0 {
		return nil, fmt.Errorf("no condition is given")
	}
	var all waitFor
	for _, text := range texts {
		one, err := parseExpectation(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func parseExpectation(text string) (expectation, error) {
	if condition, ok := strings.CutPrefix(text, "condition="); ok {
		name, value, given := strings.Cut(condition, "=")
		if !given {
			value = "True"
		}
		if name == "" {
			return expectation{}, fmt.Errorf("%q names no condition", text)
		}
		return expectation{text: text, condition: name, value: value}, nil
	}
	expression, ok := strings.CutPrefix(text, "jsonpath=")
	end := strings.LastIndex(expression, "}")
	if !ok || !strings.HasPrefix(expression, "{") || end < 0 {
		return expectation{}, fmt.Errorf("%q is neither jsonpath={…}, jsonpath={…}=VALUE nor condition=TYPE", text)
	}
	rest := expression[end+1:]
	if rest != "" && !strings.HasPrefix(rest, "=") {
		return expectation{}, fmt.Errorf("%q: after the JSON path comes =VALUE or nothing", text)
	}
	path := jsonpath.New("waitFor").AllowMissingKeys(true)
	if err := path.Parse(expression[:end+1]); err != nil {
		return expectation{}, fmt.Errorf("%q: %w", text, err)
	}
	return expectation{text: text, path: path, value: strings.TrimPrefix(rest, "="), anyValue: rest == ""}, nil
}

func (all waitFor) look(live object) (look, error) {
	for _, one := range all {
		met, err := one.met(live)
		if err != nil {
			return look{}, err
		}
		if !met {
			return look{waiting: one.text + " does not hold yet"}, nil
		}
	}
	return look{ready: true}, nil
}

func (e expectation) met(live object) (bool, error) {
	if e.path == nil {
		found, _ := conditionOf(live, e.condition)["status"].(string)
		return strings.EqualFold(found, e.value), nil
	}
	var found bytes.Buffer
	if err := e.path.Execute(&found, map[string]any(live)); err != nil {
		return false, fmt.Errorf("%s: %w", e.text, err)
	}
	if e.anyValue {
		return found.Len() > 0, nil
	}
	return found.String() == e.value, nil
}
