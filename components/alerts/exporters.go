package alerts

import (
	"fmt"
	"strings"
)

// podLabel is the label that Prometheus gives every series of a pod that it finds.
const podLabel = "pod"

// exporters are the rules about what the exporters of data services measure.
func (o Objects) exporters() []Rule {
	var rules []Rule
	for _, each := range []struct {
		alert string
		of    func(Exporter) string
	}{
		{exporterDown, o.unmeasured},
		{connectionsUsed, o.connections},
		{brokerMemory, o.memory},
	} {
		var exprs []string
		for _, exporter := range o.Exporters {
			if expr := each.of(exporter); expr != "" {
				exprs = append(exprs, expr)
			}
		}
		if len(exprs) > 0 {
			rules = append(rules, o.rule(each.alert, strings.Join(exprs, "\nor\n"))...)
		}
	}
	return rules
}

// exported selects the series of a metric that come from the pods of an exporter.
func (o Objects) exported(exporter Exporter, metric string) string {
	return fmt.Sprintf(`%s{%s, %s=~"%s-[a-z0-9]+-[a-z0-9]+"}`, metric, o.namespace(), podLabel, exporter.Deployment)
}

// most is the highest value that the pods of an exporter have measured: a new pod begins new series.
func (o Objects) most(exporter Exporter, metric string) string {
	return "max by (namespace) (" + o.exported(exporter, metric) + ")"
}

// about gives the series of an expression a label with the name of the object.
func about(label, object, expr string) string {
	return fmt.Sprintf("label_replace(\n%s,\n\"%s\", \"%s\", \"\", \"\")", expr, label, object)
}

// unmeasured asks whether the exporter runs and reaches its data service.
func (o Objects) unmeasured(exporter Exporter) string {
	up := "redis_up"
	if exporter.Engine == Postgres {
		up = "pg_up"
	}
	return about(deploymentLabel, exporter.Deployment, lines(o.most(exporter, up)+" == 0", "or", "absent("+o.exported(exporter, up)+")"))
}

// connections compares the open connections with the most that the server takes.
func (o Objects) connections(exporter Exporter) string {
	if exporter.Engine != Postgres {
		return ""
	}
	open := "sum by (namespace) (max by (namespace, datname) (" + o.exported(exporter, "pg_stat_database_numbackends") + "))"
	return about(statefulSetLabel, exporter.Server, lines(open, "/ "+o.most(exporter, "pg_settings_max_connections")+" > 0.8"))
}

// memory compares the memory of a broker with the most that it takes. A cache that is full is as it
// should be.
func (o Objects) memory(exporter Exporter) string {
	if exporter.Engine != RedisBroker {
		return ""
	}
	return about(statefulSetLabel, exporter.Server, lines(o.most(exporter, "redis_memory_used_bytes"), "/ "+o.most(exporter, "redis_memory_max_bytes")+" > 0.8"))
}
