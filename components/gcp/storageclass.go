package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// VolumesFate says what becomes of a volume when its claim goes.
type VolumesFate string

// A volume that is kept costs money until someone deletes it by hand.
const (
	KeepVolumes   VolumesFate = "keep"
	DeleteVolumes VolumesFate = "delete"
)

// Volumes describes the disks that claims get.
type Volumes struct {
	// WithoutClaim says what becomes of a volume when its claim goes.
	WithoutClaim VolumesFate
	// KeyID is a key that encrypts volumes, or nil for Google's own encryption. Google's
	// service disks must be one of its users.
	KeyID pulumi.StringInput
}
