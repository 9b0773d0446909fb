package validate

import (
	"errors"
	"fmt"
	"net/netip"
)

// CIDRs returns an error that names every text which is no range of IPv4 addresses
// with its host bits zero, and every one that stands twice.
func CIDRs(component, field string, cidrs []string) error {
	var problems []error
	seen := map[string]bool{}
	for i, cidr := range cidrs {
		prefix, err := netip.ParsePrefix(cidr)
		wrong := err != nil || !prefix.Addr().Is4() || prefix.Masked() != prefix
		problems = append(problems, RefuseIf(wrong, component,
			fmt.Sprintf("%s[%d] is %q; it is not an IPv4 range such as 203.0.113.0/24", field, i, cidr)),
			RefuseIf(seen[cidr], component, fmt.Sprintf("%s[%d] is %q, which stands there already", field, i, cidr)))
		seen[cidr] = true
	}
	return errors.Join(problems...)
}
