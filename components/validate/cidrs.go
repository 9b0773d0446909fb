package validate

import (
	"errors"
	"fmt"
	"net/netip"
)

// CIDRs returns an error that names every text which is not an IPv4 range with zero host
// bits, and every range that is listed twice.
func CIDRs(component, field string, cidrs []string) error {
	var problems []error
	seen := map[string]bool{}
	for i, cidr := range cidrs {
		prefix, err := netip.ParsePrefix(cidr)
		wrong := err != nil || !prefix.Addr().Is4() || prefix.Masked() != prefix
		problems = append(problems, RefuseIf(wrong, component,
			fmt.Sprintf("%s[%d] is %q; it is not an IPv4 range such as 203.0.113.0/24", field, i, cidr)),
			RefuseIf(seen[cidr], component, fmt.Sprintf("%s[%d] is %q, which is listed twice", field, i, cidr)))
		seen[cidr] = true
	}
	return errors.Join(problems...)
}
