package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/stacks/spec"
)

func TestTheImageOfPostgresSaysWhichFilesItReads(t *testing.T) {
	for image, want := range map[string]string{
		"docker.io/library/postgres:17":                                                       "PostgreSQL 17",
		"docker.io/library/postgres:17.2-bookworm":                                            "PostgreSQL 17",
		"postgres:17@sha256:0000000000000000000000000000000000000000000000000000000000000000": "PostgreSQL 17",
		"docker.io/postgis/postgis:17-3.5":                                                    "PostgreSQL 17",
		"docker.io/library/postgres:18":                                                       "PostgreSQL 18",
		"docker.io/library/postgres:17-alpine":                                                "PostgreSQL 17 with musl",
		"docker.io/pgvector/pgvector:pg17":                                                    "PostgreSQL 17",
		"docker.io/timescale/timescaledb:2.17.2-pg17":                                         "PostgreSQL 17",
		"registry.example.com:5000/db/postgres:v16":                                           "PostgreSQL 16",
		"registry.example.com/postgres:ours":                                                  "PostgreSQL",
	} {
		e, err := parse(t, changed(t, minimal, "database", map[string]any{"image": image}))
		require.NoError(t, err, image)
		assert.Equal(t, want, e.Held(data.Database).Immutable["database.image"], image)
	}
}

func TestWhatContainsDataIsLostWithAllOfIt(t *testing.T) {
	e, err := parse(t, production)
	require.NoError(t, err)
	assert.Equal(t, []data.Part{data.Database, data.Backups, data.Broker}, e.HeldInNamespace().Parts)
	assert.True(t, e.HeldInNamespace().Protected)

	some, err := parse(t, changed(t, production, "allowDataLoss", []any{"database"}))
	require.NoError(t, err)
	assert.True(t, some.HeldInNamespace().Protected, "the broker is in it")
	all, err := parse(t, changed(t, production, "allowDataLoss", []any{"database", "backups", "broker"}))
	require.NoError(t, err)
	assert.False(t, all.HeldInNamespace().Protected)
}

// Backups in a bucket outlive the cluster. A bucket that exists already is not the stack's to lose.
func TestBackupsInABucketAreNotLostWithTheCluster(t *testing.T) {
	e, err := parse(t, changed(t, changed(t, onAWS, "tier", "production"), "database", object("kind", "in-cluster", "backups", object("store", "bucket"))))
	require.NoError(t, err)
	assert.True(t, e.Held(data.Backups).Protected)
	assert.Empty(t, e.Held(data.Backups).Immutable)
	assert.Contains(t, e.HeldByKey().Parts, data.Backups)
	for _, around := range []data.Held{e.HeldInNamespace(), e.HeldInCluster(), e.HeldInNetwork()} {
		assert.NotContains(t, around.Parts, data.Backups)
		assert.Contains(t, around.Parts, data.Database)
	}

	other, err := parse(t, changed(t, production, "database.backups", bucketOf("name", "company-backups")))
	require.NoError(t, err)
	assert.True(t, other.Held(data.Backups).None())
	assert.Equal(t, "us-east-1", other.Database.Backups.Bucket.Region)
	assert.ErrorContains(t, other.CheckSecrecy(nil), "database.backups.bucket.secretAccessKey")
}

func TestManagedDataIsNotLostWithTheNamespace(t *testing.T) {
	e, err := parse(t, onAWS)
	require.NoError(t, err)
	require.Equal(t, spec.Managed, e.Database.Kind)
	assert.NotContains(t, e.HeldInNamespace().Parts, data.Database)
	assert.Contains(t, e.HeldInNetwork().Parts, data.Database)
	assert.Contains(t, e.HeldByKey().Parts, data.Database)
	assert.NotContains(t, e.HeldInCluster().Parts, data.Database)
	assert.Contains(t, e.HeldInCluster().Parts, data.Cluster)
}

func TestAVolumeOnAWSDependsOnTheModeOfTheNodes(t *testing.T) {
	e, err := parse(t, changed(t, onAWS, "database", map[string]any{"kind": "in-cluster"}))
	require.NoError(t, err)
	assert.Contains(t, e.Held(data.Database).Immutable, "cluster.mode")
}

func TestEveryWordAllowsSomething(t *testing.T) {
	for _, part := range spec.DataParts() {
		for _, text := range []string{production, onAWS, onGCP} {
			e, err := parse(t, text)
			require.NoError(t, err)
			if e.Held(part).None() {
				_, err := parse(t, changed(t, text, "allowDataLoss", []any{string(part)}))
				assert.NoError(t, err, "%s may be what the configuration gives up", part)
				continue
			}
			assert.True(t, e.Held(part).Protected, part)
			assert.NotEmpty(t, e.Held(part).Loss)
			allowed, err := parse(t, changed(t, text, "allowDataLoss", []any{string(part)}))
			require.NoError(t, err)
			assert.False(t, allowed.Held(part).Protected, part)
		}
	}
}

func TestObjectsInASharedNamespaceAreNamedAfterTheStackToo(t *testing.T) {
	e, err := parse(t, minimal)
	require.NoError(t, err)
	assert.Equal(t, "blog", e.Instance())
	assert.Equal(t, "blog-web", e.WebServiceName())
	shared, err := parse(t, changed(t, minimal, "namespace", map[string]any{"source": "existing", "name": "shared"}))
	require.NoError(t, err)
	assert.Equal(t, "blog-dev", shared.Instance())
	assert.Contains(t, shared.AllowedHosts(), "blog-dev-web.shared.svc")
}

func TestTheStaticFilesOfEnvironmentsInOneZoneHaveTheirOwnHosts(t *testing.T) {
	bucket := map[string]any{"store": "bucket"}
	e, err := parse(t, changed(t, onAWS, "static", bucket))
	require.NoError(t, err)
	assert.Equal(t, "static."+e.Host(), e.StaticHost())
	bucket["host"] = "files.example.com"
	e, err = parse(t, changed(t, onAWS, "static", bucket))
	require.NoError(t, err)
	assert.Equal(t, "files.example.com", e.StaticHost())
	bucket["host"] = "files.elsewhere.com"
	_, err = parse(t, changed(t, onAWS, "static", bucket))
	assert.ErrorContains(t, err, `static.host: "files.elsewhere.com": must be a name in dns.zone`)
}
