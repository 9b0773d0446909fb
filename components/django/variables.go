package django

import (
	"maps"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/pod"
)

// variables are those of a process besides the ones in the ConfigMap and the Secret.
// The kubelet expands a reference to what stands in these two or earlier in this list,
// so values that name others come last, each after those that it names.
func (e Environment) variables(p process) corev1.EnvVarArray {
	var out corev1.EnvVarArray
	for _, name := range sortedKeys(e.PerProcess[p.component]) {
		out = append(out, pod.Env(name, e.PerProcess[p.component][name]))
	}
	if p.direct {
		out = append(out, e.directVariables()...)
	}
	for _, name := range sortedKeys(e.FromSecrets) {
		out = append(out, pod.EnvFromSecret(name, pulumi.String(e.FromSecrets[name].Name), e.FromSecrets[name].Key))
	}
	for _, name := range sortedKeys(p.env) {
		out = append(out, variable(name, p.env[name]))
	}
	for _, name := range sortedKeys(p.secretEnv) {
		out = append(out, corev1.EnvVarArgs{Name: pulumi.String(name), ValueFrom: p.secretEnv[name]})
	}
	return append(out, e.composed(p)...)
}

// passing are the variables that pass a pool in front of the database by.
func (e Environment) directVariables() corev1.EnvVarArray {
	var out corev1.EnvVarArray
	for _, name := range sortedKeys(e.Direct) {
		out = append(out, pod.Env(name, e.Direct[name]))
	}
	for _, name := range e.DirectURLs {
		out = append(out, pod.EnvFromSecret(name, e.Secret, "DIRECT_DATABASE_URL"))
	}
	return out
}

// composed are the app's variables whose values name others, and those of the process
// itself, which go before the app's.
func (e Environment) composed(p process) corev1.EnvVarArray {
	all := e.withVariables(p.pods.Env)
	// Runtime.check has refused a circle before anything was registered.
	names, _ := contract.Ordered(all)
	var out corev1.EnvVarArray
	for _, name := range names {
		out = append(out, pod.Env(name, pulumi.String(contract.Escaped(all[name]))))
	}
	return out
}

// with adds the variables of one process to those of the app that name others.
func (e Environment) withVariables(own map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, e.Composed)
	maps.Copy(all, own)
	return all
}

// variable holds a value as it is: the kubelet would take $(NAME) for a reference.
func variable(name, value string) corev1.EnvVarArgs {
	return pod.Env(name, pulumi.String(strings.ReplaceAll(value, "$", "$$")))
}
