package lifecycle

// The clouds protect some resources from deletion themselves. A plan that deletes or replaces one does not lift that: a
// deletion has the state's old values and no new ones.

// liftedBy are, for each type whose provider deletes what its state does not protect, the values of that state. The
// provider of AWS then asks RDS to lift the protection, if changes apply immediately (resourceInstanceDelete of
// terraform-provider-aws); that of a GKE cluster is a value of the provider alone.
func liftedBy(kind string) map[string]bool {
	switch kind {
	case "aws:rds/instance:Instance":
		return map[string]bool{"deletionProtection": false, "applyImmediately": true}
	case "gcp:container/cluster:Cluster":
		return map[string]bool{"deletionProtection": false}
	default:
		return nil
	}
}

// isLocked reports whether the cloud refuses to delete a resource until an update has lifted its protection
// (resourceLoadBalancerDelete of terraform-provider-aws).
func (l *loss) isLocked() bool {
	return typeOf(l.urn) == "aws:lb/loadBalancer:LoadBalancer" && l.old["enableDeletionProtection"] == true
}

// IsLocked reports whether the cloud's own protection of a resource must be lifted before the plan.
func (e *RefusedError) IsLocked() bool {
	for _, resource := range e.Resources {
		if resource.Locked {
			return true
		}
	}
	return false
}
