package lifecycle

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

// nameOf returns the resource's name in its URN, or the text itself if it is not a URN.
func nameOf(text string) string {
	parsed, err := urn.Parse(text)
	if err != nil {
		return text
	}
	return parsed.Name()
}

// typeOf returns the resource's type token in its URN, or "" if the text is not a URN.
func typeOf(text string) string {
	parsed, err := urn.Parse(text)
	if err != nil {
		return ""
	}
	return string(parsed.Type())
}
