package kubernetes

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/labels"
)

type settings = map[string]any

// The kinds of components of the collector.
const (
	fileLog       = "file_log"
	fileStorage   = "file_storage"
	filterKind    = "filter"
	healthCheck   = "health_check"
	k8sAttributes = "k8s_attributes"
	memoryLimiter = "memory_limiter"
	resourceKind  = "resource"
	sendQuietly   = "send_quiet"
)

// continued matches a line that belongs to the one before: the parts of a traceback of Python.
const continued = `^(\s|$|Traceback \(most recent call last\)|During handling of the above|The above exception was|[A-Za-z_][\w.]*(Error|Exception|Exit|Interrupt|Warning|Timeout|DoesNotExist)(:|$))`

// isJSON holds for a line that may be an object of JSON.
const isJSON = `body startsWith "{"`

// config returns the configuration of the collector, without secrets. JSON is YAML, too.
func (a *LogsArgs) config() (string, error) {
	exporter := "otlp_http"
	if a.GRPC {
		exporter = "otlp_grpc"
	}
	text, err := json.MarshalIndent(settings{
		"extensions": settings{
			fileStorage: settings{"directory": logsStorage},
			healthCheck: settings{"endpoint": fmt.Sprintf(":%d", logsHealth)},
		},
		"receivers": settings{fileLog: a.receiver()},
		"processors": settings{
			memoryLimiter: settings{"check_interval": "1s", "limit_percentage": 80, "spike_limit_percentage": 25},
			k8sAttributes: a.attributes(),
			filterKind:    a.filter(),
			resourceKind:  settings{"attributes": a.resourceAttributes()},
		},
		"exporters": settings{exporter: a.exporter()},
		"service": settings{
			"extensions": []string{fileStorage, healthCheck},
			"pipelines": settings{LogsPart: settings{
				"receivers":  []string{fileLog},
				"processors": []string{memoryLimiter, k8sAttributes, filterKind, resourceKind},
				"exporters":  []string{exporter},
			}},
			// Its metrics would need a port that no one reads.
			"telemetry": settings{"metrics": settings{"level": "none"}},
		},
	}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("encoding the configuration of the collector: %w", err)
	}
	return string(text), nil
}

// receiver reads the files of one environment: the kubelet names their folders after namespace, pod
// and UID, which are separated by a _ that no name holds, and the names of an environment's pods
// begin with its prefix. So do those of an app shop-x beside an app shop, which the filter drops. It
// waits while the exporter cannot send.
func (a *LogsArgs) receiver() settings {
	return settings{
		"include":           []string{podLogs + "/" + a.Source + "_" + a.Labels.NamePrefix() + "*/*/*.log"},
		"start_at":          "beginning",
		"include_file_path": true,
		"include_file_name": false,
		"storage":           fileStorage,
		"retry_on_failure":  settings{"enabled": true, "max_elapsed_time": 0},
		"operators": []settings{
			{"type": "container"},
			{
				// A line of JSON is a record by itself, whatever follows it.
				"type": "recombine", "if": "not (" + isJSON + ")", "combine_field": "body", "source_identifier": `attributes["log.file.path"]`,
				"is_first_entry":     "not (body matches " + quoted(continued) + ")",
				"force_flush_period": "2s", "max_log_size": 1 << 20,
			},
			// A line that is no JSON stays as it is.
			{"type": "json_parser", "if": isJSON, "parse_to": "attributes", "on_error": sendQuietly},
			severity("level"), severity("levelname"), severity("severity"),
			// What the receiver and its operators have added for themselves.
			{"type": "remove", "field": `attributes["log.file.path"]`},
			{"type": "remove", "field": "attributes.logtag"},
		},
	}
}

// severity reads one of Python's names of a level. Its numbers mean something else to the collector.
func severity(field string) settings {
	return settings{
		"type": "severity_parser", "if": "type(attributes." + field + ") == \"string\"", "parse_from": "attributes." + field,
		"mapping": settings{"fatal": "critical"}, "on_error": sendQuietly,
	}
}

func quoted(pattern string) string { return `"` + strings.ReplaceAll(pattern, `\`, `\\`) + `"` }

// attributes finds the labels of all pods of the namespace by their UID, which is a part of the files'
// path. Nothing is sent before they are known.
func (a *LogsArgs) attributes() settings {
	return settings{
		"wait_for_metadata": true,
		"filter": settings{
			"namespace": a.Source, "node_from_env_var": logsNode,
		},
		"extract": settings{
			"metadata": []string{"k8s.namespace.name", "k8s.pod.name", "k8s.pod.uid", "k8s.node.name", podStart},
			"labels": []settings{
				{"tag_name": labels.ComponentLabel, "key": labels.ComponentLabel, "from": "pod"},
				{"tag_name": labels.InstanceLabel, "key": labels.InstanceLabel, "from": "pod"},
			},
		},
		"pod_association": []settings{{"sources": []settings{{"from": "resource_attribute", "name": "k8s.pod.uid"}}}},
	}
}

// podStart is an attribute that only a pod has that the API server knows: the others are in the path of its files.
const podStart = "k8s.pod.start_time"

// filter drops the lines of pods that are known to be another environment's, or no environment's. Those of a deleted
// pod have no labels, and are sent.
func (a *LogsArgs) filter() settings {
	return settings{
		"error_mode": "propagate",
		"logs": settings{"log_record": []string{fmt.Sprintf(
			`resource.attributes[%q] != nil and resource.attributes[%q] != %q`, podStart, labels.InstanceLabel, a.Labels[labels.InstanceLabel],
		)}},
	}
}

// resourceAttributes are those of the semantic conventions: the process is the service. The node
// is known even of a deleted pod.
func (a *LogsArgs) resourceAttributes() []settings {
	return []settings{
		{"key": podStart, "action": "delete"},
		{"key": "k8s.node.name", "value": "${env:" + logsNode + "}", "action": "upsert"},
		{"key": "deployment.environment.name", "value": a.Environment, "action": "upsert"},
		{"key": "service.namespace", "value": a.App, "action": "upsert"},
		{"key": "service.name", "from_attribute": labels.ComponentLabel, "action": "upsert"},
	}
}

// exporter never gives up. What it has not sent is in the storage, and when that is full the
// receiver waits. Requests are small enough for receivers of gRPC, and of Loki, which take 4 MiB.
func (a *LogsArgs) exporter() settings {
	exporter := settings{
		"endpoint":         a.Endpoint,
		"retry_on_failure": settings{"enabled": true, "max_elapsed_time": 0},
		"sending_queue": settings{
			"enabled": true, "storage": fileStorage, "block_on_overflow": true,
			"sizer": "bytes", "queue_size": logsQueue, "num_consumers": 2,
			"batch": settings{"flush_timeout": "1s", "min_size": 256 << 10, "max_size": 3 << 20},
		},
	}
	if a.GRPC {
		exporter["tls"] = settings{"insecure": strings.HasPrefix(a.Endpoint, "http://")}
	}
	headers := settings{}
	for i, header := range slices.Sorted(maps.Keys(a.Headers)) {
		headers[header] = "${env:" + headerVariable(i) + "}"
	}
	if len(headers) > 0 {
		exporter["headers"] = headers
	}
	return exporter
}
