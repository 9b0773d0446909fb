package cidr_test

import (
	"fmt"

	"github.com/djangostack/djangostack/components/cidr"
)

func ExampleSubnet() {
	whole, err := cidr.Private("10.20.0.0/16")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cidr.Subnet(whole, 2, 3))
	// Output: 10.20.192.0/18
}
