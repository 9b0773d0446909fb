package gcp

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/component"
	components "github.com/djangostack/djangostack/components/gcp"
)

// key registers the one key that encrypts everything of the environment.
func (w wiring) key() (*components.Key, error) {
	users := []components.KeyUser{components.UserGKE, components.UserDisks, components.UserSQL, components.UserRedis, components.UserStorage}
	if w.environment.CreatesRegistry() {
		users = append(users, components.UserRegistry)
	}
	args := &components.KeyArgs{
		Project:  w.environment.GCP.Project,
		Region:   w.environment.GCP.Region,
		Rotation: arguments.RotateQuarterly,
		Users:    users,
		Data:     w.environment.HeldByKey(),
		Labels:   w.labels,
	}
	if !w.production() {
		return components.NewKey(w.ctx, w.name, args, w.options...)
	}
	// What outlives the environment, such as a kept database, is unreadable without its
	// key.
	return components.NewKey(w.ctx, w.name, args, component.With(w.options, pulumi.RetainOnDelete(true))...)
}
