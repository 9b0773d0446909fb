package random

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"math/big"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/bcrypt"
)

// bcryptLimit is the number of bytes of a password that bcrypt reads. The published provider cuts there too.
const bcryptLimit = 72

func kinds() map[string]kind {
	text := kind{
		required: "length",
		defaults: resource.NewPropertyMapFromMap(map[string]any{
			"lower": true, "upper": true, "numeric": true, "number": true, "special": true,
			"minLower": 0, "minUpper": 0, "minNumeric": 0, "minSpecial": 0,
		}),
		optional: []resource.PropertyKey{"overrideSpecial"},
		outputs:  []resource.PropertyKey{"result"},
		check:    checkText,
		generate: generateString,
	}
	password := text
	password.outputs = []resource.PropertyKey{"result", "bcryptHash"}
	password.secrets = password.outputs
	password.generate = generatePassword
	return map[string]kind{
		"random:index/randomString:RandomString":     text,
		"random:index/randomPassword:RandomPassword": password,
		"random:index/randomId:RandomId": {
			required: "byteLength",
			optional: []resource.PropertyKey{"prefix"},
			outputs:  []resource.PropertyKey{"b64Std", "b64Url", "dec", "hex"},
			generate: generateID,
		},
		"random:index/randomBytes:RandomBytes": {
			required: "length",
			outputs:  []resource.PropertyKey{"base64", "hex"},
			secrets:  []resource.PropertyKey{"base64", "hex"},
			generate: generateBytes,
		},
	}
}

func generateString(args resource.PropertyMap) (string, resource.PropertyMap, error) {
	result, err := text(args)
	return result, strings(map[string]string{"result": result}), err
}

func generatePassword(args resource.PropertyMap) (string, resource.PropertyMap, error) {
	result, err := text(args)
	if err != nil {
		return "", nil, err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(result)[:min(len(result), bcryptLimit)], bcrypt.DefaultCost)
	if err != nil {
		return "", nil, err
	}
	return "none", strings(map[string]string{"result": result, "bcryptHash": string(hash)}), nil
}

func generateID(args resource.PropertyMap) (string, resource.PropertyMap, error) {
	value, err := randomBytes(int(args["byteLength"].NumberValue()))
	if err != nil {
		return "", nil, err
	}
	prefix := ""
	if given := args["prefix"]; given.IsString() {
		prefix = given.StringValue()
	}
	id := base64.RawURLEncoding.EncodeToString(value)
	return id, strings(map[string]string{
		"b64Url": prefix + id,
		"b64Std": prefix + base64.StdEncoding.EncodeToString(value),
		"hex":    prefix + hex.EncodeToString(value),
		"dec":    prefix + new(big.Int).SetBytes(value).String(),
	}), nil
}

func generateBytes(args resource.PropertyMap) (string, resource.PropertyMap, error) {
	value, err := randomBytes(int(args["length"].NumberValue()))
	return "none", strings(map[string]string{
		"base64": base64.StdEncoding.EncodeToString(value),
		"hex":    hex.EncodeToString(value),
	}), err
}

func randomBytes(count int) ([]byte, error) {
	value := make([]byte, count)
	_, err := rand.Read(value)
	return value, err
}

func strings(values map[string]string) resource.PropertyMap {
	properties := resource.PropertyMap{}
	for key, value := range values {
		properties[resource.PropertyKey(key)] = resource.NewStringProperty(value)
	}
	return properties
}
