package contract_test

import (
	"fmt"

	"github.com/djangostack/djangostack/components/contract"
)

func ExamplePathOf() {
	fmt.Println(contract.PathOf("DATABASE_URL", nil))
	fmt.Println(contract.PathOf("SECRET_KEY", []string{contract.ProfileServiceHost}))
	// Output:
	// database.url
	// django.secretKey
}

func ExampleOrdered() {
	order, err := contract.Ordered(map[string]string{
		"CACHE_URL":  "redis://$(CACHE_HOST):6379/0",
		"CACHE_HOST": "redis-cache",
	})
	fmt.Println(order, err)
	// Output: [CACHE_HOST CACHE_URL] <nil>
}
