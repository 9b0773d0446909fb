package aws

import (
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/deletion"
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
		Name:           repositoryName(w.ctx.Stack(), w.name),
		KeyARN:         key.ARN,
		UntaggedDays:   spec.UntaggedImageDays,
		DeletionPolicy: deletion.Delete,
		Data:           w.environment.Held(data.Registry),
		Tags:           w.tags,
	}
	if args.Data.Protected {
		args.DeletionPolicy = deletion.Retain
	}
	return components.NewRegistry(w.ctx, w.name, args, w.options...)
}

// repositoryName is the stack's name and the app's. A stack's name may have capitals,
// which a repository's may not. Half of the length is left to the app's name.
func repositoryName(stack, app string) string {
	return names.Fit(limits.MaxRepositoryName/2, stack) + "/" + app
}
