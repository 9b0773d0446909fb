package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// project is a Pulumi project in a temporary directory, with a backend in files.
type project struct {
	dir    string
	pulumi string
	env    []string
}

const buildTarget = "made/by/build/program"

// newProject builds the host, and copies the program with this module's versions.
func newProject(t *testing.T) *project {
	t.Helper()
	if os.Getenv("DJANGOSTACK_E2E") != "1" {
		t.Skip("needs Pulumi's command line: run with DJANGOSTACK_E2E=1")
	}
	bin, home := t.TempDir(), t.TempDir()
	out, err := exec.Command("go", "build", "-o", filepath.Join(bin, "pulumi-language-go"), ".").CombinedOutput()
	require.NoError(t, err, string(out))
	made := &project{dir: filepath.Join(t.TempDir(), "shop"), pulumi: pulumiPath(t)}
	require.NoError(t, os.MkdirAll(filepath.Join(made.dir, "backend"), 0o700))
	for from, to := range map[string]string{"../go.mod": "go.mod", "../go.sum": "go.sum", "internal/testprogram/main.go": "main.go"} {
		text, err := os.ReadFile(from)
		require.NoError(t, err)
		made.write(t, to, string(text))
	}
	made.write(t, "Pulumi.yaml", "name: shop\nruntime: {name: go, options: {buildTarget: "+buildTarget+"}}\n")
	made.write(t, "passphrase", "correct horse")
	made.env = append(os.Environ(),
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"PULUMI_HOME="+home,
		"PULUMI_BACKEND_URL=file://"+filepath.Join(made.dir, "backend"),
		"PULUMI_CONFIG_PASSPHRASE_FILE="+filepath.Join(made.dir, "passphrase"),
		"PULUMI_SKIP_UPDATE_CHECK=true",
	)
	made.must(t, "stack", "init", "dev")
	made.must(t, "config", "set", "greeting", "hello")
	made.must(t, "config", "set", "--secret", "password", "hunter2")
	return made
}

// pulumiPath is the command line that make has put in place, or the one on PATH.
func pulumiPath(t *testing.T) string {
	t.Helper()
	for _, path := range []string{
		os.Getenv("DJANGOSTACK_PULUMI"),
		filepath.Join(os.Getenv("DJANGOSTACK_STATE"), "bin", "pulumi"),
		filepath.Join("..", "..", ".djangostack", "bin", "pulumi"),
		"pulumi",
	} {
		found, err := exec.LookPath(path)
		if err != nil {
			continue
		}
		absolute, err := filepath.Abs(found)
		require.NoError(t, err)
		return absolute
	}
	require.FailNow(t, "there is no pulumi: run make tools")
	return ""
}

func (p *project) write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600))
}

// run runs pulumi in the project, with additional environment variables.
func (p *project) run(env []string, args ...string) (string, error) {
	command := exec.Command(p.pulumi, append(args, "--non-interactive")...)
	command.Dir = p.dir
	command.Env = append(p.env, env...)
	out, err := command.CombinedOutput()
	return string(out), err
}

func (p *project) must(t *testing.T, args ...string) string {
	t.Helper()
	out, err := p.run(nil, args...)
	require.NoError(t, err, "pulumi %s: %s", strings.Join(args, " "), out)
	return out
}

func (p *project) fails(t *testing.T, env []string, args ...string) string {
	t.Helper()
	out, err := p.run(env, args...)
	require.Error(t, err, "pulumi %s: %s", strings.Join(args, " "), out)
	return out
}

func (p *project) outputs(t *testing.T) map[string]any {
	t.Helper()
	command := exec.Command(p.pulumi, "stack", "output", "--json", "--show-secrets", "--non-interactive")
	command.Dir, command.Env = p.dir, p.env
	raw, err := command.Output()
	require.NoError(t, err)
	var outputs map[string]any
	require.NoError(t, json.Unmarshal(raw, &outputs))
	return outputs
}

func (p *project) built(t *testing.T) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(p.dir, buildTarget))
	require.NoError(t, err)
	return info
}

func TestPulumiRunsAProgram(t *testing.T) {
	p := newProject(t)

	p.must(t, "preview")
	first := p.built(t)
	text := p.must(t, "up", "--yes", "--skip-preview")

	assert.NotContains(t, text, "hunter2")
	assert.Equal(t, map[string]any{
		"who": "organization/shop/dev", "greeting": "hello", "password": "hunter2", "passwordIsSecret": true, "dir": "shop",
	}, p.outputs(t))
	assert.True(t, os.SameFile(first, p.built(t)), "an unchanged program is not linked again")

	p.must(t, "config", "set", "greeting", "good bye")
	p.must(t, "up", "--yes")
	assert.Equal(t, "good bye", p.outputs(t)["greeting"])
	assert.True(t, os.SameFile(first, p.built(t)), "another configuration is no other program")

	p.changeProgram(t, `ctx.Export("who",`, `ctx.Export("whoever",`)
	p.must(t, "up", "--yes", "--skip-preview")
	assert.Contains(t, p.outputs(t), "whoever")
	assert.False(t, os.SameFile(first, p.built(t)), "another program is linked")

	p.must(t, "refresh", "--yes", "--skip-preview")
	p.must(t, "destroy", "--yes", "--skip-preview")
	assert.Empty(t, p.outputs(t))
}

func TestPulumiSaysWhatIsWrongOnce(t *testing.T) {
	p := newProject(t)

	text := p.fails(t, []string{"PROGRAM_LEAVES_WITHOUT_A_WORD=1"}, "up", "--yes", "--skip-preview")
	assert.Contains(t, text, "the program ended with the code 3 and named no error")

	p.must(t, "config", "set", "broken", "true")
	text = p.fails(t, nil, "up", "--yes", "--skip-preview")
	assert.Equal(t, 1, strings.Count(text, "the settings are broken"), text)
	assert.NotContains(t, text, "named no error")

	p.changeProgram(t, "return nil\n", "return none\n")
	text = p.fails(t, nil, "preview")
	assert.Contains(t, text, "compiling the program")
	assert.Contains(t, text, "undefined: none")
}

func TestABuiltProgramIsRunAsItIs(t *testing.T) {
	p := newProject(t)
	p.must(t, "preview")
	p.write(t, "Pulumi.yaml", "name: shop\nruntime: {name: go, options: {binary: ./"+buildTarget+"}}\n")
	for _, source := range []string{"main.go", "go.mod", "go.sum"} {
		require.NoError(t, os.Remove(filepath.Join(p.dir, source)))
	}

	p.must(t, "up", "--yes", "--skip-preview")

	assert.Equal(t, "hello", p.outputs(t)["greeting"])
}

func TestWithoutATargetNothingIsLeft(t *testing.T) {
	p := newProject(t)
	p.write(t, "Pulumi.yaml", "name: shop\nruntime: go\n")
	temporary := t.TempDir()

	text, err := p.run([]string{"TMPDIR=" + temporary}, "preview")

	require.NoError(t, err, text)
	left, err := filepath.Glob(filepath.Join(temporary, "pulumi-go-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func (p *project) changeProgram(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "main.go"))
	require.NoError(t, err)
	require.Contains(t, string(text), from)
	p.write(t, "main.go", strings.Replace(string(text), from, to, 1))
}
