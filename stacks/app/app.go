// Package app puts the Django app and what runs beside it on a cluster. Every
// platform does it the same way; a platform hands in what it has made itself, such as
// a managed database.
package app

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/spec"
)

// Platform is what the platform of an environment gives the app.
type Platform struct {
	// Options are the options of every component: its parent and its providers.
	Options []pulumi.ResourceOption
	// Database is the administrator's way to a server of the platform's own, on which
	// the app gets a role of its own; nil for none.
	Database *connection.Database
	// Cache and Broker are servers of the platform's own; nil for none.
	Cache  *connection.Redis
	Broker *connection.Redis
	// Queue is a RabbitMQ of the platform's own, instead of Broker; nil for none.
	Queue *connection.AMQP
	// SearchURL is the address of a search engine with user and password; nil for none.
	SearchURL pulumi.StringInput
	// Static and Media are buckets of the platform's own; nil for none.
	Static *Files
	Media  *Files
	// Fetch brings a dump from the platform's buckets.
	Fetch kubernetes.DumpFetch
	// ServiceAccount is the account that the platform has given rights to; the app's
	// pods run as it. Empty for none.
	ServiceAccount string
	// AccountAnnotations say to the cloud whose rights they are; nil for none.
	AccountAnnotations pulumi.StringMap
	// Prerequisites is what must be there before the app's pods start and until they have
	// ended, such as those rights, and the rules that let them reach the servers.
	Prerequisites []pulumi.Resource
}

// Files is a bucket and where users find what is in it, or a CDN alone.
type Files struct {
	// Bucket is nil where the pods serve the files.
	Bucket pulumi.StringInput
	// URL ends with a slash; nil for a bucket that only the app reads.
	URL    pulumi.StringInput
	Region string
	// Backend is the class of django-storages that reads and writes it.
	Backend string
}

// App is the app on its cluster.
type App struct {
	// Namespace that everything stands in.
	Namespace pulumi.StringOutput
	// Labels of every object.
	Labels labels.Labels
	// Web is what serves; a way in waits for it.
	Web *django.Web
	// AdminPassword of the first superuser, a secret; empty where there is none.
	AdminPassword pulumi.StringOutput
}

// Deploy registers the app from the namespace to beat: data services, settings,
// release, worker and web, and beat last.
func Deploy(ctx *pulumi.Context, e *spec.Environment, platform Platform) (*App, error) {
	labels := labelsOf(e, ctx.Stack())
	namespace, err := kubernetes.NewNamespace(ctx, e.App.Name, &kubernetes.NamespaceArgs{
		Name:        e.Namespace.Name,
		Source:      arguments.Source(e.Namespace.Source),
		PodSecurity: e.Namespace.PodSecurity,
		Labels:      labels,
	}, platform.Options...)
	if err != nil {
		return nil, err
	}
	_, err = kubernetes.NewIsolation(ctx, e.App.Name, &kubernetes.IsolationArgs{Namespace: namespace.Name, Labels: labels}, platform.Options...)
	if err != nil {
		return nil, err
	}
	w := wiring{ctx: ctx, e: e, name: e.App.Name, namespace: namespace.Name, labels: labels, options: platform.Options, platform: platform}

	if err := w.markProduction(); err != nil {
		return nil, err
	}
	data, err := w.dataServices()
	if err != nil {
		return nil, err
	}
	account, err := w.account()
	if err != nil {
		return nil, err
	}
	if err := w.dump(&data, account); err != nil {
		return nil, err
	}
	runtime, err := w.settings(data, account)
	if err != nil {
		return nil, err
	}
	static, err := w.static()
	if err != nil {
		return nil, err
	}
	release, err := w.release(runtime, static, append(data.services, platform.Prerequisites...))
	if err != nil {
		return nil, err
	}
	web, err := w.web(runtime, static, release)
	if err != nil {
		return nil, err
	}
	workers, err := w.workers(runtime, data, release)
	if err != nil {
		return nil, err
	}
	if err := w.processes(runtime, release); err != nil {
		return nil, err
	}
	if err := w.cron(runtime, release); err != nil {
		return nil, err
	}
	if err := w.shell(runtime, release); err != nil {
		return nil, err
	}
	if err := w.beat(runtime, append(workers, web)); err != nil {
		return nil, err
	}
	return &App{Namespace: namespace.Name, Labels: labels, Web: web, AdminPassword: release.AdminPassword}, nil
}

// wiring is what every step of the wiring needs.
type wiring struct {
	ctx       *pulumi.Context
	e         *spec.Environment
	name      string
	namespace pulumi.StringOutput
	labels    labels.Labels
	options   []pulumi.ResourceOption
	platform  Platform
}

// after returns the options of a component that is made once others are ready.
func (w wiring) after(others ...pulumi.Resource) []pulumi.ResourceOption {
	return append(append([]pulumi.ResourceOption{}, w.options...), pulumi.DependsOn(others))
}

// Outputs are what every environment exports, whatever its platform.
func (a *App) Outputs(ctx *pulumi.Context, e *spec.Environment) pulumi.Map {
	outputs := pulumi.Map{
		"url":       pulumi.String(e.Address()),
		"namespace": a.Namespace,
		"environment": pulumi.StringMap{
			"name":  pulumi.String(ctx.Stack()),
			"cloud": pulumi.String(string(e.Cloud)),
			"tier":  pulumi.String(string(e.Tier)),
		},
	}
	if superuser := e.Release.Superuser; superuser != nil {
		outputs["adminUsername"] = pulumi.String(superuser.Username)
		outputs["adminPassword"] = pulumi.ToSecret(a.AdminPassword)
	}
	return outputs
}

func labelsOf(e *spec.Environment, stack string) labels.Labels {
	labels := labels.Labels{
		labels.NameLabel:               e.App.Name,
		"app.kubernetes.io/instance":   e.Namespace.Name,
		"app.kubernetes.io/managed-by": "pulumi",
		"app.kubernetes.io/part-of":    "djangostack",
		"djangostack/environment":      stack,
	}
	if e.Owner != "" {
		labels["djangostack/owner"] = e.Owner
	}
	if e.Purpose != "" {
		labels["djangostack/purpose"] = e.Purpose
	}
	return labels
}
