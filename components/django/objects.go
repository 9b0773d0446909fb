package django

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// Objects are the names of the Secrets and ConfigMaps that the environment creates, by the
// names that refer to them. Any other name is that of an existing object.
type Objects struct {
	Secrets, ConfigMaps map[string]pulumi.StringInput
}

// Secret returns the name of the Secret that a name refers to.
func (o Objects) Secret(name string) pulumi.StringOutput { return referred(o.Secrets, name) }

// ConfigMap returns the name of the ConfigMap that a name refers to.
func (o Objects) ConfigMap(name string) pulumi.StringOutput { return referred(o.ConfigMaps, name) }

func referred(created map[string]pulumi.StringInput, name string) pulumi.StringOutput {
	if own, has := created[name]; has {
		return own.ToStringOutput()
	}
	return pulumi.String(name).ToStringOutput()
}
