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

// archived is one image of an archive: the name it asks for and the digest of its configuration, by which the runtime knows it.
type archived struct {
	name, digest string
}

// LoadImages gives the images of archives (as written by docker save or go-containerregistry) to the cluster.
// Archives whose images are there already, by name and digest, are skipped.
func LoadImages(ctx context.Context, home cluster.Home, archives []string, out *log.Logger) error {
	now, err := control{home}.status(ctx)
	if err != nil {
		return err
	}
	if !now.Ready {
		return fmt.Errorf("%w: %s; wait with: djangostack-local up", errNotReady, now.Phase)
	}
	// Inside the namespaces the path is short and always the same; the kernel shows it to us here.
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

// imageStatus is what is needed of the runtime's image service.
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
		l.out.Printf("%s is already there", names(images))
		return nil
	}
	l.out.Printf("loading %s", names(missing))
	started := time.Now()
	ctr := exec.CommandContext(ctx, "ctr", "--address", l.socket, "--namespace", "k8s.io", "images", "import", archive)
	if output, err := ctr.CombinedOutput(); err != nil {
		return fmt.Errorf("importing: %w: %s", err, bytes.TrimSpace(output))
	}
	// The part of containerd that the kubelet talks to learns of images a moment later.
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
	return fmt.Errorf("containerd imported the archive but does not offer %s", names(missing))
}

func (l loader) missing(ctx context.Context, images []archived) ([]archived, error) {
	var missing []archived
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

func imagesOf(archive string) ([]archived, error) {
	manifest, err := tarball.LoadManifest(func() (io.ReadCloser, error) { return os.Open(archive) })
	if err != nil {
		return nil, fmt.Errorf("reading the archive's manifest: %w", err)
	}
	var images []archived
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
			images = append(images, archived{name: text, digest: digest.String()})
		}
	}
	if len(images) == 0 {
		return nil, errors.New("the archive names no image; a pod could not ask for it")
	}
	return images, nil
}

func names(images []archived) string {
	var all []string
	for _, image := range images {
		all = append(all, image.name)
	}
	return strings.Join(all, ", ")
}
