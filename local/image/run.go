package image

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

//go:embed run.sh
var runScript string

// Run describes a command to run once in an image.
type Run struct {
	// Command replaces the image's entry point and command. Empty means the image's.
	Command []string
	// Env adds variables to the image's environment, as NAME=value.
	Env []string
	// Writable lists folders that get an empty, writable file system. /tmp always has one.
	Writable       []string
	Stdout, Stderr io.Writer
}

// Run runs a command in an archive's image without a container engine: as the image's user, with a read-only root file
// system, and on this machine's network. If the command fails, the error wraps *exec.ExitError. Run needs root.
func (b *Builder) Run(ctx context.Context, archive Archive, run Run) error {
	if os.Geteuid() != 0 {
		return errors.New("running an image needs root: run this command as root or with sudo")
	}
	archived, err := tarball.ImageFromPath(archive.File, nil)
	if err != nil {
		return fmt.Errorf("opening %s: %w", archive.File, err)
	}
	described, err := archived.ConfigFile()
	if err != nil {
		return fmt.Errorf("reading the configuration of %s: %w", archive.Tag, err)
	}
	layers, err := archived.Layers()
	if err != nil {
		return fmt.Errorf("reading the layers of %s: %w", archive.Tag, err)
	}
	base, err := b.unpackedBase(ctx, layers[0])
	if err != nil {
		return fmt.Errorf("unpacking the base of %s: %w", archive.Tag, err)
	}
	work, err := os.MkdirTemp(b.cache(), workPrefix)
	if err != nil {
		return fmt.Errorf("creating a folder for %s: %w", archive.Tag, err)
	}
	defer b.remove(work)

	command := isolatedCommand(ctx, base, work, described.Config, run)
	upper, closeUpper, err := uncompressed(layers[1:])
	if err != nil {
		return fmt.Errorf("reading the layers of %s: %w", archive.Tag, err)
	}
	defer closeUpper()
	command.Stdin = upper
	b.logf("running in %s: %s", archive.Tag, strings.Join(run.Command, " "))
	if err := command.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("running %s: %w", archive.Tag, err)
	}
	return nil
}

func isolatedCommand(ctx context.Context, base, work string, config v1.Config, run Run) *exec.Cmd {
	words := run.Command
	if len(words) == 0 {
		words = append(append([]string(nil), config.Entrypoint...), config.Cmd...)
	}
	uid, _, _ := strings.Cut(config.User, ":")
	workdir := config.WorkingDir
	if workdir == "" {
		workdir = "/"
	}
	writable := strings.Join(append([]string{"/tmp"}, run.Writable...), ":")
	args := append([]string{base, work, uid, workdir, writable}, words...)
	command := isolated(ctx, runScript, args...)
	command.Env = append(append([]string(nil), config.Env...), run.Env...)
	command.Stdout, command.Stderr = run.Stdout, run.Stderr
	return command
}

// unpackedBase returns the folder with the files of the base layer. It unpacks the layer once for all images and runs.
func (b *Builder) unpackedBase(ctx context.Context, layer v1.Layer) (string, error) {
	id, err := layer.DiffID()
	if err != nil {
		return "", err
	}
	cache, err := filepath.Abs(b.cache())
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "base-"+id.Hex[:16])
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	unlock, err := b.lock()
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	b.logf("unpacking the base; only the first time")
	part := folder + ".part"
	if err := os.RemoveAll(part); err != nil {
		return "", err
	}
	if err := os.Mkdir(part, 0o755); err != nil {
		return "", err
	}
	files, err := layer.Uncompressed()
	if err != nil {
		return "", err
	}
	defer files.Close()
	// tar preserves links, owners and modes.
	command := exec.CommandContext(ctx, "tar", "--extract", "--numeric-owner", "--directory", part)
	command.Stdin = files
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("tar: %w\n%s", err, lastLines(string(output), 5))
	}
	return folder, os.Rename(part, folder)
}

func uncompressed(layers []v1.Layer) (io.Reader, func(), error) {
	var readers []io.Reader
	var open []io.Closer
	closeAll := func() {
		for _, c := range open {
			c.Close()
		}
	}
	for _, layer := range layers {
		r, err := layer.Uncompressed()
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		readers, open = append(readers, r), append(open, r)
	}
	return io.MultiReader(readers...), closeAll, nil
}
