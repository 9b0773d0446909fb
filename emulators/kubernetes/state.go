package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/djangostack/djangostack/emulators"
)

// The keys that the published provider keeps beside the live object, so that a stack can switch providers.
const (
	keyInputs       = "__inputs"
	keyAPIVersion   = "__initialApiVersion"
	keyFieldManager = "__fieldManager"
)

// state is what Pulumi keeps of an object: its last live form, and the provider's own keys.
type state struct {
	inputs, live object
	apiVersion   string
	fieldManager string
}

func parseState(properties *structpb.Struct) (state, error) {
	live, err := decodeObject("old state", properties)
	if err != nil {
		return state{}, err
	}
	s := state{live: live, apiVersion: live.text(keyAPIVersion), fieldManager: live.text(keyFieldManager)}
	s.inputs = object{}
	if inputs, ok := live[keyInputs].(map[string]any); ok {
		s.inputs = inputs
	}
	for _, key := range []string{keyInputs, keyAPIVersion, keyFieldManager} {
		delete(live, key)
	}
	return s, nil
}

// encode encodes the state. Values that are secret in given are secret.
func (s state) encode(given resource.PropertyMap) (*structpb.Struct, error) {
	live := s.live.clone()
	if metadata, ok := live["metadata"].(map[string]any); ok {
		// The provider asks the server for field owners when it needs them, because they change all the time.
		delete(metadata, "managedFields")
	}
	values, inputs := toProperties(live), toProperties(s.inputs)
	markSecrets(values, given)
	markSecrets(inputs, given)
	values[keyInputs] = resource.NewObjectProperty(inputs)
	values[keyAPIVersion] = resource.NewStringProperty(s.apiVersion)
	values[keyFieldManager] = resource.NewStringProperty(s.fieldManager)
	return emulators.Encode("state", values)
}
