// Package cidr reads ranges of private addresses and divides them.
package cidr

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Private reads a range of private IPv4 addresses whose host bits are zero, as the
// clouds want it.
func Private(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil || !prefix.Addr().Is4() || prefix.Masked() != prefix {
		return netip.Prefix{}, fmt.Errorf("%q is no IPv4 range such as 10.20.0.0/16", text)
	}
	for _, private := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"} {
		outer := netip.MustParsePrefix(private)
		if outer.Overlaps(prefix) && outer.Bits() <= prefix.Bits() {
			return prefix, nil
		}
	}
	return netip.Prefix{}, fmt.Errorf("%q is not private; allowed are ranges in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and 100.64.0.0/10", text)
}

// Part is one of the equal parts, counted from 0, that a range has with so many more
// bits in its mask: Part(whole, 2, 3) is the last quarter.
func Subnet(whole netip.Prefix, more, index int) netip.Prefix {
	bits := whole.Bits() + more
	address := whole.Addr().As4()
	first := binary.BigEndian.Uint32(address[:])
	binary.BigEndian.PutUint32(address[:], first+uint32(index)<<(32-bits))
	return netip.PrefixFrom(netip.AddrFrom4(address), bits)
}
