package lifecycle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// StackInfo is one stack of a project in its backend.
type StackInfo struct {
	Name string `json:"name"`
	// LastUpdate is when the state was last written: by the last up, refresh or destroy, or by the creation of the stack.
	LastUpdate time.Time `json:"lastUpdate"`
	// Resources counts those of the state, components included. 0 means that nothing is left to destroy.
	Resources int `json:"resources"`
	// Owner is the field owner of the environment, as of the last up.
	Owner string `json:"owner,omitempty"`
}

// ownerTag is the stack tag that holds the owner of the environment.
const ownerTag = "djangostack:owner"

// listReaders is how many tags are read at the same time.
const listReaders = 4

// Stacks lists the project's stacks in the backend, ordered by name, whether or not they have a configuration file. It
// takes no lock. Errors are *CLIError, *ConfigInvalidError and *CancelledError.
func (p *Project) Stacks(ctx context.Context) (found []StackInfo, err error) {
	reader, err := p.openProject(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	stdout, _, _, err := reader.command.Run(ctx, reader.workdir.path, nil, nil, nil, reader.environment(), "stack", "ls", "--json", "--project", p.Name())
	if err != nil {
		return nil, reader.commandError(ctx, "listing the stacks of project")
	}
	var listed []struct {
		Name          string     `json:"name"`
		LastUpdate    *time.Time `json:"lastUpdate"`
		ResourceCount int        `json:"resourceCount"`
	}
	if err := json.Unmarshal([]byte(stdout), &listed); err != nil {
		return nil, fmt.Errorf("listing the stacks of project %s: %w", p.Name(), err)
	}
	found = make([]StackInfo, len(listed))
	for i, each := range listed {
		found[i] = StackInfo{Name: each.Name, Resources: each.ResourceCount}
		if each.LastUpdate != nil {
			found[i].LastUpdate = *each.LastUpdate
		}
	}
	if err := reader.readOwners(ctx, found); err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b StackInfo) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

// openProject opens the backend for commands on no particular stack.
func (p *Project) openProject(ctx context.Context) (*Stack, error) {
	command, err := p.command(nil)
	if err != nil {
		return nil, err
	}
	chosen, err := p.chooseBackend("")
	if err != nil {
		return nil, err
	}
	work, err := p.openWorkdir(ctx, ".project", true)
	if err != nil {
		return nil, err
	}
	reader := &Stack{name: p.Name(), project: p, backend: chosen, workdir: work, command: command, file: stackfile.Empty(p.Name()), events: newEventQueue(nil)}
	if err := reader.openWorkspace(ctx, reader.file); err != nil {
		return nil, errors.Join(err, work.close())
	}
	return reader, nil
}

// readOwners adds the owners to the stacks. A stack that was removed meanwhile has none.
func (s *Stack) readOwners(ctx context.Context, stacks []StackInfo) error {
	var readers sync.WaitGroup
	next := make(chan *StackInfo)
	for range min(listReaders, len(stacks)) {
		readers.Go(func() {
			for stack := range next {
				stack.Owner = s.ownerOf(ctx, stack.Name)
			}
		})
	}
	for i := range stacks {
		next <- &stacks[i]
	}
	close(next)
	readers.Wait()
	if ctx.Err() != nil {
		return &CancelledError{Operation: "listing the stacks of project", Stack: s.name}
	}
	return nil
}

func (s *Stack) ownerOf(ctx context.Context, stack string) string {
	beside := &command{cli: s.command.cli, drainTime: abortTimeout}
	stdout, _, _, err := beside.Run(ctx, s.workdir.path, nil, nil, nil, s.environment(), "stack", "tag", "ls", "--json", "--stack", stack)
	tags := map[string]string{}
	if err != nil || json.Unmarshal([]byte(stdout), &tags) != nil {
		return ""
	}
	return tags[ownerTag]
}

// rememberOwner writes the owner of the environment to the stack's tags if it has changed.
func (s *Stack) rememberOwner(ctx context.Context, before stackState, now map[string]any) error {
	owner, _ := now[ownerField].(string)
	if known, _ := before.exports.record.Environment[ownerField].(string); known == owner {
		return nil
	}
	if owner == "" {
		_, err := s.pulumi(ctx, "forgetting the owner of", "stack", "tag", "rm", ownerTag)
		return err
	}
	_, err := s.pulumi(ctx, "remembering the owner of", "stack", "tag", "set", ownerTag, owner)
	return err
}

// ownerField is the field of the environment that names its owner.
const ownerField = "owner"

// stateDirIsUsed reports whether the state directory holds any stack.
func (p *Project) stateDirIsUsed() bool {
	files, err := filepath.Glob(filepath.Join(p.state, "backend", workspace.BookkeepingDir, "stacks", p.Name(), "*.json"))
	return err == nil && len(files) > 0
}
