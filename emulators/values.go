package emulators

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

// Decode decodes the properties of a request. It keeps unknown and secret values and drops nulls.
func Decode(what string, properties *structpb.Struct) (resource.PropertyMap, error) {
	values, err := plugin.UnmarshalProperties(properties, options(what))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	return values, nil
}

// Encode encodes the properties of a response. It keeps unknown and secret values.
func Encode(what string, values resource.PropertyMap) (*structpb.Struct, error) {
	properties, err := plugin.MarshalProperties(values, options(what))
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", what, err)
	}
	return properties, nil
}

func options(label string) plugin.MarshalOptions {
	return plugin.MarshalOptions{Label: label, KeepUnknowns: true, KeepSecrets: true, SkipNulls: true}
}
