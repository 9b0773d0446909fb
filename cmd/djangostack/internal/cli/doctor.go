package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
)

// finding is the result of one check of the doctor.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	// Detail is what was found, or why it does not work.
	Detail string `json:"detail,omitempty"`
	// Next is what to do about it.
	Next string `json:"next,omitempty"`
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check that everything an environment needs is there and works",
		Long: `Check that everything an environment needs is there and works: Pulumi, its
backend, its providers, and, with -s, the stack's configuration and cluster.
Nothing is changed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context()) },
	}
}

func (a *app) doctor(ctx context.Context) error {
	where, err := a.locate()
	if err != nil {
		return err
	}
	failed := 0
	tell := func(found finding) error {
		if !found.OK {
			failed++
		}
		return a.tell(found)
	}
	project, err := lifecycle.Open(a.projectOptions(where, nil, nil))
	if err != nil {
		return errors.Join(tell(bad("project", err, "run in the project's directory or name it with --dir")), &unhealthyError{failed: failed})
	}
	if err := tell(good("project", "%s in %s", project.Name(), where.dir)); err != nil {
		return err
	}
	pulumi, err := lifecycle.FindCLI(ctx, cmp.Or(a.flags.pulumi, os.Getenv("DJANGOSTACK_PULUMI")), where.state)
	if err := tell(pulumiFinding(pulumi, err)); err != nil {
		return err
	}
	if pulumi != nil {
		if err := tell(a.backendFinding(ctx, where, pulumi)); err != nil {
			return err
		}
	}
	if err := tell(a.providersFinding(project.Home())); err != nil {
		return err
	}
	if a.flags.stack != "" {
		environment, err := check(project, a.flags.stack, where.overrides)
		if err := tell(configFinding(project, a.flags.stack, err)); err != nil {
			return err
		}
		if err == nil {
			if err := tell(clusterFinding(ctx, environment.Cluster)); err != nil {
				return err
			}
		}
	}
	if failed > 0 {
		return &unhealthyError{failed: failed}
	}
	return nil
}

func good(what, detail string, args ...any) finding {
	return finding{What: what, OK: true, Detail: fmt.Sprintf(detail, args...)}
}

func bad(what string, err error, next string) finding {
	return finding{What: what, Detail: err.Error(), Next: next}
}

func (a *app) tell(found finding) error {
	if a.flags.json {
		return json.NewEncoder(a.Stdout).Encode(found)
	}
	word := "ok"
	if !found.OK {
		word = "FAILED"
	}
	detail := strings.ReplaceAll(found.Detail, "\n", "\n                       ")
	if _, err := fmt.Fprintf(a.Stdout, "%-7s %-14s %s\n", word, found.What, detail); err != nil {
		return err
	}
	if found.Next == "" {
		return nil
	}
	_, err := fmt.Fprintf(a.Stdout, "        %-14s next: %s\n", "", found.Next)
	return err
}

func pulumiFinding(pulumi *lifecycle.CLI, err error) finding {
	if err != nil {
		return bad("pulumi", err, advice(err, ""))
	}
	return good("pulumi", "%s, %s", pulumi.Version, pulumi.Path)
}

func (a *app) backendFinding(ctx context.Context, where place, pulumi *lifecycle.CLI) finding {
	const next = "check --backend or PULUMI_BACKEND_URL and the passphrase, or run pulumi login"
	project, err := lifecycle.Open(a.projectOptions(where, pulumi, nil))
	if err != nil {
		return bad("backend", err, next)
	}
	stack, err := project.Stack(ctx, cmp.Or(a.flags.stack, "doctor"), lifecycle.StackOptions{ReadOnly: true, ConfigOptional: true})
	if err != nil {
		return bad("backend", err, next)
	}
	user, err := stack.WhoAmI(ctx)
	if err = errors.Join(err, stack.Close()); err != nil {
		return bad("backend", err, next)
	}
	return good("backend", "%s as %s", stack.Backend(), user)
}

func (a *app) providersFinding(home string) finding {
	mode, err := providers.ParseMode(a.flags.providers)
	if err != nil {
		return bad("providers", err, "choose one of those")
	}
	var texts []string
	lacking := false
	for _, plugin := range a.Plugins {
		if mode != providers.Embedded && providers.Installed(home, plugin) {
			texts = append(texts, plugin.String()+" published")
			continue
		}
		lacking = true
		texts = append(texts, plugin.String()+" built in")
	}
	if lacking && mode == providers.Published {
		return bad("providers", errors.New("not all of them are installed"), "run: pulumi plugin install resource NAME VERSION, or use --providers auto")
	}
	return good("providers", "%s", strings.Join(texts, ", "))
}

func configFinding(project *lifecycle.Project, stack string, err error) finding {
	if err != nil {
		return bad("configuration", err, "mend "+project.StackFile(stack))
	}
	return good("configuration", "%s", project.StackFile(stack))
}

func clusterFinding(ctx context.Context, cluster spec.Cluster) finding {
	version, err := reach(ctx, cluster)
	if err != nil {
		return bad("cluster", err, "check cluster.context and cluster.kubeconfig (or KUBECONFIG), and that the cluster runs (for the local one: make up)")
	}
	return good("cluster", "Kubernetes %s, context %s", version, cluster.Context)
}
