package node

import (
	"fmt"
	"net"
	"os"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/djangostack/djangostack/local/cluster"
)

// setUpNetwork adds the loopback interface, the node's address and a route to Services to the new network namespace.
// There is no default route and no interface to the machine, so pods cannot reach the machine or other networks.
func setUpNetwork() error {
	if err := unix.Sethostname([]byte(cluster.NodeName)); err != nil {
		return fmt.Errorf("naming the node: %w", err)
	}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return fmt.Errorf("finding the loopback interface: %w", err)
	}
	if err := netlink.LinkSetUp(loopback); err != nil {
		return fmt.Errorf("starting the loopback interface: %w", err)
	}
	address := net.ParseIP(cluster.NodeAddress)
	own := &net.IPNet{IP: address, Mask: net.CIDRMask(32, 32)}
	if err := netlink.AddrAdd(loopback, &netlink.Addr{IPNet: own, Scope: unix.RT_SCOPE_UNIVERSE}); err != nil {
		return fmt.Errorf("adding the address %s: %w", address, err)
	}
	// The kernel needs a route to a Service's address before kube-proxy's rules rewrite the address.
	_, services, err := net.ParseCIDR(cluster.ServiceRange)
	if err != nil {
		return fmt.Errorf("reading the range of Services: %w", err)
	}
	route := &netlink.Route{LinkIndex: loopback.Attrs().Index, Dst: services, Src: address}
	if err := netlink.RouteAdd(route); err != nil {
		return fmt.Errorf("adding the route to Services: %w", err)
	}
	settings := map[string]string{
		"ip_forward": "1",
		// Without a rate limit, every connection to an outside address fails immediately instead of timing out.
		"icmp_ratelimit": "0",
	}
	for name, value := range settings {
		if err := os.WriteFile("/proc/sys/net/ipv4/"+name, []byte(value), 0); err != nil {
			return fmt.Errorf("setting %s in the node's network: %w", name, err)
		}
	}
	return nil
}
