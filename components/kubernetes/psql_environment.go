package kubernetes

import (
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/pod"
)

// psqlEnvironment returns the variables with which psql connects to a database. The
// password is one key of a Secret.
func psqlEnvironment(to connection.Database, secret *corev1.Secret, key string) corev1.EnvVarArray {
	const connectSeconds = "10"
	user := to.Account
	if user == nil {
		user = pulumi.String(to.User)
	}
	environment := corev1.EnvVarArray{
		pod.Env("PGHOST", to.Host),
		pod.Env("PGPORT", pulumi.String(strconv.Itoa(to.Port))),
		pod.Env("PGDATABASE", pulumi.String(to.Name)),
		pod.Env("PGUSER", user),
		pod.EnvFromSecret("PGPASSWORD", secret.Metadata.Name().Elem(), key),
		pod.Env("PGSSLMODE", pulumi.String(to.SSLMode)),
		pod.Env("PGCONNECT_TIMEOUT", pulumi.String(connectSeconds)),
	}
	if to.CA != nil {
		environment = append(environment, pod.Env("PGSSLROOTCERT", pulumi.String(to.CAFile())))
	}
	return environment
}
