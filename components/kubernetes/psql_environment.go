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
	return prefixedEnvironment("", to, secret, key, to.CAFile())
}

// prefixedEnvironment is psqlEnvironment for a second connection, whose variables have a prefix
// and whose authority is in another file.
func prefixedEnvironment(prefix string, to connection.Database, secret *corev1.Secret, key, authority string) corev1.EnvVarArray {
	const connectSeconds = "10"
	user := to.Account
	if user == nil {
		user = pulumi.String(to.User)
	}
	environment := corev1.EnvVarArray{
		pod.Env(prefix+"PGHOST", to.Host),
		pod.Env(prefix+"PGPORT", pulumi.String(strconv.Itoa(to.Port))),
		pod.Env(prefix+"PGDATABASE", pulumi.String(to.Name)),
		pod.Env(prefix+"PGUSER", user),
		pod.EnvFromSecret(prefix+"PGPASSWORD", secret.Metadata.Name().Elem(), key),
		pod.Env(prefix+"PGSSLMODE", pulumi.String(to.SSLMode)),
		pod.Env(prefix+"PGCONNECT_TIMEOUT", pulumi.String(connectSeconds)),
	}
	if to.CA != nil {
		environment = append(environment, pod.Env(prefix+"PGSSLROOTCERT", pulumi.String(authority)))
	}
	return environment
}
