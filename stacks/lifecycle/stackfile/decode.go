package stackfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"go.yaml.in/yaml/v3"

	"github.com/djangostack/djangostack/stacks/spec"
)

// MaxBytes is the size of the largest file that is read. It is what an environment may have as
// JSON, which is far more than one needs.
const MaxBytes = spec.MaxBytes

// readBounded reads a regular file of at most limit bytes. A device or a pipe, which may never
// end, is refused.
func readBounded(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s may have at most %d bytes, has %d", path, limit, info.Size())
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, limit))
}

// ReadProcfile reads a Procfile: a regular file of at most 64 KiB.
func ReadProcfile(path string) ([]byte, error) {
	const limit = 64 << 10
	return readBounded(path, limit)
}

// decodeYAML decodes the one document of a file. Errors quote no value of it, because any may
// be a secret.
func decodeYAML(raw []byte) (map[string]any, error) {
	if len(raw) > MaxBytes {
		return nil, fmt.Errorf("the file may have at most %d bytes, has %d", MaxBytes, len(raw))
	}
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	var value any
	if err := decoder.Decode(&value); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file is not YAML: %s", withoutValues(err))
	}
	root, isMap := value.(map[string]any)
	if value != nil && !isMap {
		return nil, errors.New("the file is not a YAML object: write config: and below it the environment")
	}
	if root == nil {
		root = map[string]any{}
	}
	var next any
	err := decoder.Decode(&next)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the file is not YAML: %s", withoutValues(err))
	}
	if err == nil && next != nil {
		return nil, errors.New("the file has a second YAML document, which Pulumi would ignore: remove the line --- and what follows, or move it into the first document")
	}
	return root, nil
}

var quotedValue = regexp.MustCompile("`[^`]*`|\"[^\"]*\"|'[^']*'")

// withoutValues returns the message of a YAML error without the values that it quotes.
func withoutValues(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.Contains(text, "unknown anchor") {
		return "a value that begins with * names an anchor that does not exist; write the value in quotes if it is no name of an anchor"
	}
	if strings.Contains(text, "excessive aliasing") {
		return "it repeats its anchors too often"
	}
	return quotedValue.ReplaceAllString(text, "[a value]")
}

// fileKeys are the keys of a stack's file
// (https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/).
func fileKeys() []string {
	return []string{"config", "secretsprovider", "encryptedkey", "encryptionsalt", "environment"}
}

// checkKeys refuses keys that nothing would read: those that a stack's file does not have, and
// those of this project's configuration other than the environment.
func (f *File) checkKeys(config map[string]any) error {
	var problems []error
	for _, key := range sortedKeys(f.root) {
		if slices.Contains(fileKeys(), key) {
			continue
		}
		problems = append(problems, unknownKey(key, "", fileKeys()))
	}
	qualified := f.project + ":" + EnvironmentKey
	for _, key := range sortedKeys(config) {
		project, name, isQualified := strings.Cut(key, ":")
		if key == qualified || key == EnvironmentKey {
			continue
		}
		own := !isQualified || project == f.project
		meant := near(name, EnvironmentKey) && near(project, f.project)
		if own || meant {
			problems = append(problems, unknownKey(key, "config.", []string{qualified}))
		}
	}
	return errors.Join(problems...)
}

func unknownKey(key, prefix string, known []string) error {
	for _, candidate := range known {
		if near(key, candidate) || near(key, EnvironmentKey) && len(known) == 1 {
			return fmt.Errorf("%s%s: unknown key; did you mean %s?", prefix, printable(key), candidate)
		}
	}
	return fmt.Errorf("%s%s: unknown key, which nothing reads; allowed here: %s", prefix, printable(key), strings.Join(known, ", "))
}

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_.:/-]{1,100}$`)

// printable returns a key for a message, unless it may be a value.
func printable(key string) string {
	if plainKey.MatchString(key) && !strings.Contains(key, "://") {
		return key
	}
	return "[a key]"
}

// near reports whether a name is a misspelling of another one.
func near(name, known string) bool {
	const typos = 3
	return levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(known)) <= typos
}

func sortedKeys(object map[string]any) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
