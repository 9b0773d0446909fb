package spec

import (
	"regexp"
	"slices"
	"strings"

	aws "github.com/djangostack/djangostack/components/aws/limits"
	gcp "github.com/djangostack/djangostack/components/gcp/limits"
)

// checkTags reports further tags that AWS refuses, or that somebody else sets. Tags of volumes are written as
// key=value, so that a key has no =
// (https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md).
func (e *Environment) checkTags(problems *Problems) {
	if e.Cloud != AWSCloud || e.AWS == nil {
		return
	}
	const path = "aws.tags"
	if len(e.AWS.Tags) > aws.MaxFurtherTags {
		problems.add(path, nil, "may be at most %d: a resource has %d, and the program, EKS and its volumes need the others; has %d", aws.MaxFurtherTags, aws.MaxTags, len(e.AWS.Tags))
	}
	// https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
	keyForm := regexp.MustCompile(`^[\p{L}\p{N}_.:/+@-]([\p{L}\p{N} _.:/+@-]{0,126}[\p{L}\p{N}_.:/+@-])?$`)
	valueForm := regexp.MustCompile(`^([\p{L}\p{N}_.:/=+@-]([\p{L}\p{N} _.:/=+@-]{0,254}[\p{L}\p{N}_.:/=+@-])?)?$`)
	known := map[string]string{}
	for _, key := range keys(e.AWS.Tags) {
		value, at := e.AWS.Tags[key], path+"."+key
		switch lower := strings.ToLower(key); {
		case !keyForm.MatchString(key):
			problems.add(at, nil, "must be a key of 1 to 128 letters, digits, inner spaces and _ . : / + @ -")
		case isReservedTag(lower):
			problems.add(at, nil, "is a key that the program, AWS or Kubernetes sets; name another")
		case known[lower] != "":
			// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
			problems.add(at, nil, "is %s in other letters, which are one key for IAM", known[lower])
		default:
			known[lower] = key
		}
		if !valueForm.MatchString(value) {
			problems.add(at, value, "must be at most 256 letters, digits, inner spaces and _ . : / = + @ -")
		}
	}
}

// isReservedTag reports whether somebody sets tags of this key, in lower case.
func isReservedTag(key string) bool {
	prefixes := []string{
		"aws:", "djangostack:", "eks:", "k8s.io/", "kubernetes.io/", "elbv2.k8s.aws/", "ebs.csi.aws.com/", "karpenter.sh/", "karpenter.k8s.aws/",
	}
	return slices.Contains([]string{"name", "kubernetescluster", "csivolumename", "csivolumesnapshotname"}, key) ||
		slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// checkCloudLabels reports further labels that Google Cloud refuses, or that somebody else sets.
func (e *Environment) checkCloudLabels(problems *Problems) {
	if e.Cloud != GCPCloud || e.GCP == nil {
		return
	}
	const path = "gcp.labels"
	if len(e.GCP.Labels) > gcp.MaxFurtherLabels {
		problems.add(path, nil, "may be at most %d: a resource has %d, and the program and GKE need the others; has %d", gcp.MaxFurtherLabels, gcp.MaxLabels, len(e.GCP.Labels))
	}
	key, value := regexp.MustCompile(`^[a-z][a-z0-9_-]{0,62}$`), regexp.MustCompile(`^[a-z0-9_-]{0,63}$`)
	for _, name := range keys(e.GCP.Labels) {
		at := path + "." + name
		switch {
		case !key.MatchString(name):
			problems.add(at, nil, "must be a key of a lower-case letter and up to 62 more, digits, _ and -")
		case isReservedLabel(name):
			problems.add(at, nil, "is a key that the program, Google or Kubernetes sets; name another")
		}
		if !value.MatchString(e.GCP.Labels[name]) {
			problems.add(at, e.GCP.Labels[name], "must be at most %d lower-case letters, digits, _ and -", gcp.MaxLabelValue)
		}
	}
}

// isReservedLabel reports whether somebody sets labels of this key
// (https://cloud.google.com/kubernetes-engine/docs/how-to/creating-managing-labels).
func isReservedLabel(key string) bool {
	return slices.ContainsFunc([]string{"goog", "djangostack-", "k8s-", "kubernetes-io"}, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}
