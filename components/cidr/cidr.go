// Package cidr parses private IPv4 ranges and divides them into subnets. It imports only
// the standard library.
package cidr

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// Private parses a private IPv4 range. The error says what is wrong with a text that is not
// an IPv4 range, has host bits set, or lies outside 10.0.0.0/8, 172.16.0.0/12,
// 192.168.0.0/16 and 100.64.0.0/10.
func Private(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil || !prefix.Addr().Is4() || prefix.Masked() != prefix {
		return netip.Prefix{}, fmt.Errorf("%q is not an IPv4 range such as 10.20.0.0/16", text)
	}
	for _, private := range privateIPv4() {
		outer := netip.MustParsePrefix(private)
		if outer.Overlaps(prefix) && outer.Bits() <= prefix.Bits() {
			return prefix, nil
		}
	}
	return netip.Prefix{}, fmt.Errorf("%q is not private; allowed are ranges in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 and 100.64.0.0/10", text)
}

// Subnet divides a range into 2^bits equal subnets and returns the one with the given
// index, counted from 0: Subnet(whole, 2, 3) is the last quarter.
func Subnet(whole netip.Prefix, bits, index int) netip.Prefix {
	length := whole.Bits() + bits
	address := whole.Addr().As4()
	first := binary.BigEndian.Uint32(address[:])
	binary.BigEndian.PutUint32(address[:], first+uint32(index)<<(32-length))
	return netip.PrefixFrom(netip.AddrFrom4(address), length)
}

// LinkLocal returns the ranges in which the clouds answer their machines and pods: the
// metadata address 169.254.169.254 and AWS' fd00:ec2::254 among them
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html).
func LinkLocal() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("fd00:ec2::/32")}
}

// PrivateRanges returns the ranges that Private takes, and the private IPv6 range.
func PrivateRanges() []string { return append(privateIPv4(), "fc00::/7") }

func privateIPv4() []string {
	return []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"}
}
