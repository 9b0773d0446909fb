package cloud

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Account is one account of a cloud, with every resource created in it, through any number of connections. It lives as
// long as the process.
type Account struct {
	// ID is the cloud's identifier of the account: 123456789012.
	ID string

	mu      sync.Mutex
	objects map[string]*Object
	made    map[string]int
	order   int
	faults  []*Fault
	latency func(operation, token string) time.Duration
}

// NewAccount returns an empty account.
func NewAccount(id string) *Account {
	return &Account{ID: id, objects: map[string]*Object{}, made: map[string]int{}}
}

// Object is one resource in an account, or a part of one.
type Object struct {
	// Token is the type, ID the cloud's identifier and Region the region, empty for a global resource. URN is that of
	// the Pulumi resource, empty for an object that no program created.
	Token, ID, Region, URN string
	// Values are the current properties.
	Values Values
	// KeptBecause says why the object may remain after a destroy. It is empty for an object that must not.
	KeptBecause string
	// owner is the key of the object that this one is a part of.
	owner string
	// adopted marks an object that the cloud created, and of which Pulumi manages the settings.
	adopted bool
	// sharers are the URNs of other resources that manage the object.
	sharers []string
	// seed makes generated values differ from those of other objects.
	seed  string
	order int
}

func key(token, region, id string) string { return token + "|" + region + "|" + id }

func (o *Object) key() string { return key(o.Token, o.Region, o.ID) }

// thereBefore is why an object that existed before the program remains after a destroy.
const thereBefore = "was there before"

// AddExisting adds an object that existed before the program, such as a zone or a snapshot. A global object has the
// region "". The values must include every property that references and functions look for.
func (a *Account) AddExisting(token, region, id string, values Values) {
	a.mu.Lock()
	defer a.mu.Unlock()
	values = values.Clone()
	values["id"] = id
	a.add(&Object{Token: token, Region: region, ID: id, Values: values, KeptBecause: thereBefore})
}

// Adopt adds an object that the cloud itself creates, such as an API that is enabled in every project. It never counts
// as left over.
func (a *Account) Adopt(token, region, id string, values Values) {
	a.mu.Lock()
	defer a.mu.Unlock()
	values = values.Clone()
	values["id"] = id
	a.add(&Object{Token: token, Region: region, ID: id, Values: values, adopted: true})
}

// Disown makes every object one that existed before the program.
func (a *Account) Disown() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, object := range a.objects {
		object.URN, object.sharers = "", nil
		object.KeptBecause = cmp.Or(object.KeptBecause, thereBefore)
	}
}

// Drift changes an object without Pulumi. It returns an error if the object does not exist.
func (a *Account) Drift(token, id string, change func(Values)) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, object := range a.sorted() {
		if object.Token == token && object.ID == id {
			change(object.Values)
			return nil
		}
	}
	return fmt.Errorf("there is no %s %s", token, id)
}

// Remove deletes an object without Pulumi, even if others refer to it. It returns an error if the object does not
// exist.
func (a *Account) Remove(token, id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, object := range a.sorted() {
		if object.Token == token && object.ID == id {
			a.drop(object)
			return nil
		}
	}
	return fmt.Errorf("there is no %s %s", token, id)
}

// Objects returns copies of all objects of a type, in the order of their creation.
func (a *Account) Objects(token string) []Object {
	a.mu.Lock()
	defer a.mu.Unlock()
	var found []Object
	for _, object := range a.sorted() {
		if object.Token == token {
			found = append(found, object.copy())
		}
	}
	return found
}

// Left returns all objects in the account, except parts and objects that the cloud created.
func (a *Account) Left() []Object {
	a.mu.Lock()
	defer a.mu.Unlock()
	var left []Object
	for _, object := range a.sorted() {
		if object.owner == "" && !object.adopted {
			left = append(left, object.copy())
		}
	}
	return left
}

// Leaked returns the objects of Left without KeptBecause.
func (a *Account) Leaked() []Object {
	return slices.DeleteFunc(a.Left(), func(o Object) bool { return o.KeptBecause != "" })
}

func (o *Object) copy() Object {
	copied := *o
	copied.Values = o.Values.Clone()
	return copied
}

func (a *Account) add(object *Object) {
	a.order++
	object.order = a.order
	a.objects[object.key()] = object
}

// drop removes an object and its parts.
func (a *Account) drop(object *Object) {
	delete(a.objects, object.key())
	for _, part := range a.sorted() {
		if part.owner == object.key() {
			a.drop(part)
		}
	}
}

func (a *Account) sorted() []*Object {
	return slices.SortedFunc(maps.Values(a.objects), func(x, y *Object) int { return x.order - y.order })
}
