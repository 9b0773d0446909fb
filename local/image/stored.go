package image

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// storedLayer is a compressed layer in a file. A second file stores its digests, because computing them takes seconds.
type storedLayer struct {
	file     string
	metadata layerMetadata
}

type layerMetadata struct {
	Digest v1.Hash `json:"digest"`
	DiffID v1.Hash `json:"diffID"`
	Size   int64   `json:"size"` // bytes of the file
}

func (l *storedLayer) Digest() (v1.Hash, error)             { return l.metadata.Digest, nil }
func (l *storedLayer) DiffID() (v1.Hash, error)             { return l.metadata.DiffID, nil }
func (l *storedLayer) Size() (int64, error)                 { return l.metadata.Size, nil }
func (l *storedLayer) MediaType() (types.MediaType, error)  { return types.DockerLayer, nil }
func (l *storedLayer) Compressed() (io.ReadCloser, error)   { return os.Open(l.file) }
func (l *storedLayer) Uncompressed() (io.ReadCloser, error) { return openGzip(l.file) }

type gzipFile struct {
	*gzip.Reader
	file *os.File
}

func (u gzipFile) Close() error { return u.file.Close() }

func openGzip(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return gzipFile{r, f}, nil
}

// openLayer returns the layer that finish wrote to file. It returns false if the metadata is missing or does not match.
func openLayer(file string) (*storedLayer, bool) {
	text, err := os.ReadFile(metadataFile(file))
	if err != nil {
		return nil, false
	}
	var metadata layerMetadata
	if err := json.Unmarshal(text, &metadata); err != nil {
		return nil, false
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != metadata.Size {
		return nil, false
	}
	return &storedLayer{file, metadata}, true
}

func metadataFile(file string) string { return file + ".json" }

// layerFile compresses the tar bytes of a layer into a file and computes the digests at the same time.
type layerFile struct {
	final          string
	file           *os.File
	zip            *gzip.Writer
	diffID, digest hash.Hash
}

func newLayerFile(final string) (*layerFile, error) {
	f, err := os.Create(final + ".part")
	if err != nil {
		return nil, fmt.Errorf("creating a layer: %w", err)
	}
	digest := sha256.New()
	// The fastest level is enough: the layer is only read a few times, on this machine.
	zip, err := gzip.NewWriterLevel(io.MultiWriter(f, digest), gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("creating a layer: %w", err)
	}
	return &layerFile{final: final, file: f, zip: zip, diffID: sha256.New(), digest: digest}, nil
}

func (l *layerFile) Write(p []byte) (int, error) {
	l.diffID.Write(p) // never fails, by the contract of hash.Hash
	return l.zip.Write(p)
}

// discard removes the partial file. It does nothing after finish.
func (l *layerFile) discard() {
	// Both calls fail after finish, when there is nothing to remove.
	_ = l.file.Close()
	_ = os.Remove(l.file.Name())
}

// finish renames the layer to its final name and then writes the metadata, so that a layer with metadata is complete.
func (l *layerFile) finish() (*storedLayer, error) {
	if err := l.zip.Close(); err != nil {
		return nil, fmt.Errorf("compressing a layer: %w", err)
	}
	info, err := l.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("reading the size of a layer: %w", err)
	}
	if err := l.file.Close(); err != nil {
		return nil, fmt.Errorf("writing a layer: %w", err)
	}
	metadata := layerMetadata{Digest: sum(l.digest), DiffID: sum(l.diffID), Size: info.Size()}
	text, err := json.Marshal(metadata)
	if err != nil {
		return nil, fmt.Errorf("writing the digests of a layer: %w", err)
	}
	if err := os.Rename(l.file.Name(), l.final); err != nil {
		return nil, fmt.Errorf("renaming a layer: %w", err)
	}
	if err := os.WriteFile(metadataFile(l.final), text, 0o644); err != nil {
		return nil, fmt.Errorf("writing the digests of a layer: %w", err)
	}
	return &storedLayer{l.final, metadata}, nil
}

func sum(h hash.Hash) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(h.Sum(nil))}
}
