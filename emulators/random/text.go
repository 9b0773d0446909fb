package random

import (
	"crypto/rand"
	"errors"
	"math/big"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// class is a class of characters: how many of them a text must have, and whether it may have more.
type class struct {
	characters string
	minimum    int
	enabled    bool
}

// classes returns the classes that the arguments allow, with the characters of the published provider.
func classes(args resource.PropertyMap) []class {
	special := "!@#$%&*()-_=+[]{}<>:?"
	if override := args["overrideSpecial"]; override.IsString() && override.StringValue() != "" {
		special = override.StringValue()
	}
	all := []struct {
		enabled, minimum resource.PropertyKey
		characters       string
	}{
		{"lower", "minLower", "abcdefghijklmnopqrstuvwxyz"},
		{"upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
		{"numeric", "minNumeric", "0123456789"},
		{"special", "minSpecial", special},
	}
	var allowed []class
	for _, one := range all {
		minimum := int(number(args[one.minimum]))
		on := args[one.enabled].IsBool() && args[one.enabled].BoolValue()
		if on || minimum > 0 {
			allowed = append(allowed, class{one.characters, minimum, on})
		}
	}
	return allowed
}

func checkText(args resource.PropertyMap) []*pulumirpc.CheckFailure {
	allowed := classes(args)
	needed := 0
	for _, one := range allowed {
		needed += one.minimum
	}
	if special := args["overrideSpecial"]; special.IsString() && !ascii(special.StringValue()) {
		return []*pulumirpc.CheckFailure{{
			Property: "overrideSpecial", Reason: "overrideSpecial must be printable ASCII",
		}}
	}
	if len(allowed) == 0 {
		return []*pulumirpc.CheckFailure{{
			Property: "lower", Reason: "one of lower, upper, numeric and special must be true",
		}}
	}
	if needed > int(number(args["length"])) {
		return []*pulumirpc.CheckFailure{{
			Property: "length", Reason: "length is less than minLower + minUpper + minNumeric + minSpecial",
		}}
	}
	return nil
}

func text(args resource.PropertyMap) (string, error) {
	length := int(number(args["length"]))
	var picked []byte
	everything := ""
	for _, one := range classes(args) {
		if one.enabled {
			everything += one.characters
		}
		if err := pick(&picked, one.characters, one.minimum); err != nil {
			return "", err
		}
	}
	if everything == "" && len(picked) < length {
		return "", errors.New("no characters to choose from: one of lower, upper, numeric and special must be true")
	}
	if err := pick(&picked, everything, length-len(picked)); err != nil {
		return "", err
	}
	err := shuffle(picked)
	return string(picked), err
}

func pick(into *[]byte, characters string, count int) error {
	for range count {
		index, err := below(len(characters))
		if err != nil {
			return err
		}
		*into = append(*into, characters[index])
	}
	return nil
}

func shuffle(characters []byte) error {
	for last := len(characters) - 1; last > 0; last-- {
		other, err := below(last + 1)
		if err != nil {
			return err
		}
		characters[last], characters[other] = characters[other], characters[last]
	}
	return nil
}

func below(limit int) (int, error) {
	index, err := rand.Int(rand.Reader, big.NewInt(int64(limit)))
	if err != nil {
		return 0, err
	}
	return int(index.Int64()), nil
}

func number(value resource.PropertyValue) float64 {
	if value.IsNumber() {
		return value.NumberValue()
	}
	return 0
}

func ascii(characters string) bool {
	for _, character := range characters {
		if character < ' ' || character > '~' {
			return false
		}
	}
	return true
}
