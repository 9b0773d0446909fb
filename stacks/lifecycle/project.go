package lifecycle

import (
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

// DefaultDrainTime is how long an interrupted operation may take to end what is
// under way: longer than the waits of in-cluster resources.
const DefaultDrainTime = 10 * time.Minute

// ProjectOptions says where a project is and how it is run.
type ProjectOptions struct {
	// Dir holds Pulumi.yaml. It is only read.
	Dir string
	// StateDir holds the workspaces and, unless another backend is chosen, the
	// state. It is made if it is missing.
	StateDir string
	// Program is run in this process. Operations that only read may go without.
	Program pulumi.RunFunc
	// CLI is Pulumi's command line; see FindCLI.
	CLI *CLI
	// Backend is the URL of the state's backend: file://, s3://, gs://, azblob://,
	// https://. Empty: see backend.go for how it is chosen.
	Backend string
	// SecretsProvider encrypts the secrets of new stacks: passphrase, awskms://...,
	// gcpkms://..., azurekeyvault://..., hashivault://.... Empty: the backend's default.
	SecretsProvider string
	// Home is the directory of Pulumi's plugins and logins. Empty: PULUMI_HOME, else
	// ~/.pulumi if it is there, else one in the state directory.
	Home string
	// Env is added to the environment of every command.
	Env map[string]string
	// DrainTime is how long an interrupted operation may take to end. Zero:
	// DefaultDrainTime.
	DrainTime time.Duration
	// LockWait is how long to wait for another run's lock. Zero: not at all.
	LockWait time.Duration
}

// Project is one Pulumi project with its backend. It may be used by many
// goroutines; each stack by one.
type Project struct {
	options ProjectOptions
	dir     string
	state   string
	home    string
	project *workspace.Project

	// creation serialises making stacks: backends take one at a time.
	creation sync.Mutex
}

// Open reads the project's file and makes the state directory. No command is
// run. Errors are *ConfigInvalidError where the project is wrong.
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
	made := &Project{options: options, dir: dir, state: filepath.Join(state, "pulumi"), project: project}
	if err := os.MkdirAll(made.state, 0o700); err != nil {
		return nil, fmt.Errorf("making the state directory: %w", err)
	}
	if options.Home != "" {
		made.home, err = filepath.Abs(options.Home)
	} else {
		made.home, err = pulumiHome(made.state)
	}
	if err != nil {
		return nil, fmt.Errorf("finding Pulumi's home: %w", err)
	}
	return made, nil
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
	return nil, configInvalid("there is no Pulumi.yaml in %s: run in the project's directory or name it", dir)
}

// ProjectName reads the name of the project in a directory.
func ProjectName(dir string) (string, error) {
	project, err := loadProject(dir)
	if err != nil {
		return "", err
	}
	return string(project.Name), nil
}

// Name is the project's name, the namespace of its configuration.
func (p *Project) Name() string { return string(p.project.Name) }

// Home is the directory of Pulumi's plugins and logins.
func (p *Project) Home() string { return p.home }

// StackFile is the path of a stack's configuration file.
func (p *Project) StackFile(stack string) string {
	return workspace.ProjectStackPath(filepath.Join(p.dir, "Pulumi.yaml"), p.project, tokens.QName(settingsName(stack)))
}

// Configuration reads a stack's configuration with the overrides applied.
// Errors are *ConfigInvalidError.
func (p *Project) Configuration(stack string, overrides []stackfile.Override) (*stackfile.File, error) {
	file, err := stackfile.Read(p.StackFile(stack), p.Name())
	if stackfile.IsMissing(err) {
		return nil, configInvalid("stack %s has no configuration: there is no %s", stack, p.StackFile(stack))
	}
	if err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	return p.withOverrides(file, overrides)
}

// applied sets the overrides, and puts the text of the app's Procfile in the place of
// its path, since the program runs in another directory.
func (p *Project) withOverrides(file *stackfile.File, overrides []stackfile.Override) (*stackfile.File, error) {
	if err := file.Apply(overrides); err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	path := file.Text("app", "procfile")
	if !spec.IsProcfilePath(path) {
		return file, nil
	}
	text, err := os.ReadFile(absolutePath(p.dir, path))
	if err != nil {
		return nil, &ConfigInvalidError{Err: fmt.Errorf("app.procfile: %w", err)}
	}
	if err := file.Apply([]stackfile.Override{{Path: "app.procfile", Value: string(text) + "\n"}}); err != nil {
		return nil, &ConfigInvalidError{Err: err}
	}
	return file, nil
}

// pulumiHome is PULUMI_HOME, else the user's if there is one, else a directory
// in the state, so that nothing is left elsewhere.
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
		return "", fmt.Errorf("making Pulumi's home: %w", err)
	}
	return home, nil
}

func (p *Project) command(abort <-chan struct{}) (*command, error) {
	if p.options.CLI == nil {
		return nil, &CLIError{Err: errors.New("no Pulumi command line was given")}
	}
	return &command{cli: p.options.CLI, drainTime: p.options.DrainTime, abort: abort}, nil
}
