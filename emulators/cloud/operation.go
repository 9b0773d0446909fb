package cloud

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Operation is the creation, update or deletion of one resource in its account.
type Operation struct {
	// Values are the properties: the arguments, then what the cloud computes.
	Values
	// Old are the properties before an update; nil for a new resource.
	Old Values
	// ID is the cloud's identifier. Apply may set it for a new resource.
	ID    string
	Scope Scope

	account *Account
	catalog *Catalog
	kind    *Kind
	facts   Resource
	token   string
	urn     string
	// live are the current properties of a resource that is being updated or deleted.
	live Values
	// seed makes generated values differ from those of other resources.
	seed string
	// keptBecause is why the resource may remain after a destroy.
	keptBecause string
}

// Type returns the token of the resource.
func (m *Operation) Type() string { return m.token }

// Types returns the tokens of all types of the cloud.
func (m *Operation) Types() []string { return m.catalog.Types() }

// HasInput tells whether the type has an argument.
func (m *Operation) HasInput(argument string) bool {
	_, has := m.facts.Inputs[argument]
	return has
}

// HasOutput tells whether the type has an output.
func (m *Operation) HasOutput(output string) bool {
	_, has := m.facts.Outputs[output]
	return has
}

// New tells whether the resource is being created.
func (m *Operation) New() bool { return m.Old == nil }

// Changed tells whether an update changes a property.
func (m *Operation) Changed(path string) bool {
	return m.Old != nil && fmt.Sprint(m.At(path)) != fmt.Sprint(m.Old.At(path))
}

// Find returns the values of all objects of a type in the same region whose property has the value. The property ""
// matches all.
func (m *Operation) Find(token, property, value string) []Values {
	var found []Values
	for _, object := range m.account.sorted() {
		if object.Token == token && object.visible(m.Scope.Region) && (property == "" || object.Values.Text(property) == value) {
			found = append(found, object.Values)
		}
	}
	return found
}

// First returns the first result of Find, or empty values.
func (m *Operation) First(token, property, value string) Values {
	if found := m.Find(token, property, value); len(found) > 0 {
		return found[0]
	}
	return Values{}
}

// Live returns the current properties of a resource that is being updated or deleted, which can differ from its state.
// The caller must not change them.
func (m *Operation) Live() Values { return m.live }

// DeleteWhere deletes all objects of a type whose property has the value.
func (m *Operation) DeleteWhere(token, property, value string) {
	for _, object := range m.account.sorted() {
		if object.Token == token && object.visible(m.Scope.Region) && object.Values.Text(property) == value {
			m.account.drop(object)
		}
	}
}

// AddPart adds a part of this resource to the account, such as a network interface or a default group. It is deleted
// with the resource.
func (m *Operation) AddPart(token, id string, values Values) {
	values = values.Clone()
	values["id"] = id
	m.account.add(&Object{
		Token: token, Region: m.Scope.Region, ID: id, Values: values, owner: key(m.token, m.region(), m.ID),
	})
}

// AddPartOf adds a part of another resource to the account. It is deleted with that resource.
func (m *Operation) AddPartOf(token, id, ownerToken, ownerID string, values Values) {
	values = values.Clone()
	values["id"] = id
	m.account.add(&Object{
		Token: token, Region: m.Scope.Region, ID: id, Values: values, owner: key(ownerToken, m.Scope.Region, ownerID),
	})
}

// InRegion returns the same operation as seen from another region.
func (m *Operation) InRegion(region string) *Operation {
	there := *m
	there.Scope.Region = region
	return &there
}

// RemoveParts removes the parts of a type, so that they can be added again.
func (m *Operation) RemoveParts(token string) {
	for _, object := range m.account.sorted() {
		if object.Token == token && object.owner == key(m.token, m.region(), m.ID) {
			m.account.drop(object)
		}
	}
}

// LeaveBehind adds an object that no program deletes. With a reason it may remain; without one it counts as a leak.
func (m *Operation) LeaveBehind(token, id, reason string, values Values) {
	values = values.Clone()
	values["id"] = id
	m.account.add(&Object{Token: token, Region: m.Scope.Region, ID: id, Values: values, KeptBecause: reason})
}

// MayRemain says why a program may retain this new resource, which a provider is not told.
func (m *Operation) MayRemain(reason string) { m.keptBecause = reason }

// Adopt adds an object that the cloud creates on first use and never deletes, such as a default key.
func (m *Operation) Adopt(token, id string, values Values) {
	values = values.Clone()
	values["id"] = id
	if _, there := m.account.objects[key(token, m.Scope.Region, id)]; !there {
		m.account.add(&Object{Token: token, Region: m.Scope.Region, ID: id, Values: values, adopted: true})
	}
}

// Template replaces the names in braces.
func (m *Operation) Template(text string) string {
	return templatePattern.ReplaceAllStringFunc(text, func(found string) string {
		name := strings.Trim(found, "{}")
		switch name {
		case "id":
			return m.ID
		case "region":
			if own := m.Text(name); own != "" {
				return own
			}
			return m.Scope.Region
		case "account":
			return m.Scope.Account
		case "partition":
			return m.Scope.Partition
		case "uuid":
			return m.UUID(text)
		case "now":
			return time.Now().UTC().Format(time.RFC3339)
		case "instant":
			return time.Now().UTC().Format(time.RFC3339Nano)
		}
		if word, is := m.Scope.Names[name]; is {
			return word
		}
		if alphabet, count, is := own(name); is {
			return m.own(alphabet, count, text)
		}
		switch value := m.Values[name].(type) {
		case string:
			return value
		case float64:
			return strconv.FormatFloat(value, 'f', -1, 64)
		}
		return ""
	})
}

// templatePattern matches a name in braces.
var templatePattern = regexp.MustCompile(`\{[A-Za-z0-9:]+\}`)

// own parses a name such as hex:17.
func own(name string) (alphabet string, count int, is bool) {
	sort, number, found := strings.Cut(name, ":")
	alphabet = map[string]string{
		"hex": "0123456789abcdef", "digits": "0123456789", "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
		"letters": "abcdefghijklmnopqrstuvwxyz0123456789",
	}[sort]
	count, err := strconv.Atoi(number)
	return alphabet, count, found && alphabet != "" && err == nil
}

// own returns characters that are unique to this resource and template, and the same in every run of a program.
func (m *Operation) own(alphabet string, count int, salt string) string {
	characters := make([]byte, count)
	sum := sha256.Sum256([]byte(m.seed + "|" + salt))
	for i := range characters {
		if i > 0 && i%len(sum) == 0 {
			sum = sha256.Sum256(sum[:])
		}
		characters[i] = alphabet[int(sum[i%len(sum)])%len(alphabet)]
	}
	return string(characters)
}

// UUID returns a UUID that is unique to this resource and purpose.
func (m *Operation) UUID(purpose string) string {
	sum := sha256.Sum256([]byte(m.seed + "|" + purpose))
	text := hex.EncodeToString(sum[:16])
	return strings.Join([]string{text[:8], text[8:12], "4" + text[13:16], "8" + text[17:20], text[20:32]}, "-")
}

// Name returns the resource's name in the program.
func (m *Operation) Name() string { return resource.URN(m.urn).Name() }

func (o *Object) visible(region string) bool { return o.Region == "" || o.Region == region }
