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

// storedLayer is a compressed layer in a file, with its digests noted beside it: computing them again takes seconds.
type storedLayer struct {
	file string
	note layerNote
}

type layerNote struct {
	Digest v1.Hash `json:"digest"`
	DiffID v1.Hash `json:"diffID"`
	Size   int64   `json:"size"` // bytes of the file
}

func (l *storedLayer) Digest() (v1.Hash, error)             { return l.note.Digest, nil }
func (l *storedLayer) DiffID() (v1.Hash, error)             { return l.note.DiffID, nil }
func (l *storedLayer) Size() (int64, error)                 { return l.note.Size, nil }
func (l *storedLayer) MediaType() (types.MediaType, error)  { return types.DockerLayer, nil }
func (l *storedLayer) Compressed() (io.ReadCloser, error)   { return os.Open(l.file) }
func (l *storedLayer) Uncompressed() (io.ReadCloser, error) { return unzipped(l.file) }

type unzippedFile struct {
	*gzip.Reader
	file *os.File
}

func (u unzippedFile) Close() error { return u.file.Close() }

func unzipped(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return unzippedFile{r, f}, nil
}

// openLayer gives the layer that finish left at file; there is none when the note beside it does not fit.
func openLayer(file string) (*storedLayer, bool) {
	text, err := os.ReadFile(noteOf(file))
	if err != nil {
		return nil, false
	}
	var note layerNote
	if err := json.Unmarshal(text, &note); err != nil {
		return nil, false
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != note.Size {
		return nil, false
	}
	return &storedLayer{file, note}, true
}

func noteOf(file string) string { return file + ".json" }

// layerFile takes a layer's tar bytes, compresses them into a file, and reckons its digests on the way.
type layerFile struct {
	final      string
	file       *os.File
	zip        *gzip.Writer
	diff, pack hash.Hash
}

func newLayerFile(final string) (*layerFile, error) {
	f, err := os.Create(final + ".part")
	if err != nil {
		return nil, fmt.Errorf("making a layer: %w", err)
	}
	pack := sha256.New()
	// The fastest level: the layer is read a few times on this machine, and never travels.
	zip, err := gzip.NewWriterLevel(io.MultiWriter(f, pack), gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("making a layer: %w", err)
	}
	return &layerFile{final: final, file: f, zip: zip, diff: sha256.New(), pack: pack}, nil
}

func (l *layerFile) Write(p []byte) (int, error) {
	l.diff.Write(p) // never fails, by the contract of hash.Hash
	return l.zip.Write(p)
}

// discard removes what finish has not put in place.
func (l *layerFile) discard() {
	// Both fail when finish has done its work, and then there is nothing to discard.
	_ = l.file.Close()
	_ = os.Remove(l.file.Name())
}

// finish puts the layer in place; its note comes last, so that a layer with a note is whole.
func (l *layerFile) finish() (*storedLayer, error) {
	if err := l.zip.Close(); err != nil {
		return nil, fmt.Errorf("compressing a layer: %w", err)
	}
	info, err := l.file.Stat()
	if err != nil {
		return nil, fmt.Errorf("measuring a layer: %w", err)
	}
	if err := l.file.Close(); err != nil {
		return nil, fmt.Errorf("writing a layer: %w", err)
	}
	note := layerNote{Digest: sum(l.pack), DiffID: sum(l.diff), Size: info.Size()}
	text, err := json.Marshal(note)
	if err != nil {
		return nil, fmt.Errorf("noting a layer's digests: %w", err)
	}
	if err := os.Rename(l.file.Name(), l.final); err != nil {
		return nil, fmt.Errorf("putting a layer in place: %w", err)
	}
	if err := os.WriteFile(noteOf(l.final), text, 0o644); err != nil {
		return nil, fmt.Errorf("noting a layer's digests: %w", err)
	}
	return &storedLayer{l.final, note}, nil
}

func sum(h hash.Hash) v1.Hash {
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(h.Sum(nil))}
}
