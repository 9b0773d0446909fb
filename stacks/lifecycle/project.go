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
	// Env is added to the environment of every Pulumi command.
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

// Open reads Pulumi.yaml and creates the state directory. It runs no command. The error is a
// *ConfigInvalidError if the project or an option is wrong.
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
	project, err := loadProject(dir)
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
		opened.home, err = pulumiHome(opened.state)
	}
	if err != nil {
		return nil, fmt.Errorf("finding Pulumi's home: %w", err)
	}
	return opened, nil
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

// ProjectName returns the name of the project in a directory.
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

// StackConfiguration is Configuration without the text of the app's Procfile, which ReadFile reads.
func (p *Project) StackConfiguration(stack string, overrides []stackfile.Override) (*stackfile.File, error) {
	file, err := stackfile.Read(p.StackFile(stack), p.Name())
	if stackfile.IsMissing(err) {
		return nil, configInvalid("stack %s has no configuration file: create %s", stack, p.StackFile(stack))
	}
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	return withOverrides(file, overrides)
}

// ReadFile reads a file that a configuration names, relative to the project's directory.
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

// pulumiHome returns PULUMI_HOME, else ~/.pulumi if it exists, else a directory in the state directory: a
// machine that does not use Pulumi keeps no files elsewhere.
func pulumiHome(state string) (string, error) {
	if home := os.Getenv("PULUMI_HOME"); home != "" {
		return filepath.Abs(home)
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
