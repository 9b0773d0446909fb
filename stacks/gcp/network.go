package gcp

import (
	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/gcp"
)

func (w wiring) network() (*components.Network, error) {
	wanted := w.environment.Network
	return components.NewNetwork(w.ctx, w.name, &components.NetworkArgs{
		Project:  w.environment.GCP.Project,
		Region:   w.environment.GCP.Region,
		CIDR:     wanted.CIDR,
		FlowLogs: arguments.Switch(wanted.FlowLogs),
		Data:     w.environment.HeldInNetwork(),
	}, w.options...)
}

// zones returns the names of the nodes' zones, for instance europe-west1-b; none if Google
// Cloud picks them.
func (w wiring) zones() []string {
	var names []string
	for _, letter := range w.environment.GCP.Zones {
		names = append(names, w.environment.GCP.Region+"-"+letter)
	}
	return names
}
