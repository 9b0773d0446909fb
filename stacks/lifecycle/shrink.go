package lifecycle

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"k8s.io/apimachinery/pkg/api/resource"
)

// opShrink is the operation of a Protected whose volume would get smaller.
const opShrink = "shrink"

// claimType is the type of the resources that ask for volumes.
const claimType = "kubernetes:core/v1:PersistentVolumeClaim"

// shrinks reports whether a step makes a claim smaller. The API server refuses that for every
// claim, but only in the middle of the update
// (https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims).
func shrinks(step apitype.StepEventMetadata) bool {
	if step.Op != apitype.OpUpdate || step.Type != claimType {
		return false
	}
	before, known := requested(inputs(step.Old))
	after, stated := requested(inputs(step.New))
	return known && stated && after.Cmp(before) < 0
}

// requested returns the size that a claim asks for.
func requested(claim map[string]any) (resource.Quantity, bool) {
	var value any = claim
	for _, step := range []string{"spec", "resources", "requests", "storage"} {
		node, isObject := value.(map[string]any)
		if !isObject {
			return resource.Quantity{}, false
		}
		value = node[step]
	}
	text, isText := value.(string)
	if !isText {
		return resource.Quantity{}, false
	}
	size, err := resource.ParseQuantity(text)
	return size, err == nil
}

// mayShrink reports whether a size of a volume differs from that of the last update.
func (g *guard) mayShrink() bool {
	if g.before.exports.record.Environment == nil {
		return false
	}
	return slices.ContainsFunc(differences(g.before.exports.record.Environment, g.environment), func(c Cause) bool {
		path := strings.ToLower(c.Path)
		return strings.Contains(path, "volume") || strings.Contains(path, "size") || path == "tier"
	})
}

// OnlyShrinks reports whether no resource would be lost: volumes would get smaller, which
// nothing allows.
func (e *RefusedError) OnlyShrinks() bool {
	return !slices.ContainsFunc(e.Resources, func(resource Protected) bool { return resource.Op != opShrink })
}
