package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
)

// replaceThem says what to do with values of init that no one replaced.
const replaceThem = "replace each in the file; if a value is right, remove its comment \"" + replaceMark + " …\""

// nextStep says what to do after an error of a run with these flags. It is empty where the error itself says it.
func nextStep(err error, used flags) string {
	var refused *lifecycle.RefusedError
	var failed *lifecycle.UpdateFailedError
	var providersErr *lifecycle.ProvidersError
	var held *lifecycle.HeldLockError
	var noFile *lifecycle.NoFileError
	var signIn *reach.SignInError
	switch {
	case errors.As(err, &signIn):
		return signIn.Install
	case errors.As(err, &noFile):
		return afterNoFile(noFile, used)
	case is[*placeholdersError](err):
		return replaceThem
	case is[*rehearsalError](err) && exitCode(err) == exitCancelled:
		return "run the rehearsal again; it changed nothing outside its own temporary directory"
	case is[*rehearsalError](err):
		return "correct the cause and run the rehearsal again; it changed nothing outside its own temporary directory"
	case errors.As(err, &refused):
		return afterRefusal(refused, used)
	case errors.As(err, &failed) && failed.ChangedNothing():
		return "correct the cause; nothing was changed"
	case errors.As(err, &failed):
		return fmt.Sprintf("correct the cause and run the same command again for stack %s; it continues from here", used.stack)
	case errors.As(err, &providersErr):
		return fmt.Sprintf("add --providers %s, or let the other providers change the stack with --switch-providers", providersErr.Used)
	case is[*providers.DownloadError](err):
		return "run the same command again, or install the plugin by hand with `pulumi plugin install`; --providers embedded uses the ones built into this command, for a local environment"
	case errors.As(err, &held) && canForce(held):
		return "make sure that this run has ended, then: " + used.again("unlock", "--force")
	case is[*lifecycle.LockedError](err):
		return "see who holds it, and release the lock of a run that has ended: " + used.again("unlock")
	case is[*spec.MissingObjectsError](err):
		return "create what is missing, or change the configuration as the message says"
	case is[*spec.FixedClaimsError](err):
		return "change the size as the message says"
	case is[*spec.TakenRoutesError](err):
		return "choose another host or path, or remove what the message names"
	case is[*lifecycle.UnreachableError](err):
		return used.again("doctor") + " checks what the environment needs"
	case is[*lifecycle.CLIError](err):
		return "install Pulumi's CLI from https://www.pulumi.com/docs/install, or run `make tools` in a checkout of djangostack, which builds it; " +
			"--pulumi names another one. It needs no Pulumi account"
	case is[*lifecycle.NotFoundError](err):
		return "create it with: " + used.again("up")
	default:
		return ""
	}
}

// afterNoFile says how to write the missing file, and which files there are, because a name may be misspelt.
func afterNoFile(missing *lifecycle.NoFileError, used flags) string {
	used.stack = missing.Stack
	next := "write it with: " + used.again("init")
	if others := stacksIn(filepath.Dir(missing.File)); len(others) > 0 {
		next += "; or name one of the project's stacks: " + strings.Join(others, ", ")
	}
	return next
}

// afterRefusal says how to allow the loss of data that was refused.
func afterRefusal(refused *lifecycle.RefusedError, used flags) string {
	if refused.Operation == "destroy" {
		names := make([]string, len(refused.Resources))
		for i, resource := range refused.Resources {
			names[i] = resource.Name
		}
		return "to delete this data too, run: " + used.again("destroy", "--delete-data", strings.Join(names, ","))
	}
	if refused.OnlyShrinks() {
		return "set the size back; for a smaller volume, add another one, copy the files into it, and remove this one"
	}
	words := refused.Allow()
	if words == "" {
		return "undo the change; or, if the data may be lost, remove the protection of each of these resources: pulumi state unprotect URN"
	}
	var allow []string
	for _, word := range strings.Fields(words) {
		allow = append(allow, "--set", render.ShellWord(word))
	}
	if refused.IsLocked() {
		return "undo the change; or, if the data may be lost, undo it for one run of this command, which lifts the cloud's own protection: " +
			used.again("up", allow...) + "; then make the change again and run the command once more"
	}
	return "undo the change" + insteadOfALoss(refused, used) + "; or, if the data may be lost, run: " + used.again("up", allow...)
}

// insteadOfALoss names the command that makes a refused change of the database with all its rows; empty if there is none.
func insteadOfALoss(refused *lifecycle.RefusedError, used flags) string {
	for _, resource := range refused.Resources {
		for _, cause := range resource.Causes {
			used := used.without(cause.Path)
			wanted, _ := cause.New.(string)
			switch {
			case cause.Path == "database.image" && wanted != "":
				return ", and to keep the rows run: " + used.again("database upgrade", "--image", render.ShellWord(wanted))
			case cause.Path == "database.kind" && (wanted == string(spec.InCluster) || wanted == string(spec.Managed)) && cause.Old != string(spec.External):
				return ", and to keep the rows run: " + used.again("database move", "--to", wanted)
			}
		}
	}
	return ""
}

// canForce reports whether --force would release the locks: it never releases one of a process of this machine.
func canForce(held *lifecycle.HeldLockError) bool {
	return !slices.ContainsFunc(held.Locks, func(lock lifecycle.Lock) bool { return lock.State == lifecycle.HolderRuns })
}
