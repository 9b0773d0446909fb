package cli

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/stacks/spec/reference"
)

// initTemplate is the template of a stack's first file.
//
//go:embed init.yaml.tmpl
var initTemplate string

// initProject is the Pulumi.yaml that init writes.
//
//go:embed init.project.yaml
var initProject []byte

// initOptions are the answers to init's questions.
type initOptions struct {
	App, Image, Cloud, URL, Tier string
	// yes accepts the suggestions instead of asking.
	yes bool
}

func (a *app) initCommand() *cobra.Command {
	var options initOptions
	command := &cobra.Command{
		Use:   "init",
		Short: "Write a stack's first configuration file",
		Long: `Write a stack's first configuration file, Pulumi.<stack>.yaml, from four answers:
the app's name, its image, the cloud and the URL. A flag answers its question in
advance; --yes accepts the suggestions for the rest. init never overwrites a file.
It also writes a Pulumi.yaml if the project has none.`,
		Example: "  djangostack init\n" +
			"  djangostack init -s production --tier production --cloud aws --app blog --image registry.example.com/blog:1.0 --url https://blog.example.com",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.initialize(options) },
	}
	command.Flags().StringVar(&options.App, "app", "", "name of the app")
	command.Flags().StringVar(&options.Image, "image", "", "image of the app")
	command.Flags().StringVar(&options.Cloud, "cloud", "", "aws, gcp, or none for an existing cluster")
	command.Flags().StringVar(&options.URL, "url", "", "URL of the app, for example https://blog.example.com")
	command.Flags().StringVar(&options.Tier, "tier", "", "staging or production (default: production for a stack of that name, else staging)")
	command.Flags().BoolVar(&options.yes, "yes", false, "accept the suggestions instead of asking")
	return command
}

func (a *app) initialize(options initOptions) error {
	dir, project, err := a.projectForInit()
	if err != nil {
		return err
	}
	stack := a.initStack(&options)
	path := filepath.Join(dir, "Pulumi."+stack+".yaml")
	if _, err := os.Lstat(path); err == nil {
		return usage("%s exists already: edit it, or name another stack with -s", path)
	}
	if err := a.ask(&options, dir); err != nil {
		return err
	}
	text, err := firstFile(options, project)
	if err != nil {
		return err
	}
	if err := validFirstFile(text, project, stack); err != nil {
		return err
	}
	written, err := writeFirst(dir, path, text)
	if err != nil {
		return errors.Join(err, a.result(map[string][]string{"wrote": written}, "%s", wroteLines(written)))
	}
	found, err := a.validateFile(path)
	if err != nil {
		return err
	}
	lines := wroteLines(written)
	for _, each := range found {
		if each.FromInit {
			lines += fmt.Sprintf("  to replace: %s\n", each.Path)
		}
	}
	return a.result(initResult{Stack: stack, Wrote: written, ToReplace: found},
		"%s  next: complete %s, then run: %s rehearse -s %s\n", lines, path, a.flags.program(), stack)
}

// initResult is the result of init --json.
type initResult struct {
	Stack     string        `json:"stack"`
	Wrote     []string      `json:"wrote"`
	ToReplace []placeholder `json:"toReplace"`
}

func wroteLines(files []string) string {
	var lines strings.Builder
	for _, file := range files {
		fmt.Fprintf(&lines, "wrote %s\n", file)
	}
	return lines.String()
}

