package spec_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks/spec"
)

// What checking one configuration may cost, whatever is in it.
const (
	mostTime  = 30 * time.Second
	mostBytes = 200 << 20
)

// FuzzParse feeds arbitrary JSON to the decoder and the checks: they must not panic, must
// answer within bounds, and must report mistakes as Problems.
func FuzzParse(f *testing.F) {
	for _, text := range []string{minimal, production, onAWS, onGCP} {
		raw, err := yaml.YAMLToJSON([]byte(text))
		require.NoError(f, err)
		f.Add(raw)
	}
	for _, file := range stackFiles(f) {
		f.Add(file)
	}
	// The schema itself has every word that a configuration can have.
	f.Add(spec.Schema())
	f.Fuzz(func(t *testing.T, raw []byte) {
		bounded(t, func() {
			_, err := spec.Check(spec.Input{JSON: raw, Stack: "dev"})
			var problems spec.Problems
			if err != nil && !errors.As(err, &problems) {
				t.Fatalf("the error is %T and not Problems: %v", err, err)
			}
		})
	})
}

// FuzzParseField puts arbitrary JSON at one field of a good configuration, which reaches the
// checks behind the schema more often than arbitrary text does.
func FuzzParseField(f *testing.F) {
	for _, text := range []string{`""`, `"a"`, `0`, `-1`, `true`, `null`, `[]`, `{}`, `["x"]`, `{"a": 1}`, `"1Gi"`, `1e400`} {
		f.Add(uint16(len(text)), text)
	}
	bases := map[int]string{0: minimal, 1: production, 2: onAWS, 3: onGCP}
	f.Fuzz(func(t *testing.T, where uint16, text string) {
		var value any
		if json.Unmarshal([]byte(text), &value) != nil {
			return
		}
		paths := fields()
		path := paths[int(where)%len(paths)]
		var document map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(bases[int(where)%len(bases)]), &document))
		put(document, path, value)
		raw, err := json.Marshal(document)
		require.NoError(t, err)
		bounded(t, func() {
			_, err := spec.Check(spec.Input{JSON: raw, Stack: "dev"})
			var problems spec.Problems
			if err != nil && !errors.As(err, &problems) {
				t.Fatalf("the error is %T and not Problems: %v", err, err)
			}
		})
	})
}

// bounded fails if a function takes too long, or allocates too much in all, which is more than it holds at any moment.
func bounded(t *testing.T, do func()) {
	t.Helper()
	before, start := allocated(), time.Now()
	do()
	took, bytes := time.Since(start), allocated()-before
	if took > mostTime {
		t.Fatalf("took %s", took)
	}
	if bytes > mostBytes {
		t.Fatalf("allocated %d MiB in %s", bytes>>20, took)
	}
}

// allocated returns the bytes that this process has allocated so far.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// stackFiles are the environments of all stack files of the project as JSON.
func stackFiles(tb testing.TB) [][]byte {
	tb.Helper()
	var out [][]byte
	for _, pattern := range []string{"../../Pulumi.*.yaml", "../../tests/*/testdata/Pulumi.*.yaml"} {
		files, err := filepath.Glob(filepath.FromSlash(pattern))
		require.NoError(tb, err)
		for _, path := range files {
			text, err := os.ReadFile(path)
			require.NoError(tb, err)
			var file struct {
				Config map[string]any `json:"config"`
			}
			require.NoError(tb, yaml.Unmarshal(text, &file))
			raw, err := json.Marshal(file.Config["djangostack:environment"])
			require.NoError(tb, err)
			out = append(out, raw)
		}
	}
	return out
}
