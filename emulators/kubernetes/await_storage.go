package kubernetes

import "context"

// waitForClaim waits until a claim has its volume, unless its class creates volumes only for the first pod that uses
// them. That pod is never created if the run waits here.
func (s *subject) waitForClaim() *wait {
	w := s.waitOn(limitVolume, nil)
	namespace, name, kind := s.live.namespace(), s.live.name(), s.live.kind()
	w.look = func(ctx context.Context) (look, error) {
		live, err := s.cluster.read(ctx, kind, namespace, name)
		if err != nil {
			return look{}, err
		}
		if live.text("status", "phase") == "Bound" {
			return look{ready: true}, nil
		}
		later, err := s.cluster.bindsLater(ctx, live)
		if err != nil || later {
			return look{ready: later}, err
		}
		return look{waiting: "no volume is bound to it yet"}, nil
	}
	return w
}

func (c *cluster) bindsLater(ctx context.Context, claim object) (bool, error) {
	name := claim.text("spec", "storageClassName")
	if name == "" {
		return false, nil
	}
	class, err := c.read(ctx, storageClassKind(), "", name)
	if err != nil {
		return false, err
	}
	return class.text("volumeBindingMode") == "WaitForFirstConsumer", nil
}
