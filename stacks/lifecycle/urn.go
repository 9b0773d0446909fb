package lifecycle

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

// nameOf is the resource's own name within its URN; the text itself if it is none.
func nameOf(text string) string {
	parsed, err := urn.Parse(text)
	if err != nil {
		return text
	}
	return parsed.Name()
}

// typeOf is the resource's type token within its URN, empty if it is none.
func typeOf(text string) string {
	parsed, err := urn.Parse(text)
	if err != nil {
		return ""
	}
	return string(parsed.Type())
}
