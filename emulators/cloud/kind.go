package cloud

// Catalog is what one cloud offers.
type Catalog struct {
	// Package is the Pulumi package ("aws"), Version the published provider that is followed.
	Package, Version string
	Schema           *Schema
	// Kinds by token. A type that is in Schema and not here is unknown.
	Kinds map[string]*Kind
	// Functions by token.
	Functions map[string]func(*Call) (Values, error)
	// Scope reads the provider's arguments.
	Scope func(account *Account, config Values) (Scope, error)
	// Settle says what the provider puts into a resource besides its arguments, before it is planned, made or changed:
	// all its labels. It may be nil.
	Prepare func(*Operation)
}

// Scope is where a provider's resources stand.
type Scope struct {
	// Account and Region are the cloud's own names for the account and region ("123456789012", "eu-central-1"), and
	// Partition for the part of the cloud that the region is in ("aws"). A cloud whose resources say themselves where
	// they are has no Region.
	Account, Region, Partition string
	// Tags are put on everything that has tags.
	Tags Values
	// Defaults are arguments that the provider gives to every resource which has them and says nothing ("project").
	Defaults Values
	// Names are more words that templates may use.
	Names map[string]string
}

// Kind is what a table says of one type, beyond what the SDK says of it.
//
// Texts in ID and Outputs are templates: {region}, {account}, {partition}, {id}, the scope's Names and every property in
// braces stand for their values, {now} and {instant} for the time, {uuid}, {hex:N}, {digits:N}, {upper:N} and {letters:N} for characters
// that belong to this one resource.
type Kind struct {
	// Called is its name in messages ("EC2 Subnet").
	DisplayName string
	// Name is how it gets a name when the program gives none.
	Name *Name
	// Defaults are the arguments that are filled in when not given, by path.
	Defaults Values
	// Unless names for a default another argument; when that is given, this one is not filled in.
	DefaultsUnless map[string]string
	// Replaces are the paths whose change means a new resource.
	ReplaceOn []string
	// ReplacesWhen decides by the values, in addition.
	ReplaceWhen func(before, after Values) []string
	// Refuses is a change that the provider does not plan, by the values, so that a preview fails and nothing is touched.
	RefuseChange func(before, after Values) error
	// IgnoreDiff are paths whose change is no change, by the values.
	IgnoreDiff func(before, after Values) []string
	// DeleteFirst says that the old one always goes before the new one comes.
	DeleteFirst bool
	// Ordered are lists of plain values in which the order matters; Sets are lists of objects in which it does not.
	Ordered, Sets []string
	// Documents are texts of JSON, compared by what they say.
	JSON []string
	// Alike says whether two different texts mean the same: a name and a link.
	Equivalent func(before, after string) bool
	// Computed are lists, maps and objects that the cloud fills in when they are not given.
	Computed []string
	// Rules are judged before anything is made, at preview too.
	Rules []Rule
	// References are judged when it is made or changed; those that hold keep what they point to from being deleted.
	References []Reference
	// Unique are properties that no two may share all of, and Everywhere says in all regions.
	Unique     []string
	Global bool
	// Taken is the refusal when they do, with words in braces as in templates. Overwrites says that a resource takes over what it had left there itself.
	Conflict      Code
	Overwrites bool
	// ID and Outputs, by path, are what the cloud fills in.
	ID      string
	Outputs Values
	// Make does what templates cannot. It is called after them, for a new resource (Old is nil) and for a change.
	Apply func(*Operation) error
	// Drifts are paths, without the places in lists, that the cloud says otherwise than the arguments do, so that the
	// provider finds a change at every update unless the program ignores them: whether that change means a new resource.
	Drifts func(arguments Values) map[string]bool
	// Renews are outputs that a change makes anew, and a preview of it does not know.
	Recomputed func(before, after Values) []string
	// Keeps refuses a delete.
	RefuseDelete func(*Operation) error
	// Gone is called after a delete, for what stays.
	AfterDelete func(*Operation)
	// Missing is the refusal to a reference to what is not there, and InUse to the delete of what is referred to.
	Missing, InUse Code
	// Adopted says that the cloud made it already and only its settings are kept: it cannot be left over.
	Adopted bool
}

// Name is how an automatic name is made.
type Name struct {
	// Property is where it goes ("name").
	Property string
	// Max is the number of characters it may have.
	Max int
	// Prefix is put before it unless it is there already ("alias/").
	Prefix string
	// Joint is between the resource's name and the 7 hex digits; the bridge's is "-".
	Separator string
	// Lower says that it has no capital letters.
	Lower bool
	// Instead is a property which, when given, makes the name unnecessary ("namePrefix").
	ReplacedBy string
}

// Reference is a property that names another resource.
type Reference struct {
	// Path is where, To the type, By the properties it may be named by; none means its id.
	Path, To string
	By       []string
	// Holds says that the other cannot be deleted meanwhile. Loose says that it need not exist, because other
	// things can stand there too.
	BlocksDelete, Optional bool
	// Outside are beginnings of names that are the cloud's own, and never looked up.
	ExternalPrefixes []string
}

// Code is how a cloud refuses: its code, and a sentence in which %s is the id or value.
type Code struct{ Code, Message string }
