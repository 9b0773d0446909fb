package kubernetes

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// The published provider's limits.
const (
	limitWorkload = 10 * time.Minute
	limitPod      = 5 * time.Minute
	limitVolume   = 5 * time.Minute
	limitQuota    = time.Minute
	limitToken    = 5 * time.Second
	limitDefined  = time.Minute
)

// wait returns how to wait for an object of this kind, or nil for the kinds that are ready when they exist.
func (s *subject) wait() (*wait, error) {
	if expression := s.inputs.annotation(annotationWaitFor); expression != "" {
		conditions, err := parseWaitFor(expression)
		if err != nil {
			return nil, fmt.Errorf("annotation %s: %w", annotationWaitFor, err)
		}
		return s.waitOn(limitWorkload, conditions.look), nil
	}
	kind := s.live.kind().GroupKind()
	switch kind.Group + "/" + kind.Kind {
	case "apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "/ReplicationController":
		return s.waitForWorkload(), nil
	case "batch/Job":
		return s.waitForJob(), nil
	case "/Pod":
		return s.waitForPod(), nil
	case "/Service":
		return s.waitForService(), nil
	case "networking.k8s.io/Ingress":
		return s.waitForIngress(), nil
	case "/PersistentVolumeClaim":
		return s.waitForClaim(), nil
	case "/PersistentVolume":
		return s.waitOn(limitVolume, lookAtVolume), nil
	case "/ResourceQuota":
		return s.waitOn(limitQuota, lookAtQuota), nil
	case "/Secret":
		if s.live.text("type") == "kubernetes.io/service-account-token" {
			return s.waitOn(limitToken, lookAtToken), nil
		}
	case "apiextensions.k8s.io/CustomResourceDefinition":
		return s.waitOn(limitDefined, computed), nil
	}
	if os.Getenv("PULUMI_K8S_AWAIT_ALL") == "true" {
		return s.waitOn(limitWorkload, computed), nil
	}
	return nil, nil
}

// waitOn waits for what the object's own status says.
func (s *subject) waitOn(limit time.Duration, check func(object) (look, error)) *wait {
	kind, namespace, name := s.live.kind(), s.live.namespace(), s.live.name()
	return &wait{
		limit:   limit,
		what:    fmt.Sprintf("%s %s", kind.Kind, id(namespace, name)),
		cluster: s.cluster,
		targets: []target{{kind: kind, namespace: namespace, fieldSelector: "metadata.name=" + name}},
		look: func(ctx context.Context) (look, error) {
			live, err := s.cluster.read(ctx, kind, namespace, name)
			if apierrors.IsNotFound(err) {
				return look{failed: "it was deleted meanwhile"}, nil
			}
			if err != nil {
				return look{}, err
			}
			return check(live)
		},
		why: func(ctx context.Context) []string {
			return s.cluster.warningsOf(ctx, namespace, name, s.live.text("metadata", "uid"))
		},
	}
}

// computed returns the status by kstatus, the library that kubectl and Flux use.
func computed(live object) (look, error) {
	result, err := status.Compute(asUnstructured(live))
	if err != nil {
		return look{}, fmt.Errorf("determining whether it is ready: %w", err)
	}
	switch result.Status {
	case status.CurrentStatus:
		return look{ready: true}, nil
	case status.TerminatingStatus:
		return look{failed: "it is being deleted"}, nil
	}
	return look{waiting: result.Message}, nil
}

func lookAtVolume(live object) (look, error) {
	phase := live.text("status", "phase")
	return look{ready: phase == "Available" || phase == "Bound", waiting: "the volume is " + orUnknown(phase)}, nil
}

func lookAtQuota(live object) (look, error) {
	hard, _ := live.at("spec", "hard").(map[string]any)
	counted, _ := live.at("status", "hard").(map[string]any)
	for name, amount := range hard {
		if !sameLeaf([]string{"hard", name}, amount, counted[name]) {
			return look{waiting: "the quota is not counted yet"}, nil
		}
	}
	return look{ready: true}, nil
}

func lookAtToken(live object) (look, error) {
	data, _ := live["data"].(map[string]any)
	return look{ready: len(data) > 0, waiting: "the token is not issued yet"}, nil
}

func orUnknown(text string) string {
	if text == "" {
		return "in no state yet"
	}
	return text
}
