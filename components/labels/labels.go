package labels

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ComponentLabel tells the parts of one app apart: web, postgres, migrate.
const ComponentLabel = "app.kubernetes.io/component"

// NameLabel holds the app's name.
const NameLabel = "app.kubernetes.io/name"

// Labels are what every object of an environment carries.
type Labels map[string]string

// For returns the labels of one part of the environment.
func (l Labels) For(part string) pulumi.StringMap {
	labels := pulumi.StringMap{ComponentLabel: pulumi.String(part)}
	for key, value := range l {
		labels[key] = pulumi.String(value)
	}
	return labels
}

// Selector picks the pods of one part. It holds only what never changes,
// because a selector cannot be changed.
func (l Labels) Selector(part string) pulumi.StringMap {
	return pulumi.StringMap{
		NameLabel:      pulumi.String(l[NameLabel]),
		ComponentLabel: pulumi.String(part),
	}
}

// App picks every pod of the app, whatever its part.
func (l Labels) App() pulumi.StringMap {
	return pulumi.StringMap{NameLabel: pulumi.String(l[NameLabel])}
}
