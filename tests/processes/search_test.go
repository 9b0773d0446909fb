package processes_test

import (
	"testing"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

// searching returns an environment with a search engine.
func searching(t *testing.T) environments.Environment {
	t.Helper()
	return environments.Small(spec.NoCloud).Set(t, "search.kind=in-cluster")
}

func searchChanges() []change {
	return append(rows(0, "Search", "search.kind=in-cluster"), rows(7, "Search",
		"search.kind=none",
		"search.image=registry.example.com/opensearch:3",
		"search.memory=4Gi",
		"search.cpu=200m",
		"search.tls=required",
		"search.volume.size=20Gi",
		"search.volume.storageClassName=fast",
	)...)
}
