package spec_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/djangostack/djangostack/stacks/spec"
)

// Lists the mistakes in a configuration, with their paths.
func ExampleParse() {
	_, err := spec.Parse([]byte(`{
		"cloud": "none", "tier": "stagin",
		"cluster": {"context": "kind-kind"},
		"app": {"name": "shop", "image": "registry.example.com/shop:1", "settingsModule": "shop.settings"},
		"web": {"replicass": 3}
	}`), "review-17")
	var mistakes spec.Problems
	if errors.As(err, &mistakes) {
		for _, mistake := range mistakes {
			fmt.Println(mistake.Path)
		}
	}
	// Output:
	// tier
	// web.replicass
}

// Builds an environment in Go. What is not stated gets its default when the environment is parsed.
func ExampleEnvironment_Values() {
	environment := spec.Environment{
		Cloud: spec.NoCloud, Tier: spec.Staging,
		Cluster: spec.Cluster{Context: "kind-kind"},
		App:     spec.App{Name: "shop", Image: "registry.example.com/shop:1", SettingsModule: "shop.settings"},
	}
	values, err := environment.Values()
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, err := json.Marshal(values)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(raw))
	parsed, err := spec.Parse(raw, "dev")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(parsed.Namespace.Name)
	// Output:
	// {"app":{"image":"registry.example.com/shop:1","name":"shop","settingsModule":"shop.settings"},"cloud":"none","cluster":{"context":"kind-kind"},"tier":"staging"}
	// shop-dev
}
