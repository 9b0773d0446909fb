package gcp

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/app"
	"github.com/djangostack/djangostack/stacks/spec"
)

// identity lets the app's pods read and write the environment's buckets. It returns nil if
// they use none.
func (w wiring) identity(cluster *components.Cluster, files fileServices, dump dumpAccess) (*components.Identity, error) {
	grants := slices.Concat(files.grants, dump.grants)
	if len(grants) == 0 {
		return nil, nil
	}
	return components.NewIdentity(w.ctx, w.name, &components.IdentityArgs{
		Project:        w.environment.GCP.Project,
		WorkloadPool:   cluster.WorkloadPool,
		Namespace:      pulumi.String(w.environment.Namespace.Name),
		ServiceAccount: w.environment.Instance(),
		Buckets:        grants,
		AccessKeys:     accessKeys(w.environment),
		// The app signs the URLs of private uploads.
		Signing: arguments.On,
	}, w.options...)
}

// s3Endpoint is where Cloud Storage speaks the S3 protocol
// (https://cloud.google.com/storage/docs/interoperability).
const s3Endpoint = "https://storage.googleapis.com"

func accessKeys(environment *spec.Environment) arguments.Switch {
	if environment.HasAccessKeys() {
		return arguments.On
	}
	return arguments.Off
}

// mediaKeys are the keys for the bucket of uploads; nil if the app gets none.
func mediaKeys(identity *components.Identity) *app.AccessKeys {
	if identity.AccessKeyID == nil {
		return nil
	}
	return &app.AccessKeys{Endpoint: s3Endpoint, ID: identity.AccessKeyID, Secret: identity.SecretAccessKey}
}

// credentials are the addresses of GKE's metadata server, which gives pods the credentials
// of their identity and hides those of the node
// (https://cloud.google.com/kubernetes-engine/docs/how-to/network-policy#network-policy-and-workload-identity).
func credentials() []kubernetes.EgressRule {
	return []kubernetes.EgressRule{
		{CIDRs: []string{"169.254.169.252/32"}, Ports: []int{987, 988}},
		{CIDRs: []string{"169.254.169.254/32"}, Ports: []int{80}},
	}
}
