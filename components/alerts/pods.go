package alerts

import (
	"fmt"
	"slices"
	"strings"
)

// pods are the rules of what runs all the time.
func (o Objects) pods() []Rule {
	var rules []Rule
	ready := func(names ...string) string {
		return highest(deploymentLabel, o.metric("kube_deployment_status_replicas_ready", deploymentLabel, names)) + " == 0"
	}
	if o.Web != "" {
		rules = append(rules, o.rule(webDown, ready(o.Web))...)
		rules = append(rules, o.rule(metricsMissing, "absent("+o.metric("kube_deployment_status_replicas_ready", deploymentLabel, []string{o.Web})+")")...)
	}
	if len(o.Processes) > 0 {
		rules = append(rules, o.rule(processDown, ready(o.Processes...))...)
	}
	var servers []string
	if len(o.Servers) > 0 {
		servers = append(servers, lines(
			highest(statefulSetLabel, o.metric("kube_statefulset_status_replicas_ready", statefulSetLabel, o.Servers)),
			"< "+highest(statefulSetLabel, o.metric("kube_statefulset_replicas", statefulSetLabel, o.Servers)),
		))
	}
	if len(o.Poolers) > 0 {
		servers = append(servers, ready(o.Poolers...))
	}
	if len(servers) > 0 {
		rules = append(rules, o.rule(serverDown, strings.Join(servers, "\nor\n"))...)
	}
	return slices.Concat(rules, o.rollout(), o.restarts())
}

// deployments are all Deployments.
func (o Objects) deployments() []string {
	var all []string
	if o.Web != "" {
		all = append(all, o.Web)
	}
	for _, exporter := range o.Exporters {
		all = append(all, exporter.Deployment)
	}
	return slices.Concat(all, o.Processes, o.Sleepers, o.Poolers)
}

// rollout asks for the pods that a Deployment wants at the moment, during a rollout more than its
// replicas. A rollout that goes on changes the number of its new pods.
func (o Objects) rollout() []Rule {
	all := o.deployments()
	if len(all) == 0 {
		return nil
	}
	return o.rule(rolloutStuck, lines(
		highest(deploymentLabel, o.metric("kube_deployment_status_replicas_unavailable", deploymentLabel, all))+" > 0",
		"and",
		highest(deploymentLabel, "changes("+o.metric("kube_deployment_status_replicas_updated", deploymentLabel, all)+"[10m])")+" == 0",
	))
}

// restarts are about the pods of Deployments and StatefulSets. A pod of a Deployment belongs to a
// ReplicaSet whose name has the hash of a template, without a hyphen, behind that of the Deployment.
func (o Objects) restarts() []Rule {
	var owners []string
	if all := o.deployments(); len(all) > 0 {
		owners = append(owners, "("+strings.Join(all, "|")+")-[a-z0-9]+")
	}
	owners = append(owners, o.Servers...)
	if len(owners) == 0 {
		return nil
	}
	const container = "pod, container"
	owned := fmt.Sprintf(`and on (namespace, pod) kube_pod_owner{%s, owner_kind=~"ReplicaSet|StatefulSet", owner_name=~"%s"}`, o.namespace(), strings.Join(owners, "|"))
	restarts := func(window string) string {
		return highest(container, "changes("+o.metric("kube_pod_container_status_restarts_total", "", nil)+"["+window+"])")
	}
	killed := highest(container, o.metric("kube_pod_container_status_last_terminated_reason", "", nil, `reason="OOMKilled"`))
	return slices.Concat(
		o.rule(podRestarts, lines(restarts("1h")+" >= 4", owned)),
		o.rule(podOutOfMemory, lines(killed+" == 1", "and "+restarts("30m")+" > 0", owned)),
	)
}
