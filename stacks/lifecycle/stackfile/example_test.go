package stackfile_test

import (
	"fmt"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
)

// Reads the environment of a stack's configuration file with one value overridden, as
// `djangostack up --set app.image=shop:2` does. Read does the same as Decode, from a file.
func Example() {
	file, err := stackfile.Decode([]byte(`
config:
  shop:environment:
    tier: staging
    app: {name: shop, image: "shop:1"}
    secretEnv:
      STRIPE_KEY: {secure: v1:encrypted}
`), "shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	override, err := stackfile.ParseOverride("app.image=shop:2")
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := file.Apply([]stackfile.Override{override}); err != nil {
		fmt.Println(err)
		return
	}
	environment, err := file.EnvironmentJSON(func(path string) string { return "secret " + path })
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(environment))
	// Output: {"app":{"image":"shop:2","name":"shop"},"secretEnv":{"STRIPE_KEY":"secret secretEnv.STRIPE_KEY"},"tier":"staging"}
}
