package cli

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
	"golang.org/x/term"

	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/stacks/spec/reference"
)

// initTemplate is a stack's first file.
//
//go:embed init.yaml.tmpl
var initTemplate string

// initProject is the Pulumi.yaml of a directory that has none.
//
//go:embed init.project.yaml
var initProject []byte

// answers are what a first file is written from.
type answers struct {
	App, Image, Cloud, URL, Tier string
	// yes takes the suggested answers where flags give none.
	yes bool
}

func (a *app) initCommand() *cobra.Command {
	var given answers
	command := &cobra.Command{
		Use:   "init",
		Short: "Write a stack's first configuration file",
		Long: `Write a stack's first configuration file, Pulumi.<stack>.yaml, from four answers:
the app's name, its image, the cloud and the URL. Flags give answers without
questions; --yes takes the suggested ones for the rest. A file that is there is
never overwritten. A directory without a Pulumi.yaml gets one.`,
		Example: "  djangostack init\n" +
			"  djangostack init -s production --tier production --cloud aws --app blog --image registry.example.com/blog:1.0 --url https://blog.example.com",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.initialize(given) },
	}
	command.Flags().StringVar(&given.App, "app", "", "name of the app")
	command.Flags().StringVar(&given.Image, "image", "", "image of the app")
	command.Flags().StringVar(&given.Cloud, "cloud", "", "aws, gcp, or none for an existing cluster")
	command.Flags().StringVar(&given.URL, "url", "", "where users reach the app, for instance https://blog.example.com")
	command.Flags().StringVar(&given.Tier, "tier", "", "staging or production (default: production for a stack of that name, else staging)")
	command.Flags().BoolVar(&given.yes, "yes", false, "ask nothing: take the suggested answers")
	return command
}

func (a *app) initialize(given answers) error {
	dir, project, err := a.projectForInit()
	if err != nil {
		return err
	}
	stack := a.initStack(&given)
	path := filepath.Join(dir, "Pulumi."+stack+".yaml")
	if _, err := os.Lstat(path); err == nil {
		return usage("%s is there already: name another stack with -s", path)
	}
	if err := a.ask(&given, dir); err != nil {
		return err
	}
	text, err := firstFile(given, project)
	if err != nil {
		return err
	}
	if err := validFirstFile(text, project, stack); err != nil {
		return err
	}
	written, err := writeFirst(dir, path, text)
	for _, file := range written {
		_, telling := fmt.Fprintf(a.Stdout, "%s written\n", file)
		err = errors.Join(err, telling)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "  next: complete %s, then run: djangostack rehearse -s %s\n", path, stack)
	return err
}

// projectForInit is the directory of the project and its name. A directory without a
// Pulumi.yaml becomes a project.
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

// initStack is the name of the stack; it decides the tier where no flag does.
func (a *app) initStack(given *answers) string {
	stack := a.flags.stack
	if given.Tier == "" {
		given.Tier = string(spec.Staging)
		if stack == string(spec.Production) {
			given.Tier = stack
		}
	}
	if stack == "" {
		stack = given.Tier
	}
	return stack
}

// question is one answer that is missing.
type question struct {
	flag, text, suggestion string
	answer                 *string
}

// ask completes the answers: from a terminal by questions, else only with --yes.
func (a *app) ask(given *answers, dir string) error {
	asked := bufio.NewReader(strings.NewReader(""))
	if !given.yes {
		if err := a.canAsk(given); err != nil {
			return err
		}
		asked = bufio.NewReader(a.Stdin)
	}
	for _, next := range []func() question{
		func() question {
			return question{"app", "Name of the app", appName(dir), &given.App}
		},
		func() question {
			return question{"image", "Image of the app", "registry.example.com/" + given.App + ":1.0", &given.Image}
		},
		func() question {
			return question{"cloud", "Cloud: aws, gcp, or none for an existing cluster", string(spec.NoCloud), &given.Cloud}
		},
		func() question {
			return question{"url", "URL of the app", suggestedURL(*given), &given.URL}
		},
	} {
		if err := a.answer(next(), asked, given.yes); err != nil {
			return err
		}
	}
	clouds := []string{string(spec.AWSCloud), string(spec.GCPCloud), string(spec.NoCloud)}
	if !slices.Contains(clouds, given.Cloud) {
		return usage("--cloud %s: must be one of %s", given.Cloud, strings.Join(clouds, ", "))
	}
	return nil
}

// canAsk refuses to wait for answers that nobody types.
func (a *app) canAsk(given *answers) error {
	if given.App != "" && given.Image != "" && given.Cloud != "" && given.URL != "" {
		return nil
	}
	if a.Stdin == nil || !term.IsTerminal(int(a.Stdin.Fd())) {
		return usage("there is no terminal to ask in: give --app, --image, --cloud and --url, or --yes")
	}
	return nil
}

func (a *app) answer(q question, typed *bufio.Reader, yes bool) error {
	if *q.answer != "" {
		return nil
	}
	*q.answer = q.suggestion
	if yes {
		return nil
	}
	if _, err := fmt.Fprintf(a.Stderr, "%s [%s]: ", q.text, q.suggestion); err != nil {
		return err
	}
	line, err := typed.ReadString('\n')
	if err != nil {
		return usage("reading --%s: %w", q.flag, err)
	}
	if line = strings.TrimSpace(line); line != "" {
		*q.answer = line
	}
	return nil
}

// appName suggests a name from a directory's.
func appName(dir string) string {
	const longest = 32
	name := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(filepath.Base(dir)), "-")
	name = strings.TrimLeft(name, "-0123456789")
	name = strings.Trim(name[:min(len(name), longest)], "-")
	if name == "" {
		return "app"
	}
	return name
}

func suggestedURL(given answers) string {
	if given.Cloud == string(spec.NoCloud) && given.Tier == string(spec.Staging) {
		return "http://127.0.0.1:8000"
	}
	return "https://" + given.App + ".example.com"
}

// firstFile writes the text of a stack's file.
func firstFile(given answers, project string) ([]byte, error) {
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
		"App": given.App, "Image": given.Image, "Cloud": given.Cloud, "URL": given.URL, "Tier": given.Tier,
		"Module": strings.ReplaceAll(given.App, "-", "_"), "Zone": zoneOf(given.URL),
		"Production": given.Tier == string(spec.Production),
	})
	if err != nil {
		return nil, fmt.Errorf("writing a stack's file: %w", err)
	}
	return []byte(text.String()), nil
}

// scalar writes text as YAML does, quoted where it has to be.
func scalar(text string) (string, error) {
	raw, err := yaml.Marshal(text)
	return strings.TrimSuffix(string(raw), "\n"), err
}

// zoneOf is the zone above the host of a URL: example.com for https://blog.example.com.
func zoneOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	_, zone, _ := strings.Cut(parsed.Hostname(), ".")
	return zone
}

// validFirstFile refuses answers that make no valid configuration.
func validFirstFile(text []byte, project, stack string) error {
	file, err := stackfile.Decode(text, project)
	if err != nil {
		return &lifecycle.ConfigInvalidError{Err: err}
	}
	_, err = checkFile(file, stack)
	return err
}

// writeFirst writes the stack's file, and what editors and Pulumi need beside it where it
// is missing. It returns the paths that it wrote.
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

// writeNew writes a file that is not there yet; the error for one that is there is
// fs.ErrExist.
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
