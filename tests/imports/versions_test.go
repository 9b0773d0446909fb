package imports_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Packages of two modules compile once if everything that they import has the same versions.
// Pulumi's SDK, with tools, and Kubernetes' API and clients, with local, take 100 CPU-seconds.
func TestSharedModulesHaveTheSameVersions(t *testing.T) {
	ours := versions(t, "go.mod")
	for file, own := range map[string][]string{
		"tools/go.mod": {"go.yaml.in/yaml/v4", "golang.org/x/oauth2", "golang.org/x/time"},
		// Nothing that Kubernetes' API and clients import.
		"local/go.mod": {
			"github.com/grpc-ecosystem/grpc-gateway/v2",
			"go.opentelemetry.io/otel", "go.opentelemetry.io/otel/exporters/otlp/otlptrace", "go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc",
			"go.opentelemetry.io/otel/metric", "go.opentelemetry.io/otel/sdk", "go.opentelemetry.io/otel/trace", "go.opentelemetry.io/proto/otlp",
			"golang.org/x/tools", "google.golang.org/genproto/googleapis/api", "google.golang.org/genproto/googleapis/rpc", "google.golang.org/grpc",
		},
	} {
		theirs := versions(t, file)
		for _, module := range slices.Sorted(maps.Keys(theirs)) {
			if version, shared := ours[module]; shared && !slices.Contains(own, module) {
				assert.Equal(t, version, theirs[module], "%s in %s; run go get in the older module, or add it to this test", module, file)
			}
		}
	}
}

// versions returns the versions that a go.mod requires, by module.
func versions(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", file))
	require.NoError(t, err)
	found := map[string]string{}
	for _, match := range regexp.MustCompile(`(?m)^(?:\t|require )(\S+) (v\S+)`).FindAllStringSubmatch(string(text), -1) {
		found[match[1]] = match[2]
	}
	require.NotEmpty(t, found)
	return found
}
