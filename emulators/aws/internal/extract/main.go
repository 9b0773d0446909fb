// Command extract writes the facts of the AWS SDK's source that package aws embeds. Run it by go generate.
package main

import (
	"fmt"
	"os"

	"github.com/djangostack/djangostack/emulators/cloud/extract"
)

func main() {
	if err := module().Write(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func module() extract.Module {
	return extract.Module{
		Path: "github.com/pulumi/pulumi-aws/sdk/v6", Package: "aws", Resources: resources(), Functions: functions(),
	}
}
