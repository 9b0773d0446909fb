package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// sameRandom answers for random passwords and strings with a text of the length
// asked for that never changes, so that rendering twice gives the same.
func sameRandom(token string, inputs resource.PropertyMap) (resource.PropertyMap, error) {
	if token != "random:index/randomPassword:RandomPassword" && token != "random:index/randomString:RandomString" {
		return nil, fmt.Errorf("there is no stand-in for it: generate secrets instead")
	}
	length := inputs["length"]
	if !length.IsNumber() || length.NumberValue() < 1 {
		return nil, fmt.Errorf("its length is not a positive number")
	}
	size := int(length.NumberValue())
	sum := sha256.Sum256([]byte(Placeholder))
	outputs := inputs.Copy()
	outputs["result"] = resource.NewProperty(strings.Repeat(hex.EncodeToString(sum[:]), size/(2*len(sum))+1)[:size])
	return outputs, nil
}
