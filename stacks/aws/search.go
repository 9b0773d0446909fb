package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// searchUser is the user that the app connects as.
const searchUser = "djangostack"

// search registers the domain on OpenSearch Service; nil if the environment has none.
func (w wiring) search(base foundation) (*components.Search, error) {
	wanted := w.environment.Search
	if wanted.Kind != spec.Managed {
		return nil, nil
	}
	storage, err := sizes.GiB(string(wanted.Storage))
	if err != nil {
		return nil, err
	}
	instanceType, err := limits.SearchInstanceType(string(wanted.Memory))
	if err != nil {
		return nil, err
	}
	zones := 1
	if wanted.Availability == spec.MultiZone {
		zones = len(w.zones())
	}
	return components.NewSearch(w.ctx, w.name, &components.SearchArgs{
		VpcID:        base.network.VpcID,
		SubnetIDs:    base.network.PrivateSubnetIDs,
		Zones:        zones,
		AllowFrom:    pulumi.StringArray{base.cluster.SecurityGroupID},
		Version:      wanted.Version,
		InstanceType: instanceType,
		Instances:    zones,
		StorageGiB:   storage,
		KeyARN:       base.key.ARN,
		User:         searchUser,
		ServiceRole:  arguments.Source(wanted.ServiceRole),
		Data:         w.environment.Held(data.Search),
		Logs:         w.serviceLogs(base.key),
		Tags:         w.tags,
	}, w.options...)
}
