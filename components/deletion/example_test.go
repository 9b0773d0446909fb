package deletion_test

import (
	"fmt"

	"github.com/djangostack/djangostack/components/deletion"
)

func ExamplePolicy_Check() {
	policy := deletion.Snapshot
	fmt.Println(policy.Check("Bucket", "DeletionPolicy", deletion.Retain, deletion.Delete))
	// Output: Bucket: DeletionPolicy is "snapshot"; allowed are retain, delete
}
