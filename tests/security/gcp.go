package security

import (
	"slices"

	"github.com/djangostack/djangostack/stacks/spec"
)

// OnGCP is the table for Google Cloud.
func OnGCP() Table {
	return Table{
		Cloud: spec.GCPCloud,
		Title: "Security on Google Cloud",
		Sections: []Section{
			{Title: "Cluster", Lines: clusterOnGCP()},
			{Title: "Nodes and volumes", Lines: nodesOnGCP()},
			{Title: "Rights", Lines: rightsOnGCP()},
			{Title: "Keys", Lines: keysOnGCP()},
			{Title: "Network", Lines: networkOnGCP()},
			{Title: "Database", Lines: slices.Concat(databaseOnGCP(), databaseLogsOnGCP())},
			{Title: "Cache and broker", Lines: redisOnGCP()},
			{Title: "Buckets", Lines: bucketsOnGCP()},
			{Title: "Load balancer, certificates and names", Lines: slices.Concat(loadBalancersOnGCP(), namesOnGCP())},
			{Title: "Images", Lines: imagesOnGCP()},
			{Title: "Pods", Lines: append(pods(spec.GCPCloud), podRights(spec.GCPCloud)...)},
		},
		Beyond: [][2]string{
			{"CIS GKE 3.1.1–3.1.4, 3.2.1–3.2.9", "Files and flags of the kubelet: those of Google's own images, which the nodes run. No argument of an environment changes them."},
			{"CIS GKE 4.1.1, 4.1.3, 4.1.6–4.1.10", "An environment makes one binding in Kubernetes, for those that `gcp.admins` names (CIS GKE 5.8.2), and no role."},
			{"CIS GKE 4.5.1, 5.1.2", "Which images may run, and who may push them, is the project's and the team's to say."},
			{"CIS GKE 5.7.2", "The auditd of nodes is collected by privileged pods, which Autopilot refuses and an environment has no other use for."},
			{"CIS GKE 5.10.1, CKV_GCP_24", "The Kubernetes versions that GKE offers have neither the dashboard nor PodSecurityPolicies."},
			{"CIS GKE 5.10.3", "A sandbox is for code of strangers; an environment runs its own app."},
			{"CIS GCP 1.1–1.8, 1.11–1.17, 2.1–2.11, 2.13–2.15", "Users, audit logs and alarms of the project and its organisation; an environment is one of many in it."},
			{"CIS GCP 3.1, 3.2, CKV_GCP_27", "Networks that existed in the project before; an environment creates its own and uses no other."},
			{"CIS GCP 3.10", "Visitors of a website have no Google account."},
			{"CIS GCP 4, 7, 8", "An environment has no virtual machines, no BigQuery and no Dataproc."},
		},
	}
}
