package aws

import (
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/deletion"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/stacks/spec"
)

// stackNameLimit leaves half of a repository's name to the app's name.
const stackNameLimit = limits.MaxRepositoryName / 2

// repositoryName: a stack's name may have capitals, which a repository's may not.
func repositoryName(stack, app string) string {
	return names.Fit(stackNameLimit, stack) + "/" + app
}

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
		Name:           repositoryName(w.ctx.Stack(), w.name),
		KeyARN:         w.made.key.ARN,
		UntaggedDays:   spec.UntaggedImageDays,
		DeletionPolicy: fate,
		Protect:        w.protected(),
		Tags:           w.tags,
	}, w.options...)
	w.made.registry = registry
	return err
}
