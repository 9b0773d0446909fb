package image

import (
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Program builds an image of one layer from a program that needs no other file, such as one of
// local/addons, or from a folder of such programs. The image and its archive have the name of the program
// or the folder. A folder's image runs no program by itself: the pod's command names one.
func (b *Builder) Program(path string) (Archive, error) {
	name := filepath.Base(path)
	archive := Archive{Name: name, Tag: "djangostack.local/" + name + ":addon", File: filepath.Join(b.Out, name+".tar"), Fresh: true}
	programs, err := programsAt(path)
	if err != nil {
		return archive, err
	}
	files := []file{folder("/tmp", programUser, 0o700)}
	in := "/"
	if programs[0] == path {
		in = "/usr/local/bin/"
	}
	for _, program := range programs {
		content, err := os.ReadFile(program)
		if err != nil {
			return archive, fmt.Errorf("reading the program: %w", err)
		}
		files = append(files, file{path: in + filepath.Base(program), mode: 0o755, data: content})
	}
	layer, err := layerOf(files)
	if err != nil {
		return archive, err
	}
	config := v1.Config{
		User: fmt.Sprintf("%d:%d", programUser, programUser),
		// Linked with glibc, its own resolver would need files that the image has not.
		Env:    []string{"GODEBUG=netdns=go"},
		Labels: map[string]string{"org.opencontainers.image.description": name + ", built from its Go module"},
	}
	if programs[0] == path {
		config.Entrypoint = []string{in + name}
	}
	image, err := assemble(config, layer)
	if err != nil {
		return archive, err
	}
	if err := os.MkdirAll(b.Out, 0o755); err != nil {
		return archive, fmt.Errorf("creating the image folder: %w", err)
	}
	return archive, write(archive.File, archive.Tag, image)
}

// programsAt lists the programs of a folder, or the one program that is there.
func programsAt(path string) ([]string, error) {
	if at, err := os.Stat(path); err != nil || !at.IsDir() {
		return []string{path}, nil
	}
	programs, err := filepath.Glob(filepath.Join(path, "*"))
	if err != nil || len(programs) == 0 {
		return nil, fmt.Errorf("the folder %s has no program", path)
	}
	return programs, nil
}

// programUser is the user of programs. It has no account.
const programUser = 65532
