package node

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/djangostack/djangostack/local/cluster"
)

// PauseProgram is the path of the pause image's program, relative to the home directory. The daemon copies it there.
const PauseProgram = "pause"

// importPause builds the pause image and imports it into containerd.
func importPause(ctx context.Context) error {
	image, err := pauseImage(home.Path(PauseProgram))
	if err != nil {
		return err
	}
	tag, err := name.NewTag(cluster.PauseImage)
	if err != nil {
		return fmt.Errorf("naming the pause image: %w", err)
	}
	archive := home.Path("pause.tar")
	if err := tarball.WriteToFile(archive, tag, image); err != nil {
		return fmt.Errorf("writing the pause image: %w", err)
	}
	ctr := exec.CommandContext(ctx, "ctr", "--address", cluster.RuntimeSocket, "--namespace", "k8s.io", "images", "import", archive)
	if output, err := ctr.CombinedOutput(); err != nil {
		return fmt.Errorf("importing the pause image: %w: %s", err, bytes.TrimSpace(output))
	}
	return nil
}

func pauseImage(program string) (v1.Image, error) {
	content, err := os.ReadFile(program)
	if err != nil {
		return nil, fmt.Errorf("reading the pause program: %w", err)
	}
	var layer bytes.Buffer
	archive := tar.NewWriter(&layer)
	if err := archive.WriteHeader(&tar.Header{Name: "pause", Mode: 0o755, Size: int64(len(content))}); err != nil {
		return nil, fmt.Errorf("packing the pause program: %w", err)
	}
	if _, err := archive.Write(content); err != nil {
		return nil, fmt.Errorf("packing the pause program: %w", err)
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("packing the pause program: %w", err)
	}
	packed, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(layer.Bytes())), nil })
	if err != nil {
		return nil, fmt.Errorf("packing the pause program: %w", err)
	}
	image, err := mutate.AppendLayers(empty.Image, packed)
	if err != nil {
		return nil, fmt.Errorf("building the pause image: %w", err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("building the pause image: %w", err)
	}
	file = file.DeepCopy()
	file.OS, file.Architecture = "linux", runtime.GOARCH
	file.Config.Entrypoint = []string{"/pause"}
	file.Config.User = "65535:65535"
	return mutate.ConfigFile(image, file)
}
