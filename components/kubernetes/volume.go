package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// VolumeArgs describes a volume that processes of the app mount.
type VolumeArgs struct {
	// Name of the volume, which is a part of its claim's.
	Name      string
	Namespace pulumi.StringInput
	Labels    labels.Labels
	// Size in Kubernetes' notation, for instance 20Gi. It may grow and not shrink.
	Size string
	// StorageClass is empty for the cluster's default class.
	StorageClass string
	// AccessMode is ReadWriteOnce, ReadWriteMany or ReadWriteOncePod.
	AccessMode string
	// Data on the volume.
	Data data.Held
}

// Volume is a volume that processes of the app mount. Its files outlive every pod.
type Volume struct {
	pulumi.ResourceState

	// Claim is the name of its PersistentVolumeClaim.
	Claim pulumi.StringOutput
}

// NewVolume registers a volume.
func NewVolume(ctx *pulumi.Context, name string, args *VolumeArgs, opts ...pulumi.ResourceOption) (*Volume, error) {
	v := &Volume{}
	name += "-volume-" + args.Name
	return component.New(ctx, "djangostack:kubernetes:Volume", name, v, args.check, func() (pulumi.Map, error) {
		values, err := random.NewImmutable(ctx, name, args.Data, v)
		if err != nil {
			return nil, err
		}
		claim, err := NewClaim(ctx, name, &ClaimArgs{
			Component:    labels.Volume(args.Name),
			Namespace:    args.Namespace,
			Labels:       args.Labels,
			Size:         args.Size,
			StorageClass: args.StorageClass,
			AccessMode:   args.AccessMode,
			Data:         args.Data,
		}, pulumi.Parent(v), pulumi.DependsOn(values))
		if err != nil {
			return nil, err
		}
		v.Claim = claim.Metadata.Name().Elem()
		return component.DataOr(args.Data, pulumi.Map{"claim": v.Claim}), nil
	}, opts...)
}

func (a *VolumeArgs) check() error {
	return validate.Check("Volume",
		validate.Required("Name", a.Name != ""),
		validate.Required("Namespace", a.Namespace != nil),
		validate.Required("Labels", a.Labels.Complete()),
		validate.Required("Size", a.Size != ""),
		validate.Required("AccessMode", a.AccessMode != ""),
	)
}
