package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/component"
)

// key registers the one key that encrypts everything of the environment.
func (w wiring) key() (*components.Key, error) {
	args := &components.KeyArgs{
		Description:        "Everything of the environment " + w.ctx.Stack() + " of " + w.name,
		AccountID:          w.account,
		Region:             w.environment.AWS.Region,
		Logs:               true,
		Rotation:           arguments.RotateYearly,
		DeletionWindowDays: limits.MinKeyDeletionDays,
		Data:               w.environment.HeldByKey(),
		Tags:               w.tags,
	}
	if !w.production() {
		return components.NewKey(w.ctx, w.name, args, w.options...)
	}
	args.DeletionWindowDays = limits.MaxKeyDeletionDays
	// What outlives the environment, such as the final snapshot, is unreadable without its
	// key.
	return components.NewKey(w.ctx, w.name, args, component.With(w.options, pulumi.RetainOnDelete(true))...)
}
