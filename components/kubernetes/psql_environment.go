package kubernetes

import (
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
)

// psqlEnvironment is what psql reads to sign in to a database, whose password stands
// under a key of a Secret.
func psqlEnvironment(to connection.Database, secret *corev1.Secret, key string) corev1.EnvVarArray {
	const connectSeconds = "10"
	return corev1.EnvVarArray{
		plainVariable("PGHOST", to.Host),
		plainVariable("PGPORT", pulumi.String(strconv.Itoa(to.Port))),
		plainVariable("PGDATABASE", pulumi.String(to.Name)),
		plainVariable("PGUSER", pulumi.String(to.User)),
		hiddenVariable("PGPASSWORD", secret, key),
		plainVariable("PGSSLMODE", pulumi.String(to.SSLMode)),
		plainVariable("PGCONNECT_TIMEOUT", pulumi.String(connectSeconds)),
	}
}

func plainVariable(name string, value pulumi.StringInput) corev1.EnvVarInput {
	return corev1.EnvVarArgs{Name: pulumi.String(name), Value: value.ToStringOutput().ToStringPtrOutput()}
}

func hiddenVariable(name string, secret *corev1.Secret, key string) corev1.EnvVarInput {
	return corev1.EnvVarArgs{Name: pulumi.String(name), ValueFrom: corev1.EnvVarSourceArgs{
		SecretKeyRef: corev1.SecretKeySelectorArgs{Name: secret.Metadata.Name(), Key: pulumi.String(key)},
	}}
}
