package host

import (
	"bytes"
	"context"
	"log"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"
)

func TestImagesOfReadsNamesAndDigests(t *testing.T) {
	image, archive := archiveOf(t, "docker.io/library/postgres:17")
	digest, err := image.ConfigName()
	require.NoError(t, err)
	images, err := imagesOf(archive)
	require.NoError(t, err)
	assert.Equal(t, []archivedImage{{name: "docker.io/library/postgres:17", digest: digest.String()}}, images)

	junk := filepath.Join(t.TempDir(), "junk.tar")
	require.NoError(t, os.WriteFile(junk, []byte("junk"), 0o600))
	_, err = imagesOf(junk)
	assert.ErrorContains(t, err, "manifest")
}

func TestLoadedImageIsSkipped(t *testing.T) {
	image, archive := archiveOf(t, "djangostack.local/blog:orange")
	digest, err := image.ConfigName()
	require.NoError(t, err)
	var out bytes.Buffer
	l := loader{images: known{"djangostack.local/blog:orange": digest.String()}, socket: "/nowhere", out: log.New(&out, "", 0)}
	require.NoError(t, l.load(context.Background(), archive))
	assert.Contains(t, out.String(), "already loaded")

	// An image with the same name but other content is missing.
	_, other := archiveOf(t, "djangostack.local/blog:orange")
	images, err := imagesOf(other)
	require.NoError(t, err)
	missing, err := l.missing(context.Background(), images)
	require.NoError(t, err)
	assert.Equal(t, images, missing)
}

func archiveOf(t *testing.T, text string) (v1.Image, string) {
	t.Helper()
	image, err := random.Image(64, 1)
	require.NoError(t, err)
	tag, err := name.NewTag(text)
	require.NoError(t, err)
	archive := filepath.Join(t.TempDir(), "image.tar")
	require.NoError(t, tarball.WriteToFile(archive, tag, image))
	return image, archive
}

// known is a fake runtime. It maps the names of its images to their digests.
type known map[string]string

func (k known) ImageStatus(_ context.Context, in *runtime.ImageStatusRequest, _ ...grpc.CallOption) (*runtime.ImageStatusResponse, error) {
	digest, found := k[in.Image.Image]
	if !found {
		return &runtime.ImageStatusResponse{}, nil
	}
	return &runtime.ImageStatusResponse{Image: &runtime.Image{Id: digest}}, nil
}
