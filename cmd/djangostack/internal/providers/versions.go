package providers

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Wanted reads the versions of the named providers' SDKs that this program was
// built with; a provider of the same version is the one that fits.
func Wanted(names ...string) ([]Plugin, error) {
	info, available := debug.ReadBuildInfo()
	if !available {
		return nil, fmt.Errorf("this program was built without module information")
	}
	return wanted(info.Deps, names)
}

func wanted(modules []*debug.Module, names []string) ([]Plugin, error) {
	var plugins []Plugin
	for _, name := range names {
		version := ""
		for _, module := range modules {
			if strings.HasPrefix(module.Path, "github.com/pulumi/pulumi-"+name+"/sdk/") {
				version = strings.TrimPrefix(module.Version, "v")
			}
		}
		if version == "" {
			return nil, fmt.Errorf("this program was built without the SDK of the provider %s", name)
		}
		plugins = append(plugins, Plugin{Name: name, Version: version})
	}
	return plugins, nil
}
