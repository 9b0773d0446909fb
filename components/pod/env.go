package pod

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Env is an environment variable with a plain value. The kubelet expands references such
// as $(NAME) in the value, and reads $$ as a dollar.
func Env(name string, value pulumi.StringInput) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(name), Value: value.ToStringOutput().ToStringPtrOutput()}
}

// EnvFromSecret is an environment variable with the value of one key of a Secret.
func EnvFromSecret(name string, secret pulumi.StringInput, key string) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(name), ValueFrom: SecretKey(secret, key)}
}

// EnvFromField is an environment variable with the value of a field of the pod, for
// instance metadata.name.
func EnvFromField(name, path string) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{
		Name:      pulumi.String(name),
		ValueFrom: corev1.EnvVarSourceArgs{FieldRef: corev1.ObjectFieldSelectorArgs{FieldPath: pulumi.String(path)}},
	}
}

// SecretKey is one key of a Secret as the source of an environment variable.
func SecretKey(secret pulumi.StringInput, key string) corev1.EnvVarSourceArgs {
	return corev1.EnvVarSourceArgs{SecretKeyRef: corev1.SecretKeySelectorArgs{
		Name: secret.ToStringOutput().ToStringPtrOutput(),
		Key:  pulumi.String(key),
	}}
}
