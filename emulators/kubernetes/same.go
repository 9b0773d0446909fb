package kubernetes

import (
	"reflect"

	"k8s.io/apimachinery/pkg/api/resource"
)

// sameLeaf tells whether two values that are neither lists nor maps have the same meaning at a path of an object.
func sameLeaf(path []string, a, b any) bool {
	if reflect.DeepEqual(a, b) || sameNumber(a, b) {
		return true
	}
	return isQuantity(path) && sameQuantity(a, b)
}

func sameNumber(a, b any) bool {
	first, ok := asFloat(a)
	second, alsoOK := asFloat(b)
	return ok && alsoOK && first == second
}

func asFloat(value any) (float64, bool) {
	switch value := value.(type) {
	case int64:
		return float64(value), true
	case float64:
		return value, true
	}
	return 0, false
}

// isQuantity tells whether the API keeps a quantity at a path. The server rewrites quantities: 1000m becomes 1. All
// other strings are compared as they are.
func isQuantity(path []string) bool {
	if len(path) == 0 {
		return false
	}
	last := path[len(path)-1]
	if last == "sizeLimit" || last == "divisor" || last == "averageValue" {
		return true
	}
	if len(path) < 2 {
		return false
	}
	parent := path[len(path)-2]
	switch parent {
	case "target":
		return last == "value"
	case "requests", "limits", "hard", "capacity", "overhead", "podFixed",
		"max", "min", "default", "defaultRequest", "maxLimitRequestRatio":
		return true
	}
	return false
}

func sameQuantity(a, b any) bool {
	first, ok := asQuantity(a)
	second, alsoOK := asQuantity(b)
	return ok && alsoOK && first.Cmp(second) == 0
}

func asQuantity(value any) (resource.Quantity, bool) {
	if number, ok := value.(int64); ok {
		return *resource.NewQuantity(number, resource.DecimalSI), true
	}
	text, ok := value.(string)
	if !ok {
		return resource.Quantity{}, false
	}
	quantity, err := resource.ParseQuantity(text)
	return quantity, err == nil
}
