package controllers_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	logs "go.opentelemetry.io/proto/otlp/logs/v1"
	"google.golang.org/protobuf/proto"
)

// record is a line that the receiver got.
type record struct {
	Body, Severity       string
	Number               logs.SeverityNumber
	Resource, Attributes map[string]string
}

// recordsOf decodes a request, which has the form of stored logs
// (https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto).
func recordsOf(t *testing.T, body []byte) []record {
	t.Helper()
	var request logs.LogsData
	require.NoError(t, proto.Unmarshal(body, &request))
	var records []record
	for _, resource := range request.GetResourceLogs() {
		for _, scope := range resource.GetScopeLogs() {
			for _, line := range scope.GetLogRecords() {
				records = append(records, record{
					Body: line.GetBody().GetStringValue(), Severity: line.GetSeverityText(), Number: line.GetSeverityNumber(),
					Resource: texts(resource.GetResource().GetAttributes()), Attributes: texts(line.GetAttributes()),
				})
			}
		}
	}
	return records
}

// texts returns attributes as texts. What is no text is as protobuf writes it.
func texts(attributes []*common.KeyValue) map[string]string {
	all := map[string]string{}
	for _, attribute := range attributes {
		value := attribute.GetValue()
		if _, is := value.GetValue().(*common.AnyValue_StringValue); is {
			all[attribute.GetKey()] = value.GetStringValue()
			continue
		}
		all[attribute.GetKey()] = value.String()
	}
	return all
}
