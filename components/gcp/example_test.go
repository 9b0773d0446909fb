package gcp_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

// A program registers a global address. The mocks replace Google Cloud.
func Example() {
	program := func(ctx *pulumi.Context) error {
		_, err := gcp.NewAddress(ctx, "blog", &gcp.AddressArgs{
			Project: "blog-production-1234",
			Data:    data.Held{Protected: true},
			Labels:  gcp.Labels{"owner": "web-team"},
		})
		return err
	}
	ran, err := mocks.Try(mocks.Known, nil, program)
	fmt.Println(len(ran.OfKind("GlobalAddress")), "address,", err)
	// Output: 1 address, <nil>
}
