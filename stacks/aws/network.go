package aws

import (
	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
)

func (w wiring) network(key *components.Key) (*components.Network, error) {
	wanted := w.environment.Network
	return components.NewNetwork(w.ctx, w.name, &components.NetworkArgs{
		CIDR:  wanted.CIDR,
		Zones: w.zones(),
		NAT:   components.NATMode(wanted.NAT),
		FlowLogs: components.FlowLogs{
			Mode:          arguments.Switch(wanted.FlowLogs),
			RetentionDays: w.logDays(),
			KeyARN:        key.ARN,
		},
		Data: w.environment.HeldInNetwork(),
		Tags: w.tags,
	}, w.options...)
}

// zones returns the names of the availability zones: eu-west-1a, eu-west-1b, …
func (w wiring) zones() []string {
	letters := w.environment.ZoneLetters()
	names := make([]string, 0, len(letters))
	for _, letter := range letters {
		names = append(names, w.environment.AWS.Region+letter)
	}
	return names
}

// logDays is how long log groups keep their entries; CIS asks for a year in production.
func (w wiring) logDays() int {
	const staging, production = 7, 365
	if w.production() {
		return production
	}
	return staging
}
