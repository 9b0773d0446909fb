package cloud

// Catalog holds the types and functions of one cloud.
type Catalog struct {
	// Package is the Pulumi package, aws. Version is the published provider that the catalog follows.
	Package, Version string
	Schema           *Schema
	// Kinds are the tables by token. A type of Schema without a table is unknown.
	Kinds map[string]*Kind
	// Functions by token.
	Functions map[string]func(*Call) (Values, error)
	// Scope reads the provider's arguments.
	Scope func(account *Account, config Values) (Scope, error)
	// Prepare adds what the provider puts into a resource besides its arguments, such as all its labels, before the
	// resource is planned, created or updated. It may be nil.
	Prepare func(*Operation)
}

// Scope is where the resources of a provider are created.
type Scope struct {
	// Account and Region are the cloud's identifiers, 123456789012 and eu-central-1. Partition is the part of the cloud
	// that the region belongs to: aws. Region is empty for a cloud whose resources name their own location.
	Account, Region, Partition string
	// Tags are added to every resource that has tags.
	Tags Values
	// Defaults are arguments that the provider adds to every resource that has them and does not set them, such as
	// project.
	Defaults Values
	// Names are further names that templates may use.
	Names map[string]string
}

// Kind is the table of one type: what the SDK does not say.
//
// ID and Outputs are templates. {region}, {account}, {partition}, {id}, the scope's Names and every property in braces
// stand for their values, {now} and {instant} for the time, and {uuid}, {hex:N}, {digits:N}, {upper:N} and {letters:N}
// for characters that are unique to the resource.
type Kind struct {
	// DisplayName is the type's name in messages: EC2 Subnet.
	DisplayName string
	// Name is how a resource is named when the program sets no name.
	Name *Name
	// Defaults are the values of arguments that are not set, by path.
	Defaults Values
	// DefaultsUnless maps a default to another argument that, when set, prevents it.
	DefaultsUnless map[string]string
	// ReplaceOn are the paths whose change forces a replacement.
	ReplaceOn []string
	// ReplaceWhen returns further paths that force a replacement, depending on the values.
	ReplaceWhen func(before, after Values) []string
	// RefuseChange returns an error for a change that the provider refuses to plan. The preview then fails.
	RefuseChange func(before, after Values) error
	// IgnoreDiff returns paths whose change is no difference, depending on the values.
	IgnoreDiff func(before, after Values) []string
	// DeleteFirst makes a replacement delete the old resource before it creates the new one.
	DeleteFirst bool
	// Ordered are lists of plain values whose order matters. Sets are lists of objects whose order does not.
	Ordered, Sets []string
	// JSON are properties with JSON text, which is compared by content.
	JSON []string
	// Equivalent tells whether two different texts have the same meaning, such as a name and a link.
	Equivalent func(before, after string) bool
	// Computed are lists, maps and objects that the cloud fills in when they are not set.
	Computed []string
	// Rules are checked before anything is created, in a preview too.
	Rules []Rule
	// References are checked when the resource is created or updated. Those with BlocksDelete keep their target from
	// being deleted.
	References []Reference
	// Unique are properties that no two resources may have in common: in one region, or in all regions with Global.
	Unique []string
	Global bool
	// Conflict is the refusal in that case; its message may use template names. Overwrites means that the cloud
	// takes over what is there without a word. The resource then takes over what it left there itself and what no program
	// made; what another resource of a program made is refused, because one would undo the other.
	Conflict   Code
	Overwrites bool
	// Shared tells whether several programs may manage the resource that exists already, because deleting it for one of
	// them takes nothing from the others. It then exists until the last of them has deleted it.
	Shared func(mine, existing Values) bool
	// ID and Outputs, by path, are what the cloud computes.
	ID      string
	Outputs Values
	// Apply does what templates cannot. It runs after them, for a new resource, whose Old is nil, and for an update.
	Apply func(*Operation) error
	// Drifts returns paths, without indexes, for which the cloud reports another value than the arguments have. The
	// provider then finds a change at every update, unless the program ignores it. The value tells whether the change
	// forces a replacement.
	Drifts func(arguments Values) map[string]bool
	// Recomputed returns outputs that an update changes and that its preview does not know.
	Recomputed func(before, after Values) []string
	// RefuseDelete returns an error for a delete that the cloud refuses.
	RefuseDelete func(*Operation) error
	// AfterDelete runs after a delete and adds what the resource leaves behind.
	AfterDelete func(*Operation)
	// Missing is the refusal of a reference to an object that does not exist, and InUse that of deleting an object in
	// use.
	Missing, InUse Code
	// Adopted means that the cloud creates the object and Pulumi manages only its settings, so that it cannot be left
	// over.
	Adopted bool
}

// Name describes automatic names.
type Name struct {
	// Property is the property that holds the name: name.
	Property string
	// Max is the maximum number of characters.
	Max int
	// Prefix is added unless the name has it already: alias/.
	Prefix string
	// Separator comes between the resource's name and the 7 hex digits. The bridge's is "-".
	Separator string
	// Lower means that the name has no capital letters.
	Lower bool
	// ReplacedBy is a property that, when set, makes the name unnecessary: namePrefix.
	ReplacedBy string
}

// Reference is a property that names another resource.
type Reference struct {
	// Path is the property, To the type it refers to, and By the properties that it may name the target by. An empty By
	// means the id.
	Path, To string
	By       []string
	// BlocksDelete keeps the target from being deleted. Optional means that the target need not exist, because the
	// property may hold something else.
	BlocksDelete, Optional bool
	// ExternalPrefixes are prefixes of names that belong to the cloud and are never looked up.
	ExternalPrefixes []string
}

// Code is a refusal of a cloud: its code, and a message in which %s is the id or the value.
type Code struct{ Code, Message string }
