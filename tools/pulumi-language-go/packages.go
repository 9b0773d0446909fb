package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// goMod is what `go mod edit -json` says of a go.mod.
type goMod struct {
	Require []struct {
		Path, Version string
		Indirect      bool
	}
	Replace []struct{ Old struct{ Path string } }
}

// module is what `go list -m -json` says of a module. Dir is empty where it is
// not downloaded.
type module struct{ Path, Version, Dir string }

// GetRequiredPackages names the providers whose SDKs the program requires, at the
// versions that fit, so that pulumi downloads them before it runs the program.
func (h *host) GetRequiredPackages(ctx context.Context, in *pulumirpc.GetRequiredPackagesRequest) (*pulumirpc.GetRequiredPackagesResponse, error) {
	chosen, err := parseOptions(in.GetInfo())
	if err != nil {
		return nil, err
	}
	modules, err := requiredModules(ctx, in.GetInfo().GetProgramDirectory())
	if err != nil && chosen.binary != "" {
		// A built program needs no sources; pulumi gets its providers when it asks for them.
		return &pulumirpc.GetRequiredPackagesResponse{}, nil
	}
	if err != nil {
		return nil, err
	}
	packages, err := providers(modules)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, nil
}

// GetProgramDependencies lists the required modules, for `pulumi about`.
func (h *host) GetProgramDependencies(ctx context.Context, in *pulumirpc.GetProgramDependenciesRequest) (*pulumirpc.GetProgramDependenciesResponse, error) {
	file, err := readGoMod(ctx, in.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	replaced := map[string]bool{}
	for _, replace := range file.Replace {
		replaced[replace.Old.Path] = true
	}
	var dependencies []*pulumirpc.DependencyInfo
	for _, require := range file.Require {
		if require.Indirect && !in.GetTransitiveDependencies() {
			continue
		}
		dependency := &pulumirpc.DependencyInfo{Name: require.Path, Version: require.Version}
		if replaced[require.Path] {
			dependency.Version = ""
		}
		dependencies = append(dependencies, dependency)
	}
	return &pulumirpc.GetProgramDependenciesResponse{Dependencies: dependencies}, nil
}

func readGoMod(ctx context.Context, dir string) (goMod, error) {
	raw, err := goOutput(ctx, dir, "mod", "edit", "-json")
	if err != nil {
		return goMod{}, fmt.Errorf("reading the go.mod of %s: %w", dir, err)
	}
	var file goMod
	if err := json.Unmarshal(raw, &file); err != nil {
		return goMod{}, fmt.Errorf("reading the go.mod of %s: %w", dir, err)
	}
	return file, nil
}

func requiredModules(ctx context.Context, dir string) ([]module, error) {
	file, err := readGoMod(ctx, dir)
	if err != nil || len(file.Require) == 0 {
		return nil, err
	}
	args := []string{"list", "-m", "-json"}
	for _, require := range file.Require {
		args = append(args, require.Path)
	}
	raw, err := goOutput(ctx, dir, args...)
	if err != nil {
		return nil, fmt.Errorf("finding the modules of %s: %w", dir, err)
	}
	return decodeModules(raw)
}

func decodeModules(raw []byte) ([]module, error) {
	var modules []module
	for decoder := json.NewDecoder(bytes.NewReader(raw)); ; {
		var next module
		err := decoder.Decode(&next)
		if errors.Is(err, io.EOF) {
			return modules, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading what go list says: %w", err)
		}
		modules = append(modules, next)
	}
}

func providers(modules []module) ([]*pulumirpc.PackageDependency, error) {
	var found []*pulumirpc.PackageDependency
	for _, module := range modules {
		described, err := description(module.Dir)
		if err != nil {
			return nil, fmt.Errorf("reading the provider of %s: %w", module.Path, err)
		}
		if one := provider(module, described); one != nil {
			found = append(found, one)
		}
	}
	return found, nil
}

// provider is the one that a module is the SDK of, or nil. What the module says
// of itself counts; where it says nothing, Pulumi's own go by their path.
func provider(of module, described *plugin.PulumiPluginJSON) *pulumirpc.PackageDependency {
	if described == nil {
		described = &plugin.PulumiPluginJSON{Resource: providerOfPath(of.Path) != ""}
	}
	name, version := described.Name, described.Version
	if name == "" {
		name = providerOfPath(of.Path)
	}
	if version == "" {
		version = of.Version
	}
	if !described.Resource || name == "" || isPseudo(version) {
		// A commit between two releases has no published provider; pulumi decides when the program asks for it.
		return nil
	}
	found := &pulumirpc.PackageDependency{Kind: "resource", Name: name, Version: "v" + strings.TrimPrefix(version, "v"), Server: described.Server}
	if by := described.Parameterization; by != nil {
		found.Parameterization = &pulumirpc.PackageParameterization{Name: by.Name, Version: by.Version, Value: by.Value}
	}
	return found
}

// providerOfPath takes aws from github.com/pulumi/pulumi-aws/sdk/v6.
func providerOfPath(path string) string {
	rest, isPulumis := strings.CutPrefix(path, "github.com/pulumi/pulumi-")
	name, rest, hasMore := strings.Cut(rest, "/")
	if !isPulumis || !hasMore || rest != "sdk" && !strings.HasPrefix(rest, "sdk/") {
		return ""
	}
	return name
}

// isPseudo knows the versions of commits: v1.2.4-0.20260101120000-0123456789ab.
func isPseudo(version string) bool {
	return regexp.MustCompile(`[-.]\d{14}-[0-9a-f]{12}(\+.*)?$`).MatchString(version)
}

// description reads the pulumi-plugin.json of an SDK, which is at the top of its
// package: in the module's directory, or up to two below it. It is nil where
// there is none.
func description(dir string) (*plugin.PulumiPluginJSON, error) {
	if dir == "" {
		return nil, nil
	}
	for _, below := range []string{"", "go", filepath.Join("go", "*"), "*"} {
		paths, err := filepath.Glob(filepath.Join(dir, below, "pulumi-plugin.json"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			described, err := plugin.LoadPulumiPluginJSON(path)
			if !errors.Is(err, fs.ErrNotExist) {
				return described, err
			}
		}
	}
	return nil, nil
}
