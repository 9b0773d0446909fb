package aws

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// Limits of tags. https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
const (
	mostTags     = 50
	longestKey   = 128
	longestValue = 256
)

// tagsAll sets the resource's tags merged with the provider's.
func tagsAll(m *cloud.Operation) {
	if m.HasOutput("tagsAll") {
		m.Values["tagsAll"] = m.Everything("tags")
	}
}

// tagRule checks tags. Only EC2 accepts every character.
func tagRule(token string) cloud.Rule {
	allowed := regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
	anything := strings.HasPrefix(token, "aws:ec2/") || strings.HasPrefix(token, "aws:vpc/")
	return func(j *cloud.Validation) {
		tags, ok := j.Values["tags"].(cloud.Values)
		if !ok {
			return
		}
		if len(tags) > mostTags {
			j.Fail("tags", "a resource has %d tags at most (got %d)", mostTags, len(tags))
		}
		for _, name := range slices.Sorted(maps.Keys(tags)) {
			value, _ := tags[name].(string)
			switch {
			case name == "" || len(name) > longestKey || len(value) > longestValue:
				j.Fail("tags."+name, "keys have 1 to %d characters and values up to %d", longestKey, longestValue)
			case strings.HasPrefix(strings.ToLower(name), "aws:"):
				j.Fail("tags."+name, "keys that begin with aws: are kept for AWS")
			case !anything && (!allowed.MatchString(name) || !allowed.MatchString(value)):
				j.Fail("tags."+name, "has characters that AWS does not allow in tags")
			}
		}
	}
}
