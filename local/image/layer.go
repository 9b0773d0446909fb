package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"sort"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// file is one entry of a layer: a directory if folder is true, otherwise a regular file.
type file struct {
	path   string // absolute
	mode   fs.FileMode
	owner  int // uid and gid
	data   []byte
	folder bool
}

func folder(path string, owner int, mode fs.FileMode) file {
	return file{path: path, owner: owner, mode: mode, folder: true}
}

// buildTime is the date of every file and image, so that equal inputs give equal bytes. It is the release date of
// Debian 13.
func buildTime() time.Time {
	return time.Date(2025, time.August, 9, 0, 0, 0, 0, time.UTC)
}

// layerOf packs files into a layer. The bytes do not depend on the order of the files.
func layerOf(files []file) (v1.Layer, error) {
	sorted := append([]file(nil), files...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].path < sorted[j].path })

	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, f := range sorted {
		header := &tar.Header{
			Typeflag: tar.TypeReg,
			Name:     strings.TrimPrefix(f.path, "/"),
			Mode:     int64(f.mode.Perm()),
			Uid:      f.owner,
			Gid:      f.owner,
			Size:     int64(len(f.data)),
			ModTime:  buildTime(),
		}
		if f.folder {
			header.Typeflag, header.Name = tar.TypeDir, header.Name+"/"
		}
		if err := w.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.path, err)
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, fmt.Errorf("packing %s: %w", f.path, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("packing a layer: %w", err)
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(packed.Bytes())), nil
	})
}
