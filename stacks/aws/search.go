package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	components "github.com/djangostack/djangostack/components/aws"
	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/sizes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// searchUser is who the app signs in as.
const searchUser = "djangostack"

// search makes the OpenSearch domain.
func (w *wiring) search() error {
	wanted := w.e.Search
	if wanted.Kind != spec.Managed {
		return nil
	}
	storage, err := sizes.GiB(string(wanted.Storage))
	if err != nil {
		return err
	}
	instance, err := limits.SearchInstanceType(string(wanted.Memory))
	if err != nil {
		return err
	}
	zones := 1
	if wanted.Availability == spec.MultiZone {
		zones = len(w.zones())
	}
	role := arguments.Existing
	if wanted.ServiceRole == spec.SourceCreate {
		role = arguments.Create
	}
	search, err := components.NewSearch(w.ctx, w.name, &components.SearchArgs{
		VpcID:        w.made.network.VpcID,
		SubnetIDs:    w.made.network.PrivateSubnetIDs,
		Zones:        zones,
		AllowFrom:    pulumi.StringArray{w.made.cluster.SecurityGroupID},
		Version:      wanted.Version,
		InstanceType: instance,
		Instances:    zones,
		StorageGiB:   storage,
		KeyARN:       w.made.key.ARN,
		User:         searchUser,
		ServiceRole:  role,
		Protect:      w.e.ProtectionOf(spec.SearchData),
		Logs:         components.ServiceLogs{RetentionDays: w.logDays(), KeyARN: w.made.key.ARN},
		Tags:         w.tags,
	}, w.options...)
	if err != nil {
		return err
	}
	w.platform.SearchURL = search.URL()
	w.platform.Prerequisites = append(w.platform.Prerequisites, search)
	return nil
}
