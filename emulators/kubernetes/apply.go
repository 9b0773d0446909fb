package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/retry"
)

// application is one server-side apply.
type application struct {
	object       object
	fieldManager string
	dryRun       bool
	force        bool
}

// sendTimeout limits a request. The API server answers within a minute by itself.
const sendTimeout = time.Minute

// apply sends an object to the server, which merges it with the fields of others and returns the whole object. The
// server checks every field; an unknown field is an error. apply waits for the answer even if the run is interrupted,
// because the server may have created an object that no state has.
func (c *cluster) apply(ctx context.Context, a application) (object, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), sendTimeout)
	defer done()
	client, err := c.of(a.object)
	if err != nil {
		return nil, err
	}
	desired := a.object.clone()
	if metadata, ok := desired.metadata(); ok && !c.namespaced(desired.kind()) {
		// It was set when the kind was still unknown.
		delete(metadata, "namespace")
	}
	desired.foldStringData()
	body, err := json.Marshal(desired)
	if err != nil {
		return nil, fmt.Errorf("writing the object: %w", err)
	}
	options := metav1.PatchOptions{
		FieldManager:    a.fieldManager,
		Force:           &a.force,
		FieldValidation: metav1.FieldValidationStrict,
	}
	if a.dryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	live, err := client.Patch(ctx, a.object.name(), types.ApplyPatchType, body, options)
	if err != nil {
		return nil, err
	}
	return live.Object, nil
}

// applyPatiently retries while something that the object needs may still be created: its namespace, its definition, or
// the service account of its namespace.
func (c *cluster) applyPatiently(ctx context.Context, a application, waiting func(error)) (object, error) {
	pause := time.Second
	for attempt := 1; ; attempt++ {
		live, err := c.apply(ctx, a)
		if err == nil || a.dryRun || attempt == applyAttempts || !mayCome(err) {
			return live, err
		}
		waiting(err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, err
		}
		pause *= 2
	}
}

// applyAttempts, with pauses that double from one second, take 15 seconds in all.
const applyAttempts = 5

func mayCome(err error) bool {
	return apierrors.IsNotFound(err) || meta.IsNoMatchError(err) ||
		apierrors.IsForbidden(err) && strings.Contains(err.Error(), "error looking up service account")
}

// forced tells whether to take over fields that other managers own.
func (c *cluster) forced(inputs object) bool {
	return inputs.annotated(annotationForce) || c.patchForce
}

// replaceDefinition replaces a CustomResourceDefinition as the published provider does, so that omitted versions are
// removed.
func (c *cluster) replaceDefinition(ctx context.Context, inputs object, fieldManager string, dryRun bool) (object, error) {
	client, err := c.of(inputs)
	if err != nil {
		return nil, err
	}
	options := metav1.UpdateOptions{FieldManager: fieldManager}
	if dryRun {
		options.DryRun = []string{metav1.DryRunAll}
	}
	var replaced object
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		live, err := client.Get(ctx, inputs.name(), metav1.GetOptions{})
		if err != nil {
			return err
		}
		next := asUnstructured(inputs.clone())
		next.SetResourceVersion(live.GetResourceVersion())
		stored, err := client.Update(ctx, next, options)
		if err == nil {
			replaced = stored.Object
		}
		return err
	})
	return replaced, err
}
