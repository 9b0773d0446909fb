// Command pulumi-resource-random serves the built-in random provider as a Pulumi plugin, for staging
// environments on machines that cannot download the published plugin. It refuses production; see
// package plugin.
package main

import (
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"

	"github.com/djangostack/djangostack/cmd/internal/plugin"
	"github.com/djangostack/djangostack/emulators/random"
)

func main() {
	built := plugin.Plugin{Name: "random", Provider: random.New()}
	if err := plugin.Main(built, os.Args[1:], os.Stdout); err != nil {
		cmdutil.Exit(err)
	}
}
