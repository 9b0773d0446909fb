package providers

import (
	"fmt"
	"runtime/debug"
	"strings"
)

// Required returns the named providers' plugins at the versions of their SDKs in this build: a program
// needs the plugin of the same version as its SDK.
func Required(names ...string) ([]Plugin, error) {
	info, available := debug.ReadBuildInfo()
	if !available {
		return nil, fmt.Errorf("this program was built without module information; build it with Go modules")
	}
	return fromModules(info.Deps, names)
}

func fromModules(modules []*debug.Module, names []string) ([]Plugin, error) {
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
