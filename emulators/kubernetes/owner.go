package kubernetes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
)

// managerPrefix is that of the published provider's field managers.
const managerPrefix = "pulumi-kubernetes-"

// managerBytes of a URN's hash are in a field manager's name. The API allows 128 characters.
const managerBytes = 8

// newFieldManager returns the field manager of a resource: the one that an annotation names, else the one in its state,
// else one that its URN and the stack's state determine. A run that was killed after it had created an object, and before
// the engine recorded it, is therefore continued by the next run with the same field manager. A stack of the same names
// in another backend has the same URNs: the objects of the one are not the other's.
func (c *cluster) newFieldManager(urn string, inputs object, before state) string {
	if asked := inputs.annotation(annotationFieldManager); asked != "" {
		return asked
	}
	if before.fieldManager != "" {
		return before.fieldManager
	}
	sum := sha256.Sum256([]byte(c.state + " " + urn))
	return managerPrefix + hex.EncodeToString(sum[:managerBytes])
}

// managers returns the names of the field managers of an object, each once. It leaves out those of subresources, which
// are controllers that write the status.
func managers(live object) []string {
	var names []string
	for _, entry := range asUnstructured(live).GetManagedFields() {
		if entry.Subresource == "" && !slices.Contains(names, entry.Manager) {
			names = append(names, entry.Manager)
		}
	}
	return names
}

// ours tells whether a live object is that of a resource's state, or one that its field manager made since.
func ours(live object, before state, fieldManager string) bool {
	if uid := before.live.text("metadata", "uid"); uid != "" && uid == live.text("metadata", "uid") {
		return true
	}
	return slices.Contains(managers(live), fieldManager)
}

func terminating(live object) bool { return live.text("metadata", "deletionTimestamp") != "" }

// clearTheWay returns nil if the object can be created: there is none of its name, or it is one that a killed run of
// this resource made, or the provider is told to take over what exists. It waits for one that is being deleted.
func (p *provider) clearTheWay(ctx context.Context, s *subject, fieldManager string, customSeconds float64) error {
	gvk, namespace, name := s.inputs.kind(), s.inputs.namespace(), s.inputs.name()
	live, err := s.cluster.read(ctx, gvk, namespace, name)
	if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
		return nil
	}
	if err != nil {
		return s.failed("looking for", err)
	}
	if terminating(live) {
		s.live = live
		return p.awaitGone(ctx, s, gvk, namespace, name, customSeconds)
	}
	if s.cluster.upsert || ours(live, state{}, fieldManager) {
		return nil
	}
	return s.taken("creating", live)
}

// taken is the error about an object that something else made.
func (s *subject) taken(what string, live object) error {
	kind, id := live.kind().Kind, id(live.namespace(), live.name())
	return fmt.Errorf("%s %s %s: an object of this name exists, and this resource did not make it%s. Give the object another name, "+
		"or have its owner delete it. To manage the existing object from now on, import it: pulumi import %s NAME %s",
		what, kind, id, madeBy(live), typeOf(s.urn), id)
}

// madeBy says which managers an object has and since when it exists.
func madeBy(live object) string {
	var text strings.Builder
	if names := managers(live); len(names) > 0 {
		text.WriteString(" (managed by " + strings.Join(names, ", "))
		if owner := live.text("metadata", "labels", "app.kubernetes.io/instance"); owner != "" {
			text.WriteString(", instance " + owner)
		}
		if since := live.text("metadata", "creationTimestamp"); since != "" {
			text.WriteString(", created " + since)
		}
		text.WriteString(")")
	}
	return text.String()
}

// remember keeps the ID of the object that a resource has in the state.
func (p *provider) remember(urn string, before object) {
	if before.name() == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[string]string{}
	}
	p.known[urn] = id(before.namespace(), before.name())
}

// checkTaken refuses, in a preview, an object that clearTheWay will refuse. An object that the resource has in the state
// is being replaced, so the update deletes it first.
func (p *provider) checkTaken(ctx context.Context, s *subject, fieldManager string) error {
	p.mu.Lock()
	replaced := p.known[s.urn] == id(s.inputs.namespace(), s.inputs.name())
	p.mu.Unlock()
	if replaced || s.cluster.upsert {
		return nil
	}
	live, err := s.cluster.read(ctx, s.inputs.kind(), s.inputs.namespace(), s.inputs.name())
	if err != nil || terminating(live) || ours(live, state{}, fieldManager) {
		// Whatever keeps the object from being read is reported by the dry run.
		return nil
	}
	return s.taken("previewing", live)
}
