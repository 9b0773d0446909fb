package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

// advice is the next step after an error, empty where the error says it itself.
func advice(err error, stack string) string {
	var refused *lifecycle.RefusedError
	switch {
	case is[*rehearsalError](err):
		return "nothing outside of the rehearsal was touched: mend the cause and rehearse again"
	case errors.As(err, &refused) && refused.Operation == "destroy":
		names := make([]string, len(refused.Resources))
		for i, resource := range refused.Resources {
			names[i] = resource.Name
		}
		return fmt.Sprintf("to delete that data as well: djangostack destroy -s %s --delete-data %s", stack, strings.Join(names, ","))
	case errors.As(err, &refused):
		return "to give that data up, see protection and allowDataLoss in the configuration; otherwise take the change back"
	case is[*lifecycle.UpdateFailedError](err):
		return fmt.Sprintf("mend the cause and run the same command again for stack %s: it goes on from here", stack)
	case is[*lifecycle.CLIError](err):
		return "run `make tools`, which builds one, or install Pulumi from https://www.pulumi.com/docs/install; --pulumi names another"
	case is[*lifecycle.NotFoundError](err):
		return fmt.Sprintf("run: djangostack up -s %s", stack)
	default:
		return ""
	}
}
