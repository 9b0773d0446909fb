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

// Operation is one resource as it is made, changed or deleted, with the account around it.
type Operation struct {
	// Values are the properties: arguments first, then what the cloud fills in.
	Values
	// Old are the properties before a change; nil for a new resource.
	Old Values
	// ID of the resource; Make may set it for a new one.
	ID    string
	Scope Scope

	account *Account
	catalog *Catalog
	kind    *Kind
	facts   Resource
	token   string
	urn     string
	// live is what a resource is when it is deleted.
	live Values
	// seed tells this resource from every other.
	seed string
}

// Type is the token of the resource.
func (m *Operation) Type() string { return m.token }

// Types are the tokens of all types of the cloud.
func (m *Operation) Types() []string { return m.catalog.Types() }

// Takes says whether the type has an argument.
func (m *Operation) HasInput(argument string) bool {
	_, has := m.facts.Inputs[argument]
	return has
}

// Offers says whether the type has an output.
func (m *Operation) HasOutput(output string) bool {
	_, has := m.facts.Outputs[output]
	return has
}

// New says whether the resource is being made.
func (m *Operation) New() bool { return m.Old == nil }

// Changed says whether a property differs from before.
func (m *Operation) Changed(path string) bool {
	return m.Old != nil && fmt.Sprint(m.At(path)) != fmt.Sprint(m.Old.At(path))
}

// Find are the values of everything of a type in the same region for which the property has the value; the property ""
// finds all.
func (m *Operation) Find(token, property, value string) []Values {
	var found []Values
	for _, object := range m.account.sorted() {
		if object.Token == token && object.visible(m.Scope.Region) && (property == "" || object.Values.Text(property) == value) {
			found = append(found, object.Values)
		}
	}
	return found
}

// One is the first of Find, or empty values.
func (m *Operation) First(token, property, value string) Values {
	if found := m.Find(token, property, value); len(found) > 0 {
		return found[0]
	}
	return Values{}
}

// Live is what a resource about to be deleted is, which can differ from its state.
func (m *Operation) Live() Values { return m.live }

// Drop deletes everything of a type for which the property has the value.
func (m *Operation) DeleteWhere(token, property, value string) {
	for _, object := range m.account.sorted() {
		if object.Token == token && object.visible(m.Scope.Region) && object.Values.Text(property) == value {
			m.account.drop(object)
		}
	}
}

// Part puts a hidden part of this resource into the account: a network interface, a default group. It goes when
// the resource does.
func (m *Operation) AddPart(token, id string, values Values) {
	values = values.Clone()
	values["id"] = id
	m.account.add(&Object{
		Token: token, Region: m.Scope.Region, ID: id, Values: values, owner: key(m.token, m.region(), m.ID),
	})
}

// Mark puts a hidden part of another resource into the account. It goes when that one does.
func (m *Operation) AddPartOf(token, id, ownerToken, ownerID string, values Values) {
	values = values.Clone()
	values["id"] = id
	m.account.add(&Object{
		Token: token, Region: m.Scope.Region, ID: id, Values: values, owner: key(ownerToken, m.Scope.Region, ownerID),
	})
}

// In looks from another region.
func (m *Operation) InRegion(region string) *Operation {
	there := *m
	there.Scope.Region = region
	return &there
}

// NoParts removes the hidden parts of a type, to be put in anew.
func (m *Operation) RemoveParts(token string) {
	for _, object := range m.account.sorted() {
		if object.Token == token && object.owner == key(m.token, m.region(), m.ID) {
			m.account.drop(object)
		}
	}
}

// Leave puts something into the account that nobody deletes. A reason says that it is right; without one it is a
// leak.
func (m *Operation) LeaveBehind(token, id, reason string, values Values) {
	values = values.Clone()
	values["id"] = id
	m.account.add(&Object{Token: token, Region: m.Scope.Region, ID: id, Values: values, KeptBecause: reason})
}

// Adopt puts something of the cloud's own into the account, that comes with its first use and never goes: a default key.
func (m *Operation) Adopt(token, id string, values Values) {
	values = values.Clone()
	values["id"] = id
	if _, there := m.account.objects[key(token, m.Scope.Region, id)]; !there {
		m.account.add(&Object{Token: token, Region: m.Scope.Region, ID: id, Values: values, adopted: true})
	}
}

// Template fills in what is in braces.
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

// templatePattern is what stands in braces.
var templatePattern = regexp.MustCompile(`\{[A-Za-z0-9:]+\}`)

// own reads "hex:17".
func own(name string) (alphabet string, count int, is bool) {
	sort, number, found := strings.Cut(name, ":")
	alphabet = map[string]string{
		"hex": "0123456789abcdef", "digits": "0123456789", "upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
		"letters": "abcdefghijklmnopqrstuvwxyz0123456789",
	}[sort]
	count, err := strconv.Atoi(number)
	return alphabet, count, found && alphabet != "" && err == nil
}

// own are characters that belong to this resource and this template alone, the same in every run of a program.
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

// UUID is a UUID that belongs to this resource and purpose.
func (m *Operation) UUID(purpose string) string {
	sum := sha256.Sum256([]byte(m.seed + "|" + purpose))
	text := hex.EncodeToString(sum[:16])
	return strings.Join([]string{text[:8], text[8:12], "4" + text[13:16], "8" + text[17:20], text[20:32]}, "-")
}

// Name is the resource's name in the program.
func (m *Operation) Name() string { return resource.URN(m.urn).Name() }

func (o *Object) visible(region string) bool { return o.Region == "" || o.Region == region }
