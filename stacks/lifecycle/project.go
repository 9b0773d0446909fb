package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// DefaultDrainTime is the default of ProjectOptions.DrainTime. It is longer than the time limits of the
// resources in the cluster.
const DefaultDrainTime = 10 * time.Minute

// ProjectOptions are the inputs of Open.
type ProjectOptions struct {
	// Dir holds Pulumi.yaml and the stacks' configuration files.
	Dir string
	// Name, if not empty, is the name of a project without files: no Pulumi.yaml and no configuration file is read,
	// and StackOptions.Environment is the configuration of each stack. Default providers are disabled, so that nothing
	// is applied to a cluster or an account that the environment does not name. Dir then only resolves relative paths.
	Name string
	// StateDir holds the workspaces and, unless another backend is selected, the state. Open creates it.
	StateDir string
	// Program is the Pulumi program. It runs in this process. Operations that only read do not need it.
	Program pulumi.RunFunc
	// CLI is Pulumi's CLI; see FindCLI. Only the methods of Stack need it.
	CLI *CLI
	// Backend is the URL of the state backend: file://, s3://, gs://, azblob:// or https://. Empty:
	// PULUMI_BACKEND_URL, the backend of Pulumi.yaml or of the last `pulumi login`, else the state directory.
	Backend string
	// SecretsProvider encrypts the secrets of new stacks: passphrase, awskms://...,
	// gcpkms://..., azurekeyvault://... or hashivault://.... Empty: the backend's default.
	SecretsProvider string
	// Home is the directory of Pulumi's plugins and logins. Empty: PULUMI_HOME, else ~/.pulumi if it
	// exists, else a directory in the state directory.
	Home string
	// Env is added to the environment of every Pulumi command, and read before the variables of this process:
	// PULUMI_BACKEND_URL, PULUMI_HOME, PULUMI_CONFIG_PASSPHRASE, credentials of a cloud. The program runs in this process
	// and sees this process' variables only.
	Env map[string]string
	// DrainTime is how long an interrupted operation waits for its running changes to finish. Zero:
	// DefaultDrainTime.
	DrainTime time.Duration
	// LockWait is how long an operation waits for the lock of another run. Zero: it does not wait.
	LockWait time.Duration
	// Heartbeat is the time between two signs of life of an operation in a self-managed backend. Another machine
	// releases the lock of a run after 15 missing ones, and not before DrainTime has passed. Zero:
	// DefaultHeartbeat.
	Heartbeat time.Duration
	// Providers are the providers that the program uses: Published, unless Env names others. A stack remembers
	// them. Empty: Published.
	Providers Providers
	// Check checks a stack's configuration before Up and Preview create the stack, and returns its environment.
	// Nil: CheckEnvironment, for djangostack's own program. The environment may be nil for another program.
	Check func(file *stackfile.File, stack string) (*spec.Environment, error)
	// Preflight asks, before the first step of Up, whether what the environment needs can be reached. Nil: nothing
	// is asked. See package reach.
	Preflight func(ctx context.Context, environment *spec.Environment) error
}

// Project is one Pulumi project with its backend. Several goroutines may use a Project, and one at a time
// a Stack.
type Project struct {
	options ProjectOptions
	dir     string
	state   string
	home    string
	project *workspace.Project

	// creation serializes the creation of stacks, which backends do not support concurrently.
	creation sync.Mutex
}

// Open reads Pulumi.yaml, unless ProjectOptions.Name is set, and creates the state directory. It runs no command. The
// error is a *ConfigInvalidError if the project or an option is wrong.
func Open(options ProjectOptions) (*Project, error) {
	dir, err := filepath.Abs(options.Dir)
	if err != nil {
		return nil, fmt.Errorf("finding the project directory: %w", err)
	}
	state, err := filepath.Abs(options.StateDir)
	if err != nil {
		return nil, fmt.Errorf("finding the state directory: %w", err)
	}
	if err := checkProvider(options.SecretsProvider); err != nil {
		return nil, err
	}
	project, err := options.project(dir)
	if err != nil {
		return nil, err
	}
	if options.DrainTime == 0 {
		options.DrainTime = DefaultDrainTime
	}
	if options.Heartbeat == 0 {
		options.Heartbeat = DefaultHeartbeat
	}
	if options.Providers == "" {
		options.Providers = Published
	}
	opened := &Project{options: options, dir: dir, state: filepath.Join(state, "pulumi"), project: project}
	if err := os.MkdirAll(opened.state, 0o700); err != nil {
		return nil, fmt.Errorf("creating the state directory: %w", err)
	}
	if options.Home != "" {
		opened.home, err = filepath.Abs(options.Home)
	} else {
		opened.home, err = pulumiHome(opened.state, opened.variable("PULUMI_HOME"))
	}
	if err != nil {
		return nil, fmt.Errorf("finding Pulumi's home: %w", err)
	}
	return opened, nil
}

