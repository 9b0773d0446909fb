package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/components/data"
)

// GeneratedKind says what is generated.
type GeneratedKind string

// A GeneratedText consists of random characters. A GeneratedRSAKey is a private key in PEM
// (PKCS #8), and a GeneratedFernetKey 32 bytes in URL-safe base64.
const (
	GeneratedText      GeneratedKind = "text"
	GeneratedRSAKey    GeneratedKind = "rsaPrivateKey"
	GeneratedFernetKey GeneratedKind = "fernetKey"
)

// GeneratedValue is an entry of a Secret that the environment generates once. It is kept in
// Pulumi's state, encrypted, and under the same guard as a database.
type GeneratedValue struct {
	// text: random characters; rsaPrivateKey: a private key in PEM (PKCS #8), for instance for JWT; fernetKey: 32 bytes in URL-safe base64, for cryptography's Fernet.
	Kind GeneratedKind `json:"kind,omitempty" jsonschema:"enum=text,enum=rsaPrivateKey,enum=fernetKey"`
	// Number of characters; with kind text.
	Length int `json:"length,omitempty" jsonschema:"minimum=1,maximum=4096" default:"32"`
	// The characters that may occur; with kind text.
	Alphabet string `json:"alphabet,omitempty" jsonschema:"pattern=^[!-~]{2\\,94}$" default:"letters and digits"`
	// Size of the key; with kind rsaPrivateKey.
	Bits int `json:"bits,omitempty" jsonschema:"enum=2048,enum=3072,enum=4096" default:"3072"`
	// Another number generates another value, which a protected environment refuses unless allowDataLoss has secrets.
	Generation int `json:"generation,omitempty" jsonschema:"minimum=1" default:"1"`
}

// lettersAndDigits need no escaping in a URL, in a shell or in YAML.
const lettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// UnmarshalJSON fills in the defaults of a generated value before decoding it.
func (g *GeneratedValue) UnmarshalJSON(raw []byte) error {
	const usualLength, usualBits = 32, 3072
	type plain GeneratedValue
	value := plain{Kind: GeneratedText, Generation: 1}
	if err := json.Unmarshal(raw, &value); err != nil {
		return fmt.Errorf("decoding a generated value: %w", err)
	}
	switch {
	case value.Kind == GeneratedText && value.Length == 0:
		value.Length = usualLength
	case value.Kind == GeneratedRSAKey && value.Bits == 0:
		value.Bits = usualBits
	}
	if value.Kind == GeneratedText && value.Alphabet == "" {
		value.Alphabet = lettersAndDigits
	}
	*g = GeneratedValue(value)
	return nil
}

// keys lists the keys of all entries, those that are generated or composed too.
func (s *OwnSecret) keys() []string {
	return slices.Sorted(maps.Keys(s.all()))
}

// all returns the entries with those that are generated or composed, whose values are not known here.
func (s *OwnSecret) all() map[string]string {
	all := maps.Clone(s.Entries)
	if all == nil {
		all = map[string]string{}
	}
	for key := range s.Generate {
		all[key] = ""
	}
	maps.Copy(all, s.Templates)
	return all
}

// GenerationOf returns the value of the configuration, by its path, that only counts how often a
// value was generated.
func (s *OwnSecret) GenerationOf(key string) map[string]string {
	return map[string]string{s.pathOf(key) + "generation": strconv.Itoa(s.Generate[key].Generation)}
}

func (s *OwnSecret) pathOf(key string) string {
	return "secrets[name=" + s.Name + "].generate." + key + "."
}

// HeldInGenerated describes a generated value, which no other place has. What was encrypted or
// signed with it is lost with it.
func (e *Environment) HeldInGenerated(secret OwnSecret, key string) data.Held {
	value := secret.Generate[key]
	path := secret.pathOf(key)
	values := secret.GenerationOf(key)
	values[path+"kind"] = string(value.Kind)
	switch value.Kind {
	case GeneratedText:
		values[path+"length"], values[path+"alphabet"] = strconv.Itoa(value.Length), value.Alphabet
	case GeneratedRSAKey:
		values[path+"bits"] = strconv.Itoa(value.Bits)
	}
	return data.Held{
		Parts:     []data.Part{data.Secrets},
		Loss:      fmt.Sprintf("the generated value %s of the Secret %s", key, secret.Name),
		Settings:  e.settingsOf(data.Secrets),
		Immutable: values,
		Protected: e.protects(data.Secrets),
	}
}

// generatedValues names the values that the environment generates, as SECRET.KEY.
func (e *Environment) generatedValues() []string {
	var names []string
	for _, secret := range e.Secrets {
		for _, key := range sortedNames(secret.Generate) {
			names = append(names, secret.Name+"."+key)
		}
	}
	return names
}

// checkGenerated reports values that nothing can generate as they are written.
func (s *OwnSecret) checkGenerated(problems *Problems, at string) {
	if len(s.Generate) > 0 && s.Type != OpaqueSecret {
		problems.add(at+".generate", nil, "needs %s.type %s: an environment has no certificate and no registry's password to generate", at, OpaqueSecret)
	}
	checkKeys(problems, at+".generate", sortedNames(s.Generate))
	for _, key := range sortedNames(s.Generate) {
		path := at + ".generate." + maskedStep(key)
		if _, given := s.Entries[key]; given {
			problems.add(path, nil, "is in %s.entries too; keep one of them", at)
		}
		s.Generate[key].check(problems, path)
	}
}

func (g GeneratedValue) check(problems *Problems, path string) {
	if g.Kind != GeneratedText && g.Length > 0 {
		problems.add(path+".length", g.Length, "would be ignored, because %s.kind is not %s", path, GeneratedText)
	}
	if g.Kind != GeneratedText && g.Alphabet != "" {
		problems.add(path+".alphabet", nil, "would be ignored, because %s.kind is not %s", path, GeneratedText)
	}
	if g.Kind != GeneratedRSAKey && g.Bits > 0 {
		problems.add(path+".bits", g.Bits, "would be ignored, because %s.kind is not %s", path, GeneratedRSAKey)
	}
	if g.Kind != GeneratedText {
		return
	}
	for i, character := range g.Alphabet {
		if strings.IndexRune(g.Alphabet, character) < i {
			problems.add(path+".alphabet", g.Alphabet, "must have each character once; has %q twice", character)
			return
		}
	}
	// Below 2^64 possible values, one machine can try all of them.
	const guessable = 64
	perCharacter := math.Log2(float64(len(g.Alphabet)))
	if perCharacter*float64(g.Length) >= guessable {
		return
	}
	problems.add(path+".length", g.Length, "must be at least %d with an alphabet of %d characters: a shorter value can be guessed", int(math.Ceil(guessable/perCharacter)), len(g.Alphabet))
}
