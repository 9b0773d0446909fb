package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// nextStep says what to do after an error. It is empty where the error itself says it.
func nextStep(err error, stack string) string {
	var refused *lifecycle.RefusedError
	switch {
	case is[*rehearsalError](err):
		return "correct the cause and run the rehearsal again; it changed nothing outside its own temporary directory"
	case errors.As(err, &refused) && refused.Operation == "destroy":
		names := make([]string, len(refused.Resources))
		for i, resource := range refused.Resources {
			names[i] = resource.Name
		}
		return fmt.Sprintf("to delete this data too, run: djangostack destroy -s %s --delete-data %s", stack, strings.Join(names, ","))
	case errors.As(err, &refused):
		return "undo the change, or, if the data may be lost, name it in allowDataLoss in the configuration"
	case is[*lifecycle.UpdateFailedError](err):
		return fmt.Sprintf("correct the cause and run the same command again for stack %s; it continues from here", stack)
	case is[*lifecycle.CLIError](err):
		return "install Pulumi's CLI from https://www.pulumi.com/docs/install, or run `make tools` in a checkout of djangostack, which builds it; " +
			"--pulumi names another one. It needs no Pulumi account"
	case is[*lifecycle.NotFoundError](err):
		return fmt.Sprintf("create it with: djangostack up -s %s", stack)
	default:
		return ""
	}
}
