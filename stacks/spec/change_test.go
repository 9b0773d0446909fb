package spec_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks/spec"
)

// searching has a search engine in the cluster.
const searching = minimal + `
search: {kind: in-cluster}
`

// sharing has a volume for static files, and beating one for beat's schedule.
const (
	sharing = minimal + `
static: {store: volume, accessMode: ReadWriteOnce}
`
	beating = minimal + `
broker: {kind: in-cluster}
beat: {enabled: true, scheduleStore: volume}
`
)

func TestWhatARunningEnvironmentCannotBecomeIsRefused(t *testing.T) {
	for name, row := range map[string]struct {
		base, path  string
		before, now any
		want        string
	}{
		"smaller volume":       {minimal, "database.volume.size", "2Gi", "1Gi", `database.volume.size: "1Gi": may not be below 2Gi, which the disk has`},
		"smaller than default": {minimal, "database.volume.size", nil, "512Mi", `database.volume.size: "512Mi": may not be below 1Gi`},
		"default is smaller":   {minimal, "database.volume.size", "2Gi", nil, `database.volume.size: "1Gi": may not be below 2Gi`},
		"other unit":           {minimal, "database.volume.size", "1Gi", "1024Mi", ""},
		"larger volume":        {minimal, "database.volume.size", "1Gi", "2Gi", ""},
		"broker's volume":      {production, "broker.volume.size", "3Gi", "1Gi", `broker.volume.size: "1Gi": may not be below 3Gi`},
		"static files":         {sharing, "static.volume.size", "2Gi", "1Gi", `static.volume.size: "1Gi": may not be below 2Gi`},
		"beat's schedule":      {beating, "beat.scheduleSize", "200Mi", "100Mi", `beat.scheduleSize: "100Mi": may not be below 200Mi`},
		"older broker":         {production, "broker.image", "docker.io/library/redis:8.2", "docker.io/library/redis:7.4-alpine", `broker.image: "docker.io/library/redis:7.4-alpine": may not be older than 8`},
		"broker by digest":     {production, "broker.image", "docker.io/library/redis:8", "docker.io/library/redis@sha256:" + strings.Repeat("a", 64), ""},
		"newer broker":         {production, "broker.image", "docker.io/library/redis:7", "docker.io/library/redis:8", ""},
		"index's volume":       {searching, "search.volume.size", "20Gi", "15Gi", `search.volume.size: "15Gi": may not be below 20Gi`},
		"older search engine":  {searching, "search.image", "docker.io/opensearchproject/opensearch:3", "docker.io/opensearchproject/opensearch:2", `search.image: "docker.io/opensearchproject/opensearch:2": may not be older than 3, which has written the files of the index`},
		"newer search engine":  {searching, "search.image", "docker.io/opensearchproject/opensearch:2", "docker.io/opensearchproject/opensearch:3", ""},
		"cache has no files":   {production, "cache.image", "docker.io/library/redis:8", "docker.io/library/redis:7", ""},
		"managed disk":         {onAWS, "database.managed.storage", "100Gi", "50Gi", `database.managed.storage: "50Gi": may not be below 100Gi`},
		"disk on Google Cloud": {onGCP, "database.managed.storage", "100Gi", "50Gi", ""},
		"older PostgreSQL":     {onGCP, "database.managed.version", "17", "16", `database.managed.version: "16": may not be below 17`},
		"newer PostgreSQL":     {onAWS, "database.managed.version", "16", "17", ""},
		"older cluster":        {onAWS, "cluster.version", "1.35", "1.34", `cluster.version: "1.34": may not be below 1.35`},
		"out of Auto Mode":     {onAWS, "cluster.mode", nil, "nodes", `cluster.mode: "nodes": must stay auto: a running cluster does not leave EKS Auto Mode`},
		"into Auto Mode":       {onAWS, "cluster.mode", "nodes", "auto", ""},
		"GKE is replaced":      {onGCP, "cluster.mode", "auto", "nodes", ""},
		"tenth before ninth":   {onAWS, "cluster.version", "1.9", "1.35", ""},
	} {
		t.Run(name, func(t *testing.T) {
			problems := spec.CheckChange(stated(t, row.base, row.path, row.before), stated(t, row.base, row.path, row.now), "dev")
			if row.want == "" {
				assert.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			assert.Contains(t, problems.Error(), row.want)
		})
	}
}

func TestAnotherDiskMayHaveAnySize(t *testing.T) {
	before, now := stated(t, minimal, "database.volume.size", "2Gi"), stated(t, minimal, "database.volume.size", "1Gi")
	put(now, "namespace.name", "elsewhere")
	assert.Empty(t, spec.CheckChange(before, now, "dev"), "in another namespace")
	now = stated(t, minimal, "database.volume.size", "1Gi")
	put(now, "database.image", "docker.io/library/postgres:18")
	assert.Empty(t, spec.CheckChange(before, now, "dev"), "of another major version")
	assert.Empty(t, spec.CheckChange(nil, now, "dev"), "a record of an earlier release is missing")
	assert.Empty(t, spec.CheckChange(map[string]any{"tier": 7}, now, "dev"))
}

func TestAVolumeOfAnotherClusterMayHaveAnySize(t *testing.T) {
	volumes := func(size string) []any { return []any{map[string]any{"name": "media", "size": size}} }
	for base, region := range map[string]string{onAWS: "aws.region", onGCP: "gcp.region"} {
		before, now := stated(t, base, "volumes", volumes("2Gi")), stated(t, base, "volumes", volumes("1Gi"))
		require.Len(t, spec.CheckChange(before, now, "dev"), 1, "in the same cluster")
		put(now, region, "elsewhere1")
		assert.Empty(t, spec.CheckChange(before, now, "dev"), "in another region")
	}
}

// A word does not make a cloud do what it refuses: it stops in the middle of the update.
func TestAnAllowedLossAloneChangesNoServer(t *testing.T) {
	word := func(document map[string]any) map[string]any {
		put(document, "allowDataLoss", []any{"database", "cluster"})
		return document
	}
	for _, row := range []struct{ base, path, before, now string }{
		{onAWS, "database.managed.version", "17", "16"},
		{onGCP, "database.managed.version", "17", "16"},
		{onAWS, "database.managed.storage", "100Gi", "50Gi"},
		{onAWS, "cluster.version", "1.35", "1.34"},
	} {
		before, now := stated(t, row.base, row.path, row.before), word(stated(t, row.base, row.path, row.now))
		problems := spec.CheckChange(before, now, "dev")
		require.Len(t, problems, 1, row.path)
		assert.Contains(t, problems.Error(), row.path+`: "`+row.now+`": may not be below `+row.before)
		put(now, "app.name", "shop")
		assert.Empty(t, spec.CheckChange(before, now, "dev"), "another server may have any %s", row.path)
	}
	now := word(stated(t, onAWS, "database.managed.version", "16"))
	put(now, "database.user", "other")
	assert.Empty(t, spec.CheckChange(stated(t, onAWS, "database.managed.version", "17"), now, "dev"), "a server of another user is another one")
}

func stated(t *testing.T, base, at string, value any) map[string]any {
	t.Helper()
	var document map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(base), &document))
	if value != nil {
		put(document, at, value)
	}
	return document
}
