package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	runtime "k8s.io/cri-api/pkg/apis/runtime/v1"

	"github.com/djangostack/djangostack/local/cluster"
)

// archivedImage is one image of an archive: its name, and the digest of its configuration, which is the runtime's image ID.
type archivedImage struct {
	name, digest string
}

// LoadImages imports image archives, as written by docker save or go-containerregistry, into the cluster. It skips an
// archive if the cluster has all its images with the same names and digests. It returns an error if the cluster is not
// ready.
func LoadImages(ctx context.Context, home cluster.Home, archives []string, out *log.Logger) error {
	now, err := control{home}.status(ctx)
	if err != nil {
		return err
	}
	if !now.Ready {
		return fmt.Errorf("%w: %s; wait with: djangostack-local up", errNotReady, now.Phase)
	}
	// The path through /proc is short enough for a socket, whatever the path of the state directory.
	socket := fmt.Sprintf("/proc/%d/root%s", now.NodePID, cluster.RuntimeSocket)
	conn, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("reaching containerd: %w", err)
	}
	defer func() { _ = conn.Close() }()
	loader := loader{images: runtime.NewImageServiceClient(conn), socket: socket, out: out}
	for _, archive := range archives {
		if err := loader.load(ctx, archive); err != nil {
			return fmt.Errorf("loading %s: %w", archive, err)
		}
	}
	return nil
}

// imageStatus is the part of the runtime's image service that loader uses.
type imageStatus interface {
	ImageStatus(ctx context.Context, in *runtime.ImageStatusRequest, opts ...grpc.CallOption) (*runtime.ImageStatusResponse, error)
}

type loader struct {
	images imageStatus
	socket string
	out    *log.Logger
}

func (l loader) load(ctx context.Context, archive string) error {
	images, err := imagesOf(archive)
	if err != nil {
		return err
	}
	missing, err := l.missing(ctx, images)
	if err != nil {
		return err
	}
	if len(missing) == 0 {
		l.out.Printf("%s is already loaded", names(images))
		return nil
	}
	l.out.Printf("loading %s", names(missing))
	started := time.Now()
	ctr := exec.CommandContext(ctx, "ctr", "--address", l.socket, "--namespace", "k8s.io", "images", "import", archive)
	if output, err := ctr.CombinedOutput(); err != nil {
		return fmt.Errorf("importing: %w: %s", err, bytes.TrimSpace(output))
	}
	// containerd's CRI plugin, which the kubelet uses, sees a new image a moment after the import.
	for time.Since(started) < time.Minute {
		missing, err = l.missing(ctx, images)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			l.out.Printf("loaded %s in %.1fs", names(images), time.Since(started).Seconds())
			return nil
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("containerd imported the archive but does not list %s", names(missing))
}

func (l loader) missing(ctx context.Context, images []archivedImage) ([]archivedImage, error) {
	var missing []archivedImage
	for _, image := range images {
		answer, err := l.images.ImageStatus(ctx, &runtime.ImageStatusRequest{Image: &runtime.ImageSpec{Image: image.name}})
		if err != nil {
			return nil, fmt.Errorf("asking containerd for %s: %w", image.name, err)
		}
		if answer.GetImage().GetId() != image.digest {
			missing = append(missing, image)
		}
	}
	return missing, nil
}

func imagesOf(archive string) ([]archivedImage, error) {
	manifest, err := tarball.LoadManifest(func() (io.ReadCloser, error) { return os.Open(archive) })
	if err != nil {
		return nil, fmt.Errorf("reading the archive's manifest: %w", err)
	}
	var images []archivedImage
	for _, entry := range manifest {
		for _, text := range entry.RepoTags {
			tag, err := name.NewTag(text)
			if err != nil {
				return nil, fmt.Errorf("reading an image name: %w", err)
			}
			image, err := tarball.ImageFromPath(archive, &tag)
			if err != nil {
				return nil, fmt.Errorf("reading the image %s: %w", text, err)
			}
			digest, err := image.ConfigName()
			if err != nil {
				return nil, fmt.Errorf("reading the image %s: %w", text, err)
			}
			images = append(images, archivedImage{name: text, digest: digest.String()})
		}
	}
	if len(images) == 0 {
		return nil, errors.New("the archive has no image with a name, and pods need a name")
	}
	return images, nil
}

func names(images []archivedImage) string {
	var all []string
	for _, image := range images {
		all = append(all, image.name)
	}
	return strings.Join(all, ", ")
}
