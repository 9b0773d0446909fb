package alerts

import (
	"fmt"
	"strings"
)

const (
	namespaceLabel = "namespace"

	deploymentLabel  = "deployment"
	statefulSetLabel = "statefulset"
	cronJobLabel     = "cronjob"
	jobLabel         = "job_name"
	claimLabel       = "persistentvolumeclaim"
	autoscalerLabel  = "horizontalpodautoscaler"
	ownerLabel       = "owner_name"
)

// metric selects the series of a metric in the namespace whose label has one of the names, which are
// names of Kubernetes, so that no character of them means something in a regular expression. Further
// matchers are written out.
func (o Objects) metric(name, label string, names []string, further ...string) string {
	matchers := append([]string{o.namespace()}, further...)
	if len(names) > 0 {
		matchers = append(matchers, oneOf(label, names))
	}
	return name + "{" + strings.Join(matchers, ", ") + "}"
}

func (o Objects) namespace() string { return fmt.Sprintf(`namespace="%s"`, o.Namespace) }

// oneOf matches a label with one of several names.
func oneOf(label string, names []string) string {
	if len(names) == 1 {
		return fmt.Sprintf(`%s="%s"`, label, names[0])
	}
	return fmt.Sprintf(`%s=~"%s"`, label, strings.Join(names, "|"))
}

// highest is the highest value of series that differ in labels of the exporter only: it may run twice,
// and a new pod of it begins new series, which would restart the time of an alert.
func highest(label, expr string) string { return aggregated("max", label, expr) }

// lowest is the lowest such value.
func lowest(label, expr string) string { return aggregated("min", label, expr) }

func aggregated(function, label, expr string) string {
	return fmt.Sprintf("%s by (namespace, %s) (%s)", function, label, expr)
}

// either is an expression over the series of a controller in another namespace. Prometheus renames
// their label namespace to exported_namespace unless it scrapes the controller with honorLabels.
func (o Objects) either(expr func(matchers string) string) string {
	return lines(
		expr(fmt.Sprintf(`exported_namespace="", namespace="%s"`, o.Namespace)),
		"or",
		expr(fmt.Sprintf(`exported_namespace="%s"`, o.Namespace)),
	)
}
