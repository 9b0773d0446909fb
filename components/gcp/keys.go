package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// KeyRotation says how often Google makes new key material.
type KeyRotation string

// What was encrypted with older material stays readable.
const (
	RotateQuarterly KeyRotation = "quarterly"
	RotateYearly    KeyRotation = "yearly"
	RotateNever     KeyRotation = "never"
)

// KeyUser is a service of Google that encrypts with a key.
type KeyUser string

// The services that the rooms of an environment use.
const (
	UserGKE      KeyUser = "gke"
	UserDisks    KeyUser = "disks"
	UserSQL      KeyUser = "sql"
	UserRedis    KeyUser = "redis"
	UserStorage  KeyUser = "storage"
	UserRegistry KeyUser = "registry"
)

// KeyArgs describes a symmetric key.
type KeyArgs struct {
	Project string
	// Region is where the key is kept; it encrypts what stands in the same region.
	Region   string
	Rotation KeyRotation
	// Users are the services that may encrypt and decrypt with it.
	Users []KeyUser
	// Protect refuses every plan that deletes or replaces the key: what it encrypts
	// would be lost.
	Protect bool
	Labels  Labels
}

// Key is a key in a ring of its own.
type Key struct {
	pulumi.ResourceState

	// ID is the key's name, in the form projects/…/locations/…/keyRings/…/cryptoKeys/….
	// What takes it waits for the right of the users to use it.
	ID pulumi.StringOutput
	// SecretsProvider is what pulumi stack init --secrets-provider takes, so that the
	// secrets of a stack are encrypted with the key.
	SecretsProvider pulumi.StringOutput
	// Granted are the rights of the users.
	Granted []pulumi.Resource
}
