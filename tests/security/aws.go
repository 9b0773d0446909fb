package security

import (
	"slices"

	"github.com/djangostack/djangostack/stacks/spec"
)

// OnAWS is the table for AWS.
func OnAWS() Table {
	return Table{
		Cloud: spec.AWSCloud,
		Title: "Security on AWS",
		Sections: []Section{
			{Title: "Cluster", Lines: clusterOnAWS()},
			{Title: "Nodes and volumes", Lines: nodesOnAWS()},
			{Title: "Rights", Lines: rightsOnAWS()},
			{Title: "Keys and logs", Lines: append(keysOnAWS(), logsOnAWS()...)},
			{Title: "Network", Lines: networkOnAWS()},
			{Title: "Database", Lines: databaseOnAWS()},
			{Title: "Cache, broker and search", Lines: append(queuesOnAWS(), searchOnAWS()...)},
			{Title: "Buckets", Lines: bucketsOnAWS()},
			{Title: "CDN", Lines: cdnOnAWS()},
			{Title: "Load balancer, certificates and names", Lines: append(loadBalancersOnAWS(), namesOnAWS()...)},
			{Title: "Images", Lines: imagesOnAWS()},
			{Title: "Pods", Lines: slices.Concat(pods(spec.AWSCloud), podRights(spec.AWSCloud), rolesOnAWS())},
		},
		Beyond: [][2]string{
			{"CIS EKS 3.1.1–3.1.4, 3.2.1–3.2.9", "Files and flags of the kubelet: those of AWS's own images, which the nodes run. No argument of an environment changes them."},
			{"CIS EKS 5.1.2, 5.1.4", "Who may push images, and which registries are approved, is the account's and the team's to say."},
			{"CIS AWS 1.1–1.22, 3.1–3.5, 4.1–4.16", "Users, CloudTrail, Config and alarms of the account; an environment is one of many in it."},
			{"CIS AWS 2.1.3, 2.4.1", "Macie is switched on for an account; an environment has no EFS."},
			{"CKV_AWS_233", "The order of a replacement is not an argument: Pulumi creates the new certificate before it deletes the old one."},
			{"CKV_AWS_143", "Object lock is for objects that must never be deleted; checkov requires it only of buckets that were created with it."},
			{"CIS AWS 5.5", "An environment peers with no other network."},
		},
	}
}