// project returns the project of the options.
func (o ProjectOptions) project(dir string) (*workspace.Project, error) {
	if o.Name == "" {
		return loadProject(dir)
	}
	if err := tokens.ValidateProjectName(o.Name); err != nil {
		return nil, configInvalid("ProjectOptions.Name %q: %w", o.Name, err)
	}
	return &workspace.Project{
		Name:    tokens.PackageName(o.Name),
		Runtime: workspace.NewProjectRuntimeInfo("go", nil),
		Config:  map[string]workspace.ProjectConfigType{"pulumi:disable-default-providers": {Value: []any{"*"}}},
	}, nil
}

// variable returns a variable of ProjectOptions.Env, else of this process, or "".
func (p *Project) variable(name string) string {
	value, _ := p.lookUp(name)
	return value
}

func (p *Project) lookUp(name string) (value string, isSet bool) {
	if value, isSet := p.options.Env[name]; isSet {
		return value, true
	}
	return os.LookupEnv(name)
}

func loadProject(dir string) (*workspace.Project, error) {
	for _, name := range []string{"Pulumi.yaml", "Pulumi.yml"} {
		path := filepath.Join(dir, name)
		if !isFile(path) {
			continue
		}
		project, err := workspace.LoadProject(path)
		if err != nil {
			return nil, configInvalid("reading the project: %w", err)
		}
		return project, nil
	}
	return nil, configInvalid("there is no Pulumi.yaml in %s: run in the project's directory, or name it", dir)
}

// ProjectName returns the name of the project in a directory. The error is a *ConfigInvalidError.
func ProjectName(dir string) (string, error) {
	project, err := loadProject(dir)
	if err != nil {
		return "", err
	}
	return string(project.Name), nil
}

// Name returns the project's name, which prefixes its configuration keys.
func (p *Project) Name() string { return string(p.project.Name) }

// Home returns the directory of Pulumi's plugins and logins.
func (p *Project) Home() string { return p.home }

// StackFile returns the path of a stack's configuration file.
func (p *Project) StackFile(stack string) string {
	return workspace.ProjectStackPath(filepath.Join(p.dir, "Pulumi.yaml"), p.project, tokens.QName(settingsName(stack)))
}

// Configuration reads a stack's configuration and applies the overrides. It replaces the path of the app's
// Procfile by its text, because the program runs in another directory. The error is a *ConfigInvalidError.
func (p *Project) Configuration(stack string, overrides []stackfile.Override) (*stackfile.File, error) {
	file, err := p.StackConfiguration(stack, overrides)
	if err != nil {
		return nil, err
	}
	return p.withFiles(file)
}

// StackConfiguration is Configuration without the text of the app's Procfile, which ReadFile reads. The error is a
// *ConfigInvalidError.
func (p *Project) StackConfiguration(stack string, overrides []stackfile.Override) (*stackfile.File, error) {
	if p.options.Name != "" {
		return nil, configInvalid("project %s has no files (ProjectOptions.Name): set StackOptions.Environment for stack %s", p.Name(), stack)
	}
	file, err := stackfile.Read(p.StackFile(stack), p.Name())
	if stackfile.IsMissing(err) {
		return nil, &ConfigInvalidError{Err: &NoFileError{Stack: stack, File: p.StackFile(stack)}}
	}
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	return withOverrides(file, overrides)
}

// ReadFile reads a file that a configuration names, relative to the project's directory: a regular file of at most
// 64 KiB.
func (p *Project) ReadFile(path string) ([]byte, error) {
	return stackfile.ReadProcfile(absolutePath(p.dir, path))
}

func withOverrides(file *stackfile.File, overrides []stackfile.Override) (*stackfile.File, error) {
	if err := stackfile.CheckOverrides(overrides); err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	if err := file.Apply(overrides); err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	return file, nil
}

func (p *Project) withFiles(file *stackfile.File) (*stackfile.File, error) {
	path := file.Text("app", "procfile")
	if !spec.IsProcfilePath(path) {
		return file, nil
	}
	text, err := p.ReadFile(path)
	if err != nil {
		return nil, configInvalid("app.procfile: %w", err)
	}
	return withOverrides(file, []stackfile.Override{{Path: "app.procfile", Value: string(text) + "\n"}})
}

// pulumiHome returns the value of PULUMI_HOME, else ~/.pulumi if it exists, else a directory in the state directory: a
// machine that does not use Pulumi keeps no files elsewhere.
func pulumiHome(state, variable string) (string, error) {
	if variable != "" {
		return filepath.Abs(variable)
	}
	if user, err := os.UserHomeDir(); err == nil {
		home := filepath.Join(user, ".pulumi")
		if info, err := os.Stat(home); err == nil && info.IsDir() {
			return home, nil
		}
	}
	home, err := filepath.Abs(filepath.Join(state, "home"))
	if err != nil {
		return "", fmt.Errorf("finding Pulumi's home: %w", err)
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return "", fmt.Errorf("creating Pulumi's home: %w", err)
	}
	return home, nil
}

func (p *Project) command(abort <-chan struct{}) (*command, error) {
	if p.options.CLI == nil {
		return nil, &CLIError{Err: errors.New("the project was opened without Pulumi's CLI: set ProjectOptions.CLI")}
	}
	return &command{cli: p.options.CLI, drainTime: p.options.DrainTime, abort: abort}, nil
}
