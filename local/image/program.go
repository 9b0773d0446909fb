package image

import (
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Program builds an image of one layer from a program that needs no other file, such as one of
// local/addons. The image and its archive have the program's name.
func (b *Builder) Program(program string) (Archive, error) {
	name := filepath.Base(program)
	archive := Archive{Name: name, Tag: "djangostack.local/" + name + ":addon", File: filepath.Join(b.Out, name+".tar"), Fresh: true}
	content, err := os.ReadFile(program)
	if err != nil {
		return archive, fmt.Errorf("reading the program: %w", err)
	}
	layer, err := layerOf([]file{folder("/tmp", programUser, 0o700), {path: "/" + name, mode: 0o755, data: content}})
	if err != nil {
		return archive, err
	}
	image, err := assemble(v1.Config{
		User:       fmt.Sprintf("%d:%d", programUser, programUser),
		Entrypoint: []string{"/" + name},
		// Linked with glibc, its own resolver would need files that the image has not.
		Env:    []string{"GODEBUG=netdns=go"},
		Labels: map[string]string{"org.opencontainers.image.description": name + ", built from its Go module"},
	}, layer)
	if err != nil {
		return archive, err
	}
	if err := os.MkdirAll(b.Out, 0o755); err != nil {
		return archive, fmt.Errorf("creating the image folder: %w", err)
	}
	return archive, write(archive.File, archive.Tag, image)
}

// programUser is the user of programs. It has no account.
const programUser = 65532
