package cloud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// autonameDigits is the number of hex digits that the bridge adds to a name.
const autonameDigits = 7

// name sets a name where the program sets none: the old name if it was automatic, otherwise a new one. It returns the
// property that it filled in.
func (k *Kind) name(req *pulumirpc.CheckRequest, inputs, before resource.PropertyMap) (string, error) {
	if k.Name == nil || isSet(inputs, k.Name.Property) || k.Name.ReplacedBy != "" && isSet(inputs, k.Name.ReplacedBy) {
		return "", nil
	}
	key := resource.PropertyKey(k.Name.Property)
	if old, had := before[key]; had && slices.Contains(defaulted(before), k.Name.Property) {
		inputs[key] = old
		return k.Name.Property, nil
	}
	made, err := k.Name.make(req)
	if err != nil {
		return "", fmt.Errorf("making a name: %w", err)
	}
	inputs[key] = resource.NewStringProperty(made)
	return k.Name.Property, nil
}

func (n *Name) make(req *pulumirpc.CheckRequest) (string, error) {
	name, options := "", req.GetAutonaming()
	switch {
	case options.GetMode() == pulumirpc.CheckRequest_AutonamingOptions_DISABLE:
		return "", fmt.Errorf("automatic names are off: set %s", n.Property)
	case options != nil:
		name = options.GetProposedName()
	default:
		unique, err := resource.NewUniqueName(req.GetRandomSeed(), resource.URN(req.GetUrn()).Name()+n.Separator,
			autonameDigits, n.Max, nil)
		if err != nil {
			return "", err
		}
		name = unique
	}
	if n.Lower {
		name = strings.ToLower(name)
	}
	if !strings.HasPrefix(name, n.Prefix) {
		name = n.Prefix + name
	}
	if len(name) > n.Max+len(n.Prefix) {
		return "", fmt.Errorf("%q is longer than %d characters", name, n.Max)
	}
	return name, nil
}

func isSet(inputs resource.PropertyMap, name string) bool {
	value, has := inputs[resource.PropertyKey(name)]
	return has && !value.IsNull()
}

// defaulted returns the properties that the bridge's note names.
func defaulted(inputs resource.PropertyMap) []string {
	note := inputs[defaultsKey]
	if !note.IsArray() {
		return nil
	}
	var names []string
	for _, name := range note.ArrayValue() {
		if name.IsString() {
			names = append(names, name.StringValue())
		}
	}
	return names
}
