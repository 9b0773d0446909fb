package app

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/stacks/spec"
)

// withQuota registers the quota and the limit range of the namespace. It returns the name of the
// namespace for what comes after them, so that no pod starts without their defaults.
func withQuota(ctx *pulumi.Context, environment *spec.Environment, namespace pulumi.StringOutput, labels labels.Labels, platform Platform) (pulumi.StringOutput, error) {
	args := &kubernetes.QuotaArgs{Namespace: namespace, Labels: labels, Hard: hard(environment.Namespace.Quota)}
	if limits := environment.Namespace.LimitRange; limits != nil {
		args.DefaultRequests = stated(map[string]spec.Quantity{"cpu": limits.CPU, "memory": limits.Memory})
		args.DefaultLimits = stated(map[string]spec.Quantity{"cpu": limits.CPULimit, "memory": limits.MemoryLimit})
	}
	if args.Hard == nil && args.DefaultLimits == nil {
		return namespace, nil
	}
	quota, err := kubernetes.NewQuota(ctx, environment.App.Name, args, platform.Options...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return pulumi.OutputWithDependencies(ctx.Context(), namespace, quota).(pulumi.StringOutput), nil
}

// hard is a quota by the names of
// https://kubernetes.io/docs/concepts/policy/resource-quotas/#types-of-resource-quota; nil for
// none.
func hard(quota *spec.Quota) map[string]string {
	if quota == nil {
		return nil
	}
	limits := stated(map[string]spec.Quantity{
		"requests.cpu": quota.CPU, "requests.memory": quota.Memory, "limits.cpu": quota.CPULimit, "limits.memory": quota.MemoryLimit, "requests.storage": quota.Storage,
	})
	for name, count := range map[string]int{"pods": quota.Pods, "persistentvolumeclaims": quota.PersistentVolumeClaims} {
		if count > 0 {
			limits[name] = strconv.Itoa(count)
		}
	}
	return limits
}

// stated returns the amounts that are not empty.
func stated(amounts map[string]spec.Quantity) map[string]string {
	found := map[string]string{}
	for name, amount := range amounts {
		if amount != "" {
			found[name] = string(amount)
		}
	}
	return found
}
