package labels_test

import (
	"fmt"

	"github.com/djangostack/djangostack/components/labels"
)

func ExampleLabels_Selector() {
	app := labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog", "djangostack/environment": "staging"}
	fmt.Println(app.Selector("web"))
	// Output: map[app.kubernetes.io/component:web app.kubernetes.io/instance:blog app.kubernetes.io/name:blog]
}
