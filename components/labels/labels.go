package labels

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ComponentLabel distinguishes the components of one app: web, postgres, migrate.
const ComponentLabel = "app.kubernetes.io/component"

// NameLabel holds the name of the app.
const NameLabel = "app.kubernetes.io/name"

// Labels are the labels of every object of an environment.
type Labels map[string]string

// For returns the labels of one component of the environment.
func (l Labels) For(component string) pulumi.StringMap {
	labels := pulumi.StringMap{ComponentLabel: pulumi.String(component)}
	for key, value := range l {
		labels[key] = pulumi.String(value)
	}
	return labels
}

// Selector selects the pods of one component. It holds only labels that never change,
// because a selector is immutable.
func (l Labels) Selector(component string) pulumi.StringMap {
	return pulumi.StringMap{
		NameLabel:      pulumi.String(l[NameLabel]),
		ComponentLabel: pulumi.String(component),
	}
}

// App selects all pods of the app.
func (l Labels) App() pulumi.StringMap {
	return pulumi.StringMap{NameLabel: pulumi.String(l[NameLabel])}
}
