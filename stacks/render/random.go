package render

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const passwordType = "random:index/randomPassword:RandomPassword"

// fixedRandom returns the outputs of a random password, string or identifier. They are the
// same in every run, so that an unchanged environment has unchanged manifests.
func fixedRandom(token string, inputs resource.PropertyMap) (resource.PropertyMap, error) {
	if token == "random:index/randomId:RandomId" {
		return fixedIdentifier(inputs)
	}
	if token != passwordType && token != "random:index/randomString:RandomString" {
		return nil, fmt.Errorf("its type has no fixed value: generate secrets instead")
	}
	length := inputs["length"]
	if !length.IsNumber() || length.NumberValue() < 1 {
		return nil, fmt.Errorf("its length is not a positive number")
	}
	outputs := inputs.Copy()
	outputs["result"] = resource.NewProperty(fixedText(inputs, int(length.NumberValue())))
	if token == passwordType {
		outputs["bcryptHash"] = resource.NewProperty(fixedHash(inputs))
	}
	return outputs, nil
}

// fixedHash has the form of a bcrypt hash. It is that of no password: a real one has a random salt, and the manifests
// have a placeholder where the hash is.
func fixedHash(inputs resource.PropertyMap) string {
	const saltAndHash = 53
	return "$2a$10$" + fixedText(resource.PropertyMap{"keepers": inputs["keepers"]}, saltAndHash)
}

// fixedText returns a text of the alphabet that the inputs have, if any. Other keepers have
// another text, as they have another value in the state.
func fixedText(inputs resource.PropertyMap, size int) string {
	seed := Placeholder
	if keepers := inputs["keepers"]; keepers.IsObject() {
		seed += fmt.Sprint(keepers.ObjectValue().Mappable())
	}
	sum := sha256.Sum256([]byte(seed))
	digits := strings.Repeat(hex.EncodeToString(sum[:]), size/(2*len(sum))+1)[:size]
	if least := leastOfEach(inputs); least != "" {
		return (least + digits)[:size]
	}
	alphabet := inputs["overrideSpecial"]
	if !alphabet.IsString() || alphabet.StringValue() == "" {
		return digits
	}
	text := make([]byte, size)
	for i := range text {
		text[i] = alphabet.StringValue()[(int(digits[i])+i)%len(alphabet.StringValue())]
	}
	return string(text)
}

// leastOfEach has as many letters, digits and other characters as the inputs ask for at least.
func leastOfEach(inputs resource.PropertyMap) string {
	special := "-"
	if alphabet := inputs["overrideSpecial"]; alphabet.IsString() && alphabet.StringValue() != "" {
		special = alphabet.StringValue()[:1]
	}
	var text strings.Builder
	for _, kind := range []struct {
		least     resource.PropertyKey
		character string
	}{{"minLower", "a"}, {"minUpper", "A"}, {"minNumeric", "0"}, {"minSpecial", special}} {
		if count := inputs[kind.least]; count.IsNumber() {
			text.WriteString(strings.Repeat(kind.character, int(count.NumberValue())))
		}
	}
	return text.String()
}

func fixedIdentifier(inputs resource.PropertyMap) (resource.PropertyMap, error) {
	length := inputs["byteLength"]
	longest := sha256.Size
	if !length.IsNumber() || length.NumberValue() < 1 || length.NumberValue() > float64(longest) {
		return nil, fmt.Errorf("its byteLength is not a number from 1 to %d", longest)
	}
	sum := sha256.Sum256([]byte(Placeholder))
	bytes := sum[:int(length.NumberValue())]
	prefix := ""
	if wanted := inputs["prefix"]; wanted.IsString() {
		prefix = wanted.StringValue()
	}
	outputs := inputs.Copy()
	outputs["hex"] = resource.NewProperty(prefix + hex.EncodeToString(bytes))
	outputs["b64Std"] = resource.NewProperty(prefix + base64.StdEncoding.EncodeToString(bytes))
	outputs["b64Url"] = resource.NewProperty(prefix + base64.RawURLEncoding.EncodeToString(bytes))
	outputs["dec"] = resource.NewProperty(prefix + new(big.Int).SetBytes(bytes).String())
	return outputs, nil
}
