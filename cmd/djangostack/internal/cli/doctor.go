package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/providers"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/lifecycle/reach"
	"github.com/djangostack/djangostack/stacks/spec"
)

// answerWithin returns the longest time in which the backend and the cluster must answer. S3 and Google Cloud Storage
// answer within seconds; without a network, their SDKs try for minutes.
func (a *app) answerWithin() time.Duration { return cmp.Or(a.AnswerWithin, 30*time.Second) }

// finding is the result of one check.
type finding struct {
	Check string `json:"check"`
	OK    bool   `json:"ok"`
	// Detail is what the check found, or the error.
	Detail string `json:"detail,omitempty"`
	// Next says how to correct a failure.
	Next string `json:"next,omitempty"`
}

func passed(check, detail string, args ...any) finding {
	return finding{Check: check, OK: true, Detail: fmt.Sprintf(detail, args...)}
}

func failed(check string, err error, next string) finding {
	return finding{Check: check, Detail: err.Error(), Next: next}
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check Pulumi, the backend, the providers, the configuration, the credentials and the cluster",
		Long: `Check that everything an environment needs is installed and reachable: Pulumi's
CLI, its backend and its providers and, with -s, the stack's configuration and its
existing cluster, and whether the credentials of its cloud are found. Each failure
names the next step. doctor changes nothing.`,
		Example: "  djangostack doctor\n  djangostack doctor -s staging",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context()) },
	}
}

func (a *app) doctor(ctx context.Context) error {
	dirs, err := a.directories()
	if err != nil {
		return err
	}
	overrides, err := a.overrides()
	if err != nil {
		return err
	}
	report := &doctorReport{app: a}
	project, err := lifecycle.Open(a.projectOptions(dirs, nil, nil))
	if err != nil {
		report.add(failed("project", err, "run the command in the project's directory, or name it with --dir"))
		return report.err()
	}
	report.add(passed("project", "%s in %s", project.Name(), dirs.project))

	pulumi, err := a.findPulumi(ctx, dirs)
	report.add(pulumiFinding(pulumi, err))
	if pulumi != nil {
		report.add(a.backendFinding(ctx, dirs, pulumi))
	}
	if a.flags.stack == "" {
		report.add(a.providersFinding(project.Home(), nil))
		report.addStacks(dirs.project)
		return report.err()
	}
	environment, err := check(project, a.flags.stack, overrides)
	report.add(a.providersFinding(project.Home(), environment))
	report.add(configFinding(project, a.flags.stack, err))
	if err == nil {
		report.addAll(credentialsFindings(environment))
		report.add(a.clusterFinding(ctx, environment))
	}
	return report.err()
}

// doctorReport prints findings as they come and counts the failures.
type doctorReport struct {
	app      *app
	failures int
	writeErr error
}

func (r *doctorReport) add(found finding) {
	if !found.OK {
		r.failures++
	}
	r.writeErr = errors.Join(r.writeErr, r.app.printFinding(found))
}

func (r *doctorReport) addAll(found []finding) {
	for _, each := range found {
		r.add(each)
	}
}

// addStacks lists the stacks of the project, which -s checks.
func (r *doctorReport) addStacks(dir string) {
	if names := stacksIn(dir); len(names) > 0 {
		r.add(passed("stacks", "%s: -s checks the configuration, providers, credentials and cluster of one", strings.Join(names, ", ")))
	}
}

func (r *doctorReport) err() error {
	if r.writeErr != nil {
		return r.writeErr
	}
	if r.failures > 0 {
		return &unhealthyError{failed: r.failures}
	}
	return nil
}

func (a *app) printFinding(found finding) error {
	if a.flags.json {
		return json.NewEncoder(a.Stdout).Encode(found)
	}
	status := "ok"
	if !found.OK {
		status = "FAILED"
	}
	const indent = 23 // the width of status and check
	detail := strings.ReplaceAll(found.Detail, "\n", "\n"+strings.Repeat(" ", indent))
	if _, err := fmt.Fprintf(a.Stdout, "%-7s %-14s %s\n", status, found.Check, detail); err != nil {
		return err
	}
	if found.Next == "" {
		return nil
	}
	_, err := fmt.Fprintf(a.Stdout, "%*s next: %s\n", indent-1, "", found.Next)
	return err
}

