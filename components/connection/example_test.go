package connection_test

import (
	"fmt"

	"github.com/djangostack/djangostack/components/connection"
)

func ExampleEscaped() {
	fmt.Printf("postgres://blog:%s@db:5432/blog\n", connection.Escaped("a/b?c"))
	// Output: postgres://blog:a%2Fb%3Fc@db:5432/blog
}
