package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/djangostack/djangostack/emulators"
)

// deleteLimit is the published provider's limit for most kinds.
const deleteLimit = 10 * time.Minute

// Delete deletes an object with its dependents, and waits until it no longer exists. Deleting an object that does not
// exist succeeds.
func (p *provider) Delete(call context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	ctx, done := p.during(call)
	defer done()
	settings, cluster, err := p.configured()
	if err != nil {
		return nil, err
	}
	if cluster.unreachable != nil {
		return p.deleteUnreachable(settings, cluster, req.GetUrn())
	}
	given, err := emulators.Decode("state", req.GetProperties())
	if err != nil {
		return nil, err
	}
	before, err := parseState(req.GetProperties())
	if err != nil {
		return nil, err
	}
	s := &subject{cluster: cluster, urn: req.GetUrn(), inputs: before.inputs, live: before.live, redact: newRedactor(given)}
	if p.isKept(before.live) {
		p.warn(s.urn, fmt.Sprintf("%s stays: an earlier run was to delete it, and the stack needs it again", req.GetId()))
		return &emptypb.Empty{}, nil
	}
	gvk, err := s.readKind(before)
	if err != nil {
		return nil, err
	}
	namespace, name, err := parseID(req.GetId())
	if err != nil {
		return nil, err
	}
	if gone, err := s.remove(ctx, gvk, namespace, name); gone || err != nil {
		return &emptypb.Empty{}, err
	}
	if before.inputs.annotated(annotationSkipAwait) {
		return &emptypb.Empty{}, nil
	}
	return &emptypb.Empty{}, p.awaitGone(ctx, s, gvk, namespace, name, req.GetTimeout())
}

// remove requests the deletion. It returns true if there is nothing to delete.
func (s *subject) remove(ctx context.Context, gvk groupVersionKind, namespace, name string) (bool, error) {
	client, err := s.cluster.resource(gvk, namespace)
	if meta.IsNoMatchError(err) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	policy := s.inputs.propagation()
	err = client.Delete(ctx, name, metav1.DeleteOptions{PropagationPolicy: &policy, Preconditions: s.only()})
	switch {
	case apierrors.IsNotFound(err), apierrors.IsConflict(err) && s.replacedByAnother(ctx, gvk, namespace, name):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("deleting %s %s: %s", gvk.Kind, id(namespace, name), s.redact.clean(plainMessage(err)))
	}
	return false, nil
}

// only limits a deletion to the object of the state, so that one that something else made of the same name stays.
func (s *subject) only() *metav1.Preconditions {
	uid := types.UID(s.live.text("metadata", "uid"))
	if uid == "" {
		return nil
	}
	return &metav1.Preconditions{UID: &uid}
}

// replacedByAnother tells whether the object of the state no longer exists, and another one has its name.
func (s *subject) replacedByAnother(ctx context.Context, gvk groupVersionKind, namespace, name string) bool {
	live, err := s.cluster.read(ctx, gvk, namespace, name)
	if apierrors.IsNotFound(err) {
		return true
	}
	return err == nil && live.text("metadata", "uid") != s.live.text("metadata", "uid")
}

func (p *provider) awaitGone(
	ctx context.Context, s *subject, gvk groupVersionKind, namespace, name string, customSeconds float64,
) error {
	uid := s.live.text("metadata", "uid")
	w := &wait{
		what:    fmt.Sprintf("%s %s", gvk.Kind, id(namespace, name)),
		cluster: s.cluster,
		targets: []target{{kind: gvk, namespace: namespace, fieldSelector: "metadata.name=" + name}},
		look: func(ctx context.Context) (look, error) {
			live, err := s.cluster.read(ctx, gvk, namespace, name)
			if apierrors.IsNotFound(err) || meta.IsNoMatchError(err) {
				return look{ready: true}, nil
			}
			if err != nil {
				return look{}, err
			}
			// Another object has taken the name.
			if uid != "" && live.text("metadata", "uid") != uid {
				return look{ready: true}, nil
			}
			return look{waiting: "still being deleted" + holders(live)}, nil
		},
		why: func(ctx context.Context) []string { return s.whyNotGone(ctx, gvk, namespace, name) },
	}
	failure := p.watched(ctx, s, w, s.inputs.timeout(customSeconds, deleteLimit))
	if failure == nil {
		return nil
	}
	failure.headline = strings.Replace(failure.headline, "is not ready after", "still exists after", 1)
	return errors.New(failure.Error())
}

// holders returns the finalizers that keep an object from being removed.
func holders(live object) string {
	finalizers, _ := live.at("metadata", "finalizers").([]any)
	var names []string
	for _, finalizer := range finalizers {
		if name, ok := finalizer.(string); ok && name != metav1.FinalizerDeleteDependents {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ", held by " + strings.Join(names, ", ")
}

// whyNotGone returns what remains in a namespace, by its conditions, or the remaining pods of a workload.
func (s *subject) whyNotGone(ctx context.Context, gvk groupVersionKind, namespace, name string) []string {
	live, err := s.cluster.read(ctx, gvk, namespace, name)
	if err != nil {
		return nil
	}
	var reasons []string
	conditions, _ := live.at("status", "conditions").([]any)
	for _, entry := range conditions {
		condition, _ := entry.(map[string]any)
		conditionType, _ := condition["type"].(string)
		message, _ := condition["message"].(string)
		if gvk.Kind == "Namespace" && strings.HasPrefix(conditionType, "Namespace") &&
			condition["status"] == "True" && message != "" {
			reasons = append(reasons, message)
		}
	}
	return reasons
}

func (p *provider) deleteUnreachable(settings *settings, cluster *cluster, urn string) (*emptypb.Empty, error) {
	if settings.deleteUnreachable {
		p.warn(urn, "the cluster cannot be reached and deleteUnreachable is set: dropped from the state")
		return &emptypb.Empty{}, nil
	}
	return nil, unreachableHint(cluster.unreachable)
}
