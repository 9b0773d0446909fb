package gcp

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// ImagesFate says what becomes of a registry's images when the registry goes.
type ImagesFate string

// A registry that keeps its images is left where it is, and costs what they take.
const (
	KeepImages   ImagesFate = "keep"
	DeleteImages ImagesFate = "delete"
)

// RegistryArgs describes a repository of images.
type RegistryArgs struct {
	Project string
	Region  string
	// Name is the repository's name: a lower-case letter and up to 62 more, digits and
	// hyphens.
	Name string
	// KeyID is a key that encrypts the images, or nil for Google's own encryption. Google's
	// service registry must be one of its users. A change replaces the repository.
	KeyID pulumi.StringInput
	// UntaggedDays is how long an image is kept that no tag names any more.
	UntaggedDays int
	// OnDestroy says what becomes of the images when the repository goes.
	OnDestroy ImagesFate
	// Protect refuses every plan that deletes or replaces the repository.
	Protect bool
	Labels  Labels
}

// Registry is a repository whose tags, once pushed, always name the same image.
type Registry struct {
	pulumi.ResourceState

	// URL is the beginning of an image's name: URL/IMAGE:TAG.
	URL pulumi.StringOutput
}
