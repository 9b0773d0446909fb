package django

import (
	"maps"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/pod"
)

// variables returns the variables of a process besides those of the ConfigMap and the
// Secret. The kubelet expands references to these two and to earlier entries of the list.
// Values with references therefore come last, each after those that it refers to.
func (e Environment) variables(p process) corev1.EnvVarArray {
	var out corev1.EnvVarArray
	for _, name := range sortedKeys(e.PerProcess[p.component]) {
		out = append(out, pod.Env(name, e.PerProcess[p.component][name]))
	}
	out = append(out, e.stored.variables()...)
	if p.direct {
		out = append(out, e.directVariables()...)
	}
	for _, name := range sortedKeys(e.FromSecrets) {
		out = append(out, pod.EnvFromSecret(name, e.Objects.Secret(e.FromSecrets[name].Name), e.FromSecrets[name].Key))
	}
	for _, name := range sortedKeys(p.pods.FromSecrets) {
		out = append(out, pod.EnvFromSecret(name, e.Objects.Secret(p.pods.FromSecrets[name].Name), p.pods.FromSecrets[name].Key))
	}
	for _, name := range sortedKeys(p.pods.FromFields) {
		out = append(out, pod.EnvFromField(name, p.pods.FromFields[name]))
	}
	for _, name := range sortedKeys(p.env) {
		out = append(out, variable(name, p.env[name]))
	}
	for _, name := range sortedKeys(p.secretEnv) {
		out = append(out, corev1.EnvVarArgs{Name: pulumi.String(name), ValueFrom: p.secretEnv[name]})
	}
	return append(out, e.composed(p)...)
}

// directVariables returns the variables that bypass the connection pooler.
func (e Environment) directVariables() corev1.EnvVarArray {
	var out corev1.EnvVarArray
	for _, name := range sortedKeys(e.Direct) {
		out = append(out, pod.Env(name, e.Direct[name]))
	}
	for _, name := range e.DirectURLs {
		if e.stored.directURL != nil {
			out = append(out, pod.Env(name, e.stored.directURL))
			continue
		}
		out = append(out, pod.EnvFromSecret(name, e.Secret, e.DirectKey))
	}
	for _, name := range sortedKeys(e.DirectKeys) {
		out = append(out, pod.EnvFromSecret(name, e.Secret, e.DirectKeys[name]))
	}
	return out
}

// composed returns the variables of the app and of the process whose values can have
// references. Those of the process override the app's.
func (e Environment) composed(p process) corev1.EnvVarArray {
	all := e.withVariables(p.pods.Env)
	// Runtime.check has refused cycles before anything was registered.
	names, _ := contract.Ordered(all)
	var out corev1.EnvVarArray
	for _, name := range names {
		out = append(out, pod.Env(name, pulumi.String(contract.Escaped(all[name]))))
	}
	return out
}

// withVariables adds the variables of one process to the composed variables of the app.
func (e Environment) withVariables(own map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, e.Composed)
	maps.Copy(all, own)
	return all
}

// lastOfEachName drops the entries that a later entry of the same name overrides: the API
// server refuses two entries of one name in a server-side apply.
func lastOfEachName(variables corev1.EnvVarArray) corev1.EnvVarArray {
	last := map[pulumi.StringInput]int{}
	for i, entry := range variables {
		last[entry.(corev1.EnvVarArgs).Name] = i
	}
	var out corev1.EnvVarArray
	for i, entry := range variables {
		if last[entry.(corev1.EnvVarArgs).Name] == i {
			out = append(out, entry)
		}
	}
	return out
}

// variable escapes its value: the kubelet would expand $(NAME).
func variable(name, value string) corev1.EnvVarArgs {
	return pod.Env(name, pulumi.String(strings.ReplaceAll(value, "$", "$$")))
}
