// Package names makes names that fit the limits of the services that carry them.
package names

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// MaxDNSLabel is the length of a label of DNS, which the names of namespaces, Services and
// Jobs are, and the length of a label's value
// (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names).
const MaxDNSLabel = 63

// hashLength is the number of hexadecimal digits that stand for what was cut: 16
// million values, so that two long names of one account do not meet.
const hashLength = 6

// Fit joins parts by "-" in lower case. Every character but a-z and 0-9 becomes
// "-", runs of "-" become one, and none stands at either end. A name of more than
// limit characters is cut and ends in a hash of the whole, so that the same parts
// always give the same name, and names that differ where they are cut stay apart. A
// limit below 8 has no room for a letter and the hash, and gives the hash alone, cut
// to the limit.
func Fit(limit int, parts ...string) string {
	whole := clean(strings.Join(parts, "-"))
	if len(whole) <= limit {
		return whole
	}
	hash := hashOf(whole)
	room := limit - hashLength - 1
	if room < 1 {
		return hash[:max(0, min(limit, hashLength))]
	}
	return strings.TrimRight(whole[:room], "-") + "-" + hash
}

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
