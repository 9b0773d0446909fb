package reach

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/spec"
)

// growth looks at the claims that the environment has and that are to grow. The API server refuses it for a claim
// without a volume and for a class that does not expand volumes
// (https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims). Pulumi's
// preview takes that answer for missing permissions, so the update would fail halfway.
func growth(ctx context.Context, config *rest.Config, environment *spec.Environment) error {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("connecting to the cluster at %s: %w", config.Host, err)
	}
	lookup := lookup{client: client, namespace: environment.Namespace.Name}
	named := labels.Labels{labels.NameLabel: environment.App.Name, labels.InstanceLabel: environment.Instance()}
	result := &spec.FixedClaimsError{Namespace: lookup.namespace}
	for _, claim := range environment.CreatedClaims() {
		fixed, err := lookup.fixed(ctx, spec.FixedClaim{CreatedClaim: claim, Name: named.ClaimName(claim.Component, claim.Held)})
		if err != nil {
			return err
		}
		if fixed.Reason != "" {
			result.Claims = append(result.Claims, fixed)
		}
	}
	if len(result.Claims) > 0 {
		return result
	}
	return nil
}

// fixed adds the reason why a claim cannot grow; none if it can, need not, is not there or may not be read.
func (l lookup) fixed(ctx context.Context, claim spec.FixedClaim) (spec.FixedClaim, error) {
	live, err := l.get(ctx, spec.ExpectedObject{Kind: "PersistentVolumeClaim", Name: claim.Name})
	if unreadable(err) {
		return claim, nil
	}
	if err != nil {
		return claim, fmt.Errorf("looking up the PersistentVolumeClaim %s: %w", claim.Name, err)
	}
	has, _, _ := unstructured.NestedString(live.Object, "spec", "resources", "requests", "storage")
	claim.Has = spec.Quantity(has)
	if !grows(claim) {
		return claim, nil
	}
	if phase, _, _ := unstructured.NestedString(live.Object, "status", "phase"); phase != string(corev1.ClaimBound) {
		claim.Reason = "it has no volume yet, and only one with a volume can grow: set the size back until a pod has used it"
		if claim.Component == labels.Backup {
			claim.Reason += ", as `djangostack backup` does"
		}
		return claim, nil
	}
	claim.Reason, err = l.classReason(ctx, live, claim)
	return claim, err
}

// classReason says why a class does not expand the volume of a claim; empty if it does, or may not be read.
func (l lookup) classReason(ctx context.Context, live *unstructured.Unstructured, claim spec.FixedClaim) (string, error) {
	name, _, _ := unstructured.NestedString(live.Object, "spec", "storageClassName")
	if name == "" {
		return fmt.Sprintf("its volume has no StorageClass, so Kubernetes does not expand it: set the size back to %s", claim.Has), nil
	}
	class, err := l.get(ctx, spec.ExpectedObject{Kind: "StorageClass", Name: name})
	if apierrors.IsNotFound(err) {
		return fmt.Sprintf("its StorageClass %s is not there, so nothing expands the volume: set the size back to %s", name, claim.Has), nil
	}
	if unreadable(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("looking up the StorageClass %s of the PersistentVolumeClaim %s: %w", name, claim.Name, err)
	}
	if expands, _, _ := unstructured.NestedBool(class.Object, "allowVolumeExpansion"); !expands {
		return fmt.Sprintf("its StorageClass %s does not expand volumes: set the size back to %s, or set allowVolumeExpansion on the class if its driver can", name, claim.Has), nil
	}
	return "", nil
}

// grows reports whether the configuration asks for more than the claim does.
func grows(claim spec.FixedClaim) bool {
	has, err := resource.ParseQuantity(string(claim.Has))
	if err != nil {
		return false
	}
	wanted, err := resource.ParseQuantity(string(claim.Size))
	return err == nil && wanted.Cmp(has) > 0
}

// unreadable reports whether an object is not there or may not be read.
func unreadable(err error) bool {
	return apierrors.IsNotFound(err) || apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err)
}
