package image

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

const firstRelease = "orange"

// appFiles reads the blog in dir and returns its files below /app. A release other than the first has a folder in dir
// with the files that differ. A missing folder is an error.
func appFiles(dir, release string) ([]file, error) {
	if _, err := os.Stat(filepath.Join(dir, "manage.py")); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no manage.py: run this at the root of the repository, or set --app DIR", dir)
	}
	app, err := readTree(dir)
	if err != nil {
		return nil, err
	}
	if release != firstRelease {
		changes, err := readTree(filepath.Join(dir, release))
		if err != nil {
			return nil, err
		}
		for name, data := range changes {
			app[name] = data
		}
	}
	return underApp(app), nil
}

// readTree reads the app's sources. It skips files that running or building the app creates.
func readTree(dir string) (map[string][]byte, error) {
	tree := map[string][]byte{}
	root := os.DirFS(dir)
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if excludedFromApp(name) {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		tree[name], err = fs.ReadFile(root, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the app in %s: %w", dir, err)
	}
	return tree, nil
}

func excludedFromApp(name string) bool {
	switch name {
	case "maroon", "static", "db.sqlite3", "Dockerfile", ".dockerignore", ".gitignore", "README.md":
		return true
	}
	return path.Base(name) == "__pycache__"
}

func underApp(tree map[string][]byte) []file {
	folders := map[string]bool{"/app": true}
	var files []file
	for name, data := range tree {
		full := path.Join("/app", name)
		files = append(files, file{path: full, mode: 0o644, data: data})
		for parent := path.Dir(full); parent != "/"; parent = path.Dir(parent) {
			folders[parent] = true
		}
	}
	for name := range folders {
		files = append(files, folder(name, 0, 0o755))
	}
	return files
}