// projectForInit returns the directory and the name of the project, which may have no Pulumi.yaml yet.
func (a *app) projectForInit() (dir, name string, err error) {
	if dir = a.flags.dir; dir == "" {
		if dir, err = findProject("."); err != nil {
			dir, err = filepath.Abs(".")
		}
	}
	if err != nil {
		return "", "", fmt.Errorf("finding the project: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "Pulumi.yaml")); errors.Is(err, fs.ErrNotExist) {
		return dir, defaultProject, nil
	}
	name, err = lifecycle.ProjectName(dir)
	return dir, name, err
}

// initStack returns the name of the stack. Without --tier, the name decides the tier.
func (a *app) initStack(options *initOptions) string {
	stack := a.flags.stack
	if options.Tier == "" {
		options.Tier = string(spec.Staging)
		if stack == string(spec.Production) {
			options.Tier = stack
		}
	}
	if stack == "" {
		stack = options.Tier
	}
	return stack
}

// appName makes a name of an app from another one, such as that of its directory.
func appName(from string) string {
	const longest = 32
	name := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(from), "-")
	name = strings.TrimLeft(name, "-0123456789")
	name = strings.Trim(name[:min(len(name), longest)], "-")
	if name == "" {
		return "app"
	}
	return name
}

func suggestedImage(options initOptions) string {
	return "registry.example.com/" + appName(options.App) + ":1.0"
}

func suggestedURL(options initOptions) string {
	if options.Cloud == string(spec.NoCloud) && options.Tier == string(spec.Staging) {
		return "http://127.0.0.1:8000"
	}
	return "https://" + appName(options.App) + ".example.com"
}

// firstFile returns the text of a stack's first file.
func firstFile(options initOptions, project string) ([]byte, error) {
	parsed, err := template.New("stack").Funcs(template.FuncMap{"scalar": scalar}).Parse(initTemplate)
	if err != nil {
		return nil, fmt.Errorf("reading the template of a stack's file: %w", err)
	}
	key := defaultProject + ":" + spec.ConfigKey
	if project != defaultProject {
		key = spec.ConfigKey
	}
	var text strings.Builder
	err = parsed.Execute(&text, map[string]any{
		"Modeline": reference.Modeline, "Key": key,
		"App": options.App, "Image": options.Image, "Cloud": options.Cloud, "URL": options.URL, "Tier": options.Tier,
		"Module": strings.ReplaceAll(appName(options.App), "-", "_"), "Zone": zoneOf(options.URL),
		"Production": options.Tier == string(spec.Production),
	})
	if err != nil {
		return nil, fmt.Errorf("writing a stack's file: %w", err)
	}
	return []byte(text.String()), nil
}

// scalar formats a string as YAML, quoted where necessary.
func scalar(text string) (string, error) {
	raw, err := yaml.Marshal(text)
	return strings.TrimSuffix(string(raw), "\n"), err
}

// zoneOf returns the parent domain of a URL's host: example.com for https://blog.example.com.
func zoneOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	_, zone, _ := strings.Cut(parsed.Hostname(), ".")
	return zone
}

// validFirstFile reports the mistakes in a file that was written from wrong answers.
func validFirstFile(text []byte, project, stack string) error {
	file, err := stackfile.Decode(text, project)
	if err != nil {
		return &lifecycle.ConfigInvalidError{Err: err}
	}
	_, err = lifecycle.CheckEnvironment(file, stack)
	return err
}

// writeFirst writes the stack's file and, if they are missing, Pulumi.yaml and the schema for editors. It returns
// the paths of the files that it wrote.
func writeFirst(dir, path string, text []byte) (written []string, err error) {
	schema, err := reference.StackSchema(spec.Schema())
	if err != nil {
		return nil, err
	}
	for _, file := range []struct {
		path     string
		text     []byte
		optional bool
	}{
		{filepath.Join(dir, "Pulumi.yaml"), initProject, true},
		{filepath.Join(dir, filepath.FromSlash(reference.StackSchemaPath)), schema, true},
		{path, text, false},
	} {
		err := writeNew(file.path, file.text)
		if errors.Is(err, fs.ErrExist) && file.optional {
			continue
		}
		if err != nil {
			return written, err
		}
		written = append(written, file.path)
	}
	return written, nil
}

// writeNew creates a file. The error is fs.ErrExist if it exists.
func writeNew(path string, text []byte) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("creating the directory of %s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("creating %s: %w", path, err)
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
