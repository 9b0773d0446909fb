// Package names builds names that fit the length limits of the services that they are used
// in. It imports only the standard library.
package names

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// MaxDNSLabel is the length of a label of DNS, which the names of namespaces, Services and
// Jobs are, and the length of a label's value
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names).
const MaxDNSLabel = 63

// MaxCronJob is the length of a CronJob's name: the controller adds eleven characters for the
// name of a Job (https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/).
const MaxCronJob = 52

// hashLength is the number of hexadecimal digits that replace what is cut: 16 million
// values, so that two long names in one account do not collide.
const hashLength = 6

// Fit joins parts with "-" in lower case. Every character except a-z and 0-9 becomes "-".
// Runs of "-" become one, and the name neither starts nor ends with one. Fit cuts a name of
// more than limit characters and appends a hash of the whole: the same parts always return
// the same name, and names that differ only after the cut stay different. With a limit
// below 8, Fit returns only the hash, cut to the limit.
func Fit(limit int, parts ...string) string {
	whole := clean(strings.Join(parts, "-"))
	if len(whole) <= limit {
		return whole
	}
	hash := hashOf(whole)
	kept := limit - hashLength - 1
	if kept < 1 {
		return hash[:max(0, min(limit, hashLength))]
	}
	return strings.TrimRight(whole[:kept], "-") + "-" + hash
}

// Prefix returns what every name begins with that Fit makes with the limit, or a higher one, from
// a part and others after it. The part is a name that Fit made.
func Prefix(limit int, part string) string {
	kept := limit - hashLength - 1
	if len(part) <= kept {
		return part + "-"
	}
	return strings.TrimRight(part[:kept], "-")
}

// Environment returns the name of an environment of an app: both names joined as Fit joins
// them. Two environments never have the same name: an app blog-a with a stack b is blog-a-b,
// and an app blog with a stack a-b has a hash of both names at the end, because a hyphen
// in the stack's name hides where the app's ends.
func Environment(limit int, app, stack string) string {
	if simple.MatchString(stack) {
		return Fit(limit, app, stack)
	}
	hash := hashOf(app + "\x00" + stack)
	if limit <= 2*hashLength+1 {
		return hash[:max(0, min(limit, hashLength))]
	}
	return Fit(limit-hashLength-1, app, stack) + "-" + hash
}

// Distinct is Fit for texts of which Fit makes the same name, such as a.b and a-b: it appends a
// hash of each text that plain does not match. Of two texts that plain matches, Fit must make
// different names.
func Distinct(limit int, plain *regexp.Regexp, text string) string {
	if plain.MatchString(text) {
		return Fit(limit, text)
	}
	return Fit(limit-hashLength-1, text) + "-" + hashOf(text)
}

// simple matches the names of stacks that Fit neither changes nor splits.
var simple = regexp.MustCompile(`^[a-z0-9]+$`)

// Label returns a text as the value of a label of Kubernetes: itself if it is one, or else what
// Fit makes of it, with a hash of the whole so that two texts never have the same value. An
// empty text stays empty.
func Label(text string) string {
	if text == "" || labelValue.MatchString(text) {
		return text
	}
	fitted := Fit(MaxDNSLabel-hashLength-1, text)
	return strings.TrimLeft(fitted+"-"+hashOf(text), "-")
}

// labelValue is the form of a label's value
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
var labelValue = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)

func clean(name string) string {
	var out strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') {
			gap = true
			continue
		}
		if gap && out.Len() > 0 {
			out.WriteByte('-')
		}
		gap = false
		out.WriteRune(r)
	}
	return out.String()
}

func hashOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])[:hashLength]
}
