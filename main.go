// Command djangostack is the Pulumi program: one stack is one whole environment.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/stacks"
)

func main() {
	pulumi.Run(stacks.Program)
}
