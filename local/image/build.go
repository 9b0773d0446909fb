package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const workPrefix = "work-"

// Builder builds image archives into a folder.
type Builder struct {
	// Out is the folder of the archives. Its subfolder cache holds files that later builds reuse.
	Out string
	// App is the folder of the sample blog.
	App string
	// Progress receives one line for each step, without a newline.
	Progress func(line string)

	started time.Time
}

// Archive is an image in a file that `docker load`, `ctr images import` and `kind load image-archive` read.
type Archive struct {
	Name string // as in Names
	Tag  string // with registry, as a pod names it
	File string
	// Fresh is true when this call built the archive and false when the archive was current.
	Fresh bool
}

// Build builds the named images, or all of them, and skips archives that are current.
// When ctx is cancelled, it returns the error of ctx and leaves no incomplete archive.
func (b *Builder) Build(ctx context.Context, names ...string) ([]Archive, error) {
	b.started = time.Now()
	chosen, err := selectRecipes(names)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.cache(), 0o755); err != nil {
		return nil, fmt.Errorf("creating the image folder: %w", err)
	}
	unlock, err := b.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()

	var archives []Archive
	for _, r := range chosen {
		archive, err := b.build(ctx, r)
		if err != nil {
			return nil, fmt.Errorf("building image %s: %w", r.tag, err)
		}
		archives = append(archives, archive)
	}
	return archives, nil
}

func (b *Builder) build(ctx context.Context, r recipe) (Archive, error) {
	archive := Archive{Name: r.name, Tag: r.tag, File: filepath.Join(b.Out, r.name+".tar")}
	files, err := r.files(b.App)
	if err != nil {
		return archive, err
	}
	own, err := layerOf(files)
	if err != nil {
		return archive, err
	}
	key, err := imageKey(r, own)
	if err != nil {
		return archive, err
	}
	keyFile := filepath.Join(b.cache(), r.name+".key")
	if isCurrent(archive.File, keyFile, key) {
		return archive, nil
	}
	base, err := b.base(ctx, r.debian())
	if err != nil {
		return archive, err
	}
	b.logf("packing %s", r.tag)
	image, err := assemble(r.config, base, own)
	if err != nil {
		return archive, err
	}
	if err := write(archive.File, r.tag, image); err != nil {
		return archive, err
	}
	archive.Fresh = true
	return archive, os.WriteFile(keyFile, []byte(key), 0o644)
}

// base returns the base layer with the packages and builds it if the cache does not have it.
func (b *Builder) base(ctx context.Context, packages []string) (*storedLayer, error) {
	file := b.baseFile(packages)
	if layer, found := openLayer(file); found {
		return layer, nil
	}
	b.removeOld()
	b.logf("building the base from Debian 13 (%s) packages; this takes about a minute, only the first time", suite)
	layer, err := b.buildBase(ctx, file, packages)
	if err != nil {
		return nil, err
	}
	b.logf("built the base: %d MB", layer.metadata.Size>>20)
	return layer, nil
}

// removeOld removes bases that no recipe uses any longer, and working folders of builds that were killed.
func (b *Builder) removeOld() {
	current := map[string]bool{b.baseFile(appPackages()): true}
	for _, r := range recipes() {
		current[b.baseFile(r.debian())] = true
	}
	for _, pattern := range []string{"base-*", workPrefix + "*"} {
		paths, _ := filepath.Glob(filepath.Join(b.cache(), pattern)) // fails only on a malformed pattern
		for _, path := range paths {
			if !current[strings.TrimSuffix(path, ".json")] {
				b.remove(path)
			}
		}
	}
}

func (b *Builder) remove(path string) {
	if err := os.RemoveAll(path); err != nil {
		b.logf("could not remove %s: %v", path, err)
	}
}

func assemble(config v1.Config, layers ...v1.Layer) (v1.Image, error) {
	image, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		return nil, fmt.Errorf("appending layers: %w", err)
	}
	described, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading the image configuration: %w", err)
	}
	described = described.DeepCopy()
	described.OS, described.Architecture = "linux", runtime.GOARCH
	described.Created = v1.Time{Time: buildTime()}
	described.Config = config
	return mutate.ConfigFile(image, described)
}

// write replaces the archive atomically, so a reader sees either the old or the new archive.
func write(file, tag string, image v1.Image) error {
	reference, err := name.NewTag(tag, name.StrictValidation)
	if err != nil {
		return fmt.Errorf("naming the image: %w", err)
	}
	part := file + ".part"
	if err := tarball.WriteToFile(part, reference, image); err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", part, err), os.Remove(part))
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("replacing %s: %w", file, err)
	}
	return nil
}

// imageKey hashes everything that an image depends on.
func imageKey(r recipe, own v1.Layer) (string, error) {
	config, err := json.Marshal(r.config)
	if err != nil {
		return "", fmt.Errorf("reading the configuration of %s: %w", r.name, err)
	}
	digest, err := own.DiffID()
	if err != nil {
		return "", fmt.Errorf("reading the layer of %s: %w", r.name, err)
	}
	return shortHash(baseKey(r.debian()), r.tag, string(config), digest.String()), nil
}

func isCurrent(archive, keyFile, key string) bool {
	built, err := os.ReadFile(keyFile)
	if err != nil || string(built) != key {
		return false
	}
	_, err = os.Stat(archive)
	return err == nil
}

func shortHash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

func (b *Builder) baseFile(packages []string) string {
	return filepath.Join(b.cache(), "base-"+baseKey(packages)+".tar.gz")
}

func (b *Builder) cache() string { return filepath.Join(b.Out, "cache") }

// lock makes a second build in the same folder wait. The kernel releases the lock when this process ends.
func (b *Builder) lock() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(b.cache(), "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking the image folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		b.logf("waiting for another build in %s", b.Out)
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			return nil, errors.Join(fmt.Errorf("locking the image folder: %w", err), f.Close())
		}
	}
	return func() { _ = f.Close() }, nil // an error cannot lose data: nothing was written
}

func (b *Builder) logf(format string, args ...any) {
	if b.Progress != nil {
		b.Progress(fmt.Sprintf("%5.1fs  ", time.Since(b.started).Seconds()) + fmt.Sprintf(format, args...))
	}
}
