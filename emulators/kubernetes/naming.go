package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// name sets the name of an object where the program sets none: the old name if it was automatic, otherwise a new one.
// An annotation marks an automatic name, so that a later replacement may choose another.
func name(req *pulumirpc.CheckRequest, inputs, before object) error {
	metadata, known := inputs.metadata()
	if !known || metadata["name"] != nil {
		return nil
	}
	if metadata["generateName"] != nil {
		return fmt.Errorf("metadata.generateName cannot be used with server-side apply: leave both names out " +
			"for an automatic name, or set metadata.name")
	}
	if old := before.name(); old != "" && before.annotated(annotationAutonamed) {
		return setName(metadata, old)
	}
	autonaming := req.GetAutonaming()
	if autonaming.GetMode() == pulumirpc.CheckRequest_AutonamingOptions_DISABLE {
		return fmt.Errorf("automatic names are off: set metadata.name")
	}
	if autonaming != nil {
		return setName(metadata, autonaming.GetProposedName())
	}
	unique, err := resource.NewUniqueName(req.GetRandomSeed(), resource.URN(req.GetUrn()).Name()+"-", 0, 0, nil)
	if err != nil {
		return fmt.Errorf("making a name: %w", err)
	}
	return setName(metadata, unique)
}

func setName(metadata map[string]any, name string) error {
	metadata["name"] = name
	switch annotations := metadata["annotations"].(type) {
	case nil:
		metadata["annotations"] = map[string]any{annotationAutonamed: "true"}
	case map[string]any:
		annotations[annotationAutonamed] = "true"
	}
	return nil
}
