package configurations

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/djangostack/djangostack/stacks/render"
)

// Refused returns what the API server would refuse in rendered objects for reasons that every
// kind shares: names, labels, the size of annotations and data, and the lists of containers.
func Refused(objects []render.Object) []string {
	var problems []string
	for _, object := range objects {
		report := func(format string, args ...any) {
			problems = append(problems, object.Kind()+" "+object.Name()+": "+fmt.Sprintf(format, args...))
		}
		for _, wrong := range validation.IsDNS1123Subdomain(object.Name()) {
			report("name: %s", wrong)
		}
		metadata, _ := object.Manifest["metadata"].(map[string]any)
		checkMetadata(metadata, report)
		checkData(object.Manifest, report)
		walk(object.Manifest, func(node map[string]any) {
			if _, isContainer := node["image"].(string); isContainer {
				checkContainer(node, report)
			}
			if template, isTemplate := node["template"].(map[string]any); isTemplate {
				inner, _ := template["metadata"].(map[string]any)
				checkMetadata(inner, report)
			}
		})
	}
	return problems
}

func checkMetadata(metadata map[string]any, report func(string, ...any)) {
	labels, _ := metadata["labels"].(map[string]any)
	for key, value := range labels {
		text, _ := value.(string)
		for _, wrong := range append(validation.IsQualifiedName(key), validation.IsValidLabelValue(text)...) {
			report("label %s=%s: %s", key, text, wrong)
		}
	}
	const most = 256 << 10
	size := 0
	annotations, _ := metadata["annotations"].(map[string]any)
	for key, value := range annotations {
		text, _ := value.(string)
		size += len(key) + len(text)
		for _, wrong := range validation.IsQualifiedName(strings.ToLower(key)) {
			report("annotation %s: %s", key, wrong)
		}
	}
	if size > most {
		report("annotations have %d bytes", size)
	}
}

func checkData(object map[string]any, report func(string, ...any)) {
	const most = 1 << 20
	size := 0
	for _, field := range []string{"data", "stringData"} {
		data, _ := object[field].(map[string]any)
		for key, value := range data {
			text, _ := value.(string)
			size += len(key) + len(text)
			for _, wrong := range validation.IsConfigMapKey(key) {
				report("key %s: %s", key, wrong)
			}
		}
	}
	if size > most {
		report("data has %d bytes", size)
	}
}

func checkContainer(container map[string]any, report func(string, ...any)) {
	name, _ := container["name"].(string)
	for _, wrong := range validation.IsDNS1123Label(name) {
		report("container %s: %s", name, wrong)
	}
	for list, key := range map[string]string{"env": "name", "volumeMounts": "mountPath", "ports": "containerPort"} {
		seen := map[string]bool{}
		entries, _ := container[list].([]any)
		for _, entry := range entries {
			fields, _ := entry.(map[string]any)
			value := fmt.Sprint(fields[key])
			if seen[value] {
				report("container %s has %s %s twice", name, list, value)
			}
			seen[value] = true
		}
	}
	resources, _ := container["resources"].(map[string]any)
	requests, _ := resources["requests"].(map[string]any)
	limits, _ := resources["limits"].(map[string]any)
	for what, limit := range limits {
		request, has := requests[what]
		if !has {
			continue
		}
		asked, errAsked := resource.ParseQuantity(fmt.Sprint(request))
		most, errMost := resource.ParseQuantity(fmt.Sprint(limit))
		if errAsked != nil || errMost != nil || asked.Cmp(most) > 0 {
			report("container %s requests %v of %s, with a limit of %v", name, request, what, limit)
		}
	}
}

// walk visits every object in a value.
func walk(value any, visit func(map[string]any)) {
	switch node := value.(type) {
	case map[string]any:
		visit(node)
		for _, child := range node {
			walk(child, visit)
		}
	case []any:
		for _, child := range node {
			walk(child, visit)
		}
	}
}
