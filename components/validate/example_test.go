package validate_test

import (
	"errors"
	"fmt"

	"github.com/djangostack/djangostack/components/validate"
)

func Example() {
	replicas, engine := 9, "memcached"
	fmt.Println(errors.Join(
		validate.Check("Cache", validate.Required("NodeType", false)),
		validate.Within("Cache", "Replicas", replicas, 0, 5),
		validate.OneOf("Cache", "Engine", engine, "redis", "valkey"),
	))
	// Output:
	// Cache: NodeType is required
	// Cache: Replicas is 9; allowed is 0 to 5
	// Cache: Engine is "memcached"; allowed are redis, valkey
}