func pulumiFinding(pulumi *lifecycle.CLI, err error) finding {
	if err != nil {
		return failed("pulumi", err, nextStep(err, flags{}))
	}
	return passed("pulumi", "%s, %s", pulumi.Version, pulumi.Path)
}

func (a *app) backendFinding(ctx context.Context, dirs directories, pulumi *lifecycle.CLI) finding {
	const next = "check --backend or PULUMI_BACKEND_URL and the passphrase, or run: pulumi login"
	ctx, cancel := context.WithTimeoutCause(ctx, a.answerWithin(), fmt.Errorf("no answer within %s", a.answerWithin()))
	defer cancel()
	options := a.projectOptions(dirs, pulumi, nil)
	options.DrainTime = time.Second
	project, err := lifecycle.Open(options)
	if err != nil {
		return failed("backend", err, next)
	}
	stack, err := project.Stack(ctx, cmp.Or(a.flags.stack, "doctor"), lifecycle.StackOptions{ReadOnly: true, ConfigOptional: true})
	if err != nil {
		return failed("backend", err, next)
	}
	user, err := stack.WhoAmI(ctx)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%s: %w", stack.Backend(), context.Cause(ctx))
	}
	if err = errors.Join(err, stack.Close()); err != nil {
		return failed("backend", err, next)
	}
	return passed("backend", "%s as %s", stack.Backend(), user)
}

// providersFinding looks for the plugins that the environment needs; without an environment, for those that every
// environment needs.
func (a *app) providersFinding(home string, environment *spec.Environment) finding {
	mode, err := providers.ParseMode(a.flags.providers)
	if err != nil {
		return failed("providers", err, "set --providers to one of these")
	}
	needed := a.pluginsOf(environment)
	if mode == lifecycle.Embedded {
		return embeddedFinding(needed, environment)
	}
	descriptions := make([]string, len(needed))
	for i, plugin := range needed {
		descriptions[i] = plugin.String()
		if !providers.Installed(home, plugin) {
			descriptions[i] += " (not installed: the first up downloads it)"
			continue
		}
		descriptions[i] += " (installed)"
	}
	return passed("providers", "published: %s", strings.Join(descriptions, ", "))
}

// embeddedFinding refuses the built-in providers where they must not be used.
func embeddedFinding(needed []providers.Plugin, environment *spec.Environment) finding {
	var names []string
	for _, plugin := range needed {
		names = append(names, plugin.String())
	}
	found := passed("providers", "built in: %s", strings.Join(names, ", "))
	switch {
	case environment == nil:
		return found
	case environment.HasCloud():
		return failed("providers", fmt.Errorf("no provider of %s is built in", environment.Cloud), "remove --providers embedded")
	case environment.Tier == spec.Production:
		return failed("providers", errors.New("the built-in providers are for rehearsals and local environments, not for production"), "remove --providers embedded")
	}
	return found
}

// pluginsOf returns the plugins that an environment needs.
func (a *app) pluginsOf(environment *spec.Environment) []providers.Plugin {
	needed := slices.Clone(a.Plugins)
	if environment == nil || !environment.HasCloud() {
		return needed
	}
	return append(needed, a.CloudPlugins[environment.Cloud]...)
}

func configFinding(project *lifecycle.Project, stack string, err error) finding {
	if err != nil {
		return failed("configuration", err, "correct "+project.StackFile(stack))
	}
	return passed("configuration", "%s", project.StackFile(stack))
}

// clusterFinding connects to an existing cluster. A cluster of this or another stack is not checked: its
// kubeconfig is known only while Pulumi runs.
func (a *app) clusterFinding(ctx context.Context, environment *spec.Environment) finding {
	if source := environment.Cluster.Source; source != spec.SourceExisting {
		if err := reach.SignIn(environment); err != nil {
			return failed("cluster", err, nextStep(err, a.flags))
		}
		return passed("cluster", "not checked, because cluster.source is %s", source)
	}
	ctx, cancel := context.WithTimeout(ctx, a.answerWithin())
	defer cancel()
	version, err := reach.ClusterVersion(ctx, environment.Cluster)
	if err != nil {
		return failed("cluster", err, "check cluster.context and cluster.kubeconfig (or KUBECONFIG), and that the cluster runs (the local one: make up)")
	}
	return passed("cluster", "Kubernetes %s, context %s", version, environment.Cluster.Context)
}
