package names_test

import (
	"fmt"

	"github.com/djangostack/djangostack/components/names"
)

func ExampleFit() {
	fmt.Println(names.Fit(63, "Blog", "production", "web"))
	fmt.Println(len(names.Fit(20, "blog", "a-very-long-branch-name", "web")))
	// Output:
	// blog-production-web
	// 20
}
