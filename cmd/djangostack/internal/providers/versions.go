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

// Optional returns those of the named providers' plugins whose SDKs are in this build. A program that was
// built without the clouds has none of theirs.
func Optional(names ...string) []Plugin {
	var found []Plugin
	for _, name := range names {
		if plugins, err := Required(name); err == nil {
			found = append(found, plugins...)
		}
	}
	return found
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
