package gcp

import (
	"github.com/djangostack/djangostack/components/deletion"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/gcp/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/stacks/spec"
)

// registry makes the repository that images of the app are pushed to.
func (w *wiring) registry() error {
	if !w.e.CreatesRegistry() {
		return nil
	}
	fate := deletion.Delete
	if w.protected() {
		fate = deletion.Retain
	}
	registry, err := components.NewRegistry(w.ctx, w.name, &components.RegistryArgs{
		Project:        w.e.GCP.Project,
		Region:         w.e.GCP.Region,
		Name:           names.Fit(limits.MaxRepositoryName, w.name, w.ctx.Stack()),
		KeyID:          w.made.key.ID,
		UntaggedDays:   spec.UntaggedImageDays,
		DeletionPolicy: fate,
		Protect:        w.protected(),
		Labels:         w.labels,
	}, w.options...)
	w.made.registry = registry
	return err
}
