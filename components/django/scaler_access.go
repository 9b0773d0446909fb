package django

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
)

// scalerAccess registers KEDA's TriggerAuthentication, and returns its name; nil for a server
// that asks for no credentials. The parameters that this program knows are in a Secret that
// nothing else refers to, and the others in existing Secrets.
func (r *Runtime) scalerAccess(ctx *pulumi.Context, name, part string, known pulumi.StringMap, stored map[string]connection.SecretKey, parent pulumi.Resource) (pulumi.StringInput, error) {
	parameters := pulumi.Array{}
	add := func(parameter string, secret pulumi.Input, key string) {
		parameters = append(parameters, pulumi.Map{"parameter": pulumi.String(parameter), "name": secret, "key": pulumi.String(key)})
	}
	if len(known) > 0 {
		secret, err := corev1.NewSecret(ctx, name, &corev1.SecretArgs{
			Metadata:   r.metadata(part),
			Immutable:  pulumi.Bool(true),
			StringData: known,
		}, pulumi.Parent(parent))
		if err != nil {
			return nil, fmt.Errorf("registering the Secret of the scaler of %s: %w", part, err)
		}
		for _, parameter := range sortedKeys(known) {
			add(parameter, secret.Metadata.Name(), parameter)
		}
	}
	for _, parameter := range sortedKeys(stored) {
		add(parameter, stored[parameter].Name, stored[parameter].Key)
	}
	if len(parameters) == 0 {
		return nil, nil
	}
	authentication, err := apiextensions.NewCustomResource(ctx, name+"-access", &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String(kedaVersion),
		Kind:        pulumi.String("TriggerAuthentication"),
		Metadata:    r.named(part),
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{"secretTargetRef": parameters}},
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the TriggerAuthentication of %s: %w", part, err)
	}
	return authentication.Metadata.Name().Elem(), nil
}
