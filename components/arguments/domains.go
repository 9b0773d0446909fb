package arguments

import (
	"fmt"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/validate"
)

// BaseDomains are the domains of a certificate's names without *., each once: a wildcard
// and its domain share one validation record.
func BaseDomains(domains ...string) []string {
	var base []string
	for _, domain := range domains {
		domain = strings.TrimPrefix(domain, "*.")
		if !slices.Contains(base, domain) {
			base = append(base, domain)
		}
	}
	return base
}

// CAAValues are the values of a CAA record that lets only the named authorities issue
// certificates.
func CAAValues(authorities ...string) []string {
	values := make([]string, 0, len(authorities))
	for _, authority := range authorities {
		values = append(values, fmt.Sprintf("0 issue %q", authority))
	}
	return values
}

// RecordTypes are the types of DNS records that the components create.
func RecordTypes() []string {
	return []string{"A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"}
}

// CheckEmail returns an error unless an address has a name and a host, and only one of
// each.
func CheckEmail(component, field, address string) error {
	name, host, found := strings.Cut(address, "@")
	wrong := !found || name == "" || host == "" || strings.ContainsAny(address, " ,;<>")
	return validate.RefuseIf(wrong, component, fmt.Sprintf("%s has %q, which is not an email address", field, address))
}
