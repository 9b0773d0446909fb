package cloud

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// Account is one account of a cloud: all that was made in it, through any number of connections. It lives as long
// as the process.
type Account struct {
	// ID is the account's own name ("123456789012").
	ID string

	mu      sync.Mutex
	objects map[string]*Object
	made    map[string]int
	order   int
	faults  []*Fault
	latency func(operation, token string) time.Duration
}

// NewAccount makes an empty account.
func NewAccount(id string) *Account {
	return &Account{ID: id, objects: map[string]*Object{}, made: map[string]int{}}
}

// Object is one thing in an account.
type Object struct {
	// Token is its type, ID its id, Region where it is; URN is the resource it was made as, when it was.
	Token, ID, Region, URN string
	// Values are all its properties as they are now.
	Values Values
	// Stays says why it is right that this is left when all resources are deleted.
	KeptBecause string
	// owner is the key of the object this is a hidden part of.
	owner string
	// adopted is settings of something that the cloud made.
	adopted bool
	// seed is what its own characters are made from.
	seed  string
	order int
}

func key(token, region, id string) string { return token + "|" + region + "|" + id }

func (o *Object) key() string { return key(o.Token, o.Region, o.ID) }

// Given puts something into the account that was there before: a zone, a snapshot. What is the same in all regions, a
// zone for one, has the region "". Values must have what references and functions look for.
func (a *Account) AddExisting(token, region, id string, values Values) {
	a.mu.Lock()
	defer a.mu.Unlock()
	values = values.Clone()
	values["id"] = id
	a.add(&Object{Token: token, Region: region, ID: id, Values: values, KeptBecause: "was there before"})
}

// Adopt puts something of the cloud's own into the account, which is there from the beginning and never left over: an API
// that is on in every project.
func (a *Account) Adopt(token, region, id string, values Values) {
	a.mu.Lock()
	defer a.mu.Unlock()
	values = values.Clone()
	values["id"] = id
	a.add(&Object{Token: token, Region: region, ID: id, Values: values, adopted: true})
}

// Drift changes something behind the back of Pulumi. The error says that it is not there.
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

// Remove deletes something behind the back of Pulumi, whatever refers to it. The error says that it is not there.
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

// Objects are copies of everything of a type, in the order it was made.
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

// Left is everything in the account, without hidden parts and the cloud's own. What has Stays is there for a reason.
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

// Leaked is what Left has without a reason.
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

// drop removes an object and its hidden parts.
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
