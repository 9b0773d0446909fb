package aws

import (
	rooms "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/stacks/spec"
)

// registry makes the repository that images of the app are pushed to.
func (w *wiring) registry() error {
	if w.e.Registry.Source != spec.MadeRegistry {
		return nil
	}
	fate := rooms.DeleteImages
	if w.protected() {
		fate = rooms.KeepImages
	}
	registry, err := rooms.NewRegistry(w.ctx, w.name, &rooms.RegistryArgs{
		Name:         w.ctx.Stack() + "/" + w.name,
		KeyARN:       w.made.key.ARN,
		UntaggedDays: w.e.Registry.UntaggedDays,
		OnDestroy:    fate,
		Protect:      w.protected(),
		Tags:         w.tags,
	}, w.inside...)
	w.made.registry = registry
	return err
}
