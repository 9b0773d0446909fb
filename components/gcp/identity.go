package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// BucketGrant lets an identity use a bucket.
type BucketGrant struct {
	Bucket pulumi.StringInput
	// Role, for instance roles/storage.objectUser.
	Role string
}

// IdentityArgs describes what the pods of one Kubernetes service account may do on
// Google Cloud.
type IdentityArgs struct {
	Project string
	// WorkloadPool is the cluster's.
	WorkloadPool   string
	Namespace      pulumi.StringInput
	ServiceAccount string
	Buckets        []BucketGrant
	// Signing says whether the pods sign URLs of private objects.
	Signing Signing
}

// Signing says whether an identity may sign in its own name.
type Signing string

// An address of a private object that works for a while is signed.
const (
	SigningOff Signing = "off"
	SigningOn  Signing = "on"
)

// Identity is a Google service account for the pods of one Kubernetes service account.
type Identity struct {
	pulumi.ResourceState

	// Email is the Google service account's address.
	Email pulumi.StringOutput
	// Annotations are what the Kubernetes service account carries.
	Annotations pulumi.StringMap
	// Granted is what pods wait for: without it their first request is refused.
	Granted []pulumi.Resource
}
