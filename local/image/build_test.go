package image

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBuildRebuildsOnlyChangedImages(t *testing.T) {
	b := builderWithBase(t)

	first, err := b.Build(context.Background())
	require.NoError(t, err)
	again, err := b.Build(context.Background())
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(b.App, "manage.py"), []byte("changed"), 0o644))
	changed, err := b.Build(context.Background())
	require.NoError(t, err)

	assert.Equal(t, map[string]bool{"blog-orange": true, "blog-maroon": true, "postgres": true, "redis": true, "memcached": true, "pgbouncer": true, "nginx": true}, fresh(first))
	assert.Equal(t, map[string]bool{"blog-orange": false, "blog-maroon": false, "postgres": false, "redis": false, "memcached": false, "pgbouncer": false, "nginx": false}, fresh(again))
	assert.Equal(t, map[string]bool{"blog-orange": true, "blog-maroon": true, "postgres": false, "redis": false, "memcached": false, "pgbouncer": false, "nginx": false}, fresh(changed))
}

func TestImageWithSeparateBaseIsBuiltOnlyByName(t *testing.T) {
	b := builderWithBase(t)
	own := b.baseFile(graphite().packages)
	storeBase(t, own)

	all, err := b.Build(context.Background())
	require.NoError(t, err)
	assert.NotContains(t, fresh(all), "graphite")
	named, err := b.Build(context.Background(), "graphite")
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"graphite": true}, fresh(named))

	storeBase(t, filepath.Join(b.cache(), "base-0123456789abcdef.tar.gz"))
	b.removeOld()
	assert.FileExists(t, own)
	assert.FileExists(t, b.baseFile(packages()))
	assert.NoFileExists(t, filepath.Join(b.cache(), "base-0123456789abcdef.tar.gz"))
}

func TestMissingArchiveIsRebuilt(t *testing.T) {
	b := builderWithBase(t)
	built, err := b.Build(context.Background(), "redis")
	require.NoError(t, err)
	require.NoError(t, os.Remove(built[0].File))

	again, err := b.Build(context.Background(), "redis")

	require.NoError(t, err)
	assert.True(t, again[0].Fresh)
	assert.FileExists(t, again[0].File)
}

func TestArchivesAreValidImagesWithOneSharedBase(t *testing.T) {
	b := builderWithBase(t)

	archives, err := b.Build(context.Background())

	require.NoError(t, err)
	bases := map[string]bool{}
	for _, archive := range archives {
		image, err := tarball.ImageFromPath(archive.File, nil)
		require.NoError(t, err)
		require.NoError(t, validate.Image(image), archive.Tag)
		layers, err := image.Layers()
		require.NoError(t, err)
		base, err := layers[0].Digest()
		require.NoError(t, err)
		bases[base.String()] = true
	}
	assert.Len(t, bases, 1)
}

func TestBuildIsReproducible(t *testing.T) {
	one, two := builderWithBase(t), builderWithBase(t)
	first, err := one.Build(context.Background())
	require.NoError(t, err)
	second, err := two.Build(context.Background())
	require.NoError(t, err)

	for i := range first {
		a, err := os.ReadFile(first[i].File)
		require.NoError(t, err)
		b, err := os.ReadFile(second[i].File)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(a, b), first[i].Tag)
	}
}

func TestUnknownImageErrorListsKnownImages(t *testing.T) {
	_, err := builderWithBase(t).Build(context.Background(), "mysql")

	assert.EqualError(t, err, `unknown image "mysql"; known images are blog-orange, blog-maroon, postgres, redis, memcached, pgbouncer, nginx, graphite, mailman, debusine, rabbitmq, readers, bind, prometheus`)
}

func TestTruncatedBaseIsIgnored(t *testing.T) {
	file := filepath.Join(t.TempDir(), "base.tar.gz")
	storeBase(t, file)
	_, found := openLayer(file)
	require.True(t, found)

	require.NoError(t, os.Truncate(file, 10))
	_, found = openLayer(file)

	assert.False(t, found)
}

func TestInterruptedBuildLeavesNoBase(t *testing.T) {
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("set DJANGOSTACK_E2E=1 to run mmdebstrap (root, Debian's mirror)")
	}
	b := &Builder{Out: t.TempDir(), App: appOnDisk(t)}
	ctx, cancel := context.WithCancel(context.Background())
	b.Progress = func(line string) {
		if strings.Contains(line, "apt-get update") {
			cancel()
		}
	}

	_, err := b.Build(ctx, "redis")

	require.ErrorIs(t, err, context.Canceled)
	left, err := os.ReadDir(b.cache())
	require.NoError(t, err)
	require.Len(t, left, 1)
	assert.Equal(t, "lock", left[0].Name())
}

func TestBaseExcludesUnusedFiles(t *testing.T) {
	skip := excludedFromBase()

	for _, name := range []string{
		"usr/share/doc/redis/README", "usr/lib/x86_64-linux-gnu/libLLVM.so.19.1", "var/log/dpkg.log", "dev/null",
		"etc/apt/sources.list", "etc/ssl/private/ssl-cert-snakeoil.key", "etc/ssl/certs/ssl-cert-snakeoil.pem",
	} {
		assert.True(t, skip.MatchString(name), name)
	}
	for _, name := range []string{
		"usr/bin/python3", "dev", "var/log", "usr/share/zoneinfo/UTC", "usr/lib/postgresql/17/lib/dict_snowball.so",
		"usr/share/postgresql/17/postgresql.conf.sample", "etc/ssl/openssl.cnf", "etc/ssl/certs/ca-certificates.crt",
	} {
		assert.False(t, skip.MatchString(name), name)
	}
}

func TestBaseHasNoLinkToTheCertificateOfTheMachine(t *testing.T) {
	var root, packed bytes.Buffer
	w := tar.NewWriter(&root)
	for name, to := range map[string]string{"etc/ssl/certs/8f1a3b2c.0": "ssl-cert-snakeoil.pem", "etc/ssl/certs/5ed36f99.0": "GlobalSign.pem"} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeSymlink, Linkname: to, ModTime: buildTime()}))
	}
	require.NoError(t, w.Close())

	require.NoError(t, packBase(&root, &packed))

	r := tar.NewReader(&packed)
	kept, err := r.Next()
	require.NoError(t, err)
	assert.Equal(t, "etc/ssl/certs/5ed36f99.0", kept.Name)
	_, err = r.Next()
	assert.ErrorIs(t, err, io.EOF)
}

// builderWithBase returns a builder with a tiny base in its cache, so that it downloads nothing.
func builderWithBase(t *testing.T) *Builder {
	t.Helper()
	b := &Builder{Out: t.TempDir(), App: appOnDisk(t)}
	require.NoError(t, os.MkdirAll(b.cache(), 0o755))
	storeBase(t, b.baseFile(packages()))
	return b
}

func storeBase(t *testing.T, file string) {
	t.Helper()
	layer, err := newLayerFile(file)
	require.NoError(t, err)
	defer layer.discard()
	require.NoError(t, packBase(rootTar(t), layer))
	_, err = layer.finish()
	require.NoError(t, err)
}

func rootTar(t *testing.T) *bytes.Buffer {
	t.Helper()
	var root bytes.Buffer
	w := tar.NewWriter(&root)
	for _, name := range []string{"./etc/hosts", "./usr/share/doc/x"} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: 1, ModTime: buildTime()}))
		_, err := w.Write([]byte("x"))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return &root
}

func fresh(archives []Archive) map[string]bool {
	built := map[string]bool{}
	for _, archive := range archives {
		built[archive.Name] = archive.Fresh
	}
	return built
}
