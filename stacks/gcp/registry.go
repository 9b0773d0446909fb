package gcp

import (
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/stacks/spec"
)

// registry registers the repository that the app's images are pushed to; nil if the
// environment has none.
func (w wiring) registry(key *components.Key) (*components.Registry, error) {
	if !w.environment.CreatesRegistry() {
		return nil, nil
	}
	args := &components.RegistryArgs{
		Project:        w.environment.GCP.Project,
		Region:         w.environment.GCP.Region,
		Name:           names.Environment(limits.MaxRepositoryName, w.name, w.ctx.Stack()),
		KeyID:          key.ID,
		UntaggedDays:   spec.UntaggedImageDays,
		DeletionPolicy: deletion.Delete,
		Data:           w.environment.Held(data.Registry),
		Labels:         w.labels,
	}
	if args.Data.Protected {
		args.DeletionPolicy = deletion.Retain
	}
	return components.NewRegistry(w.ctx, w.name, args, w.options...)
}
