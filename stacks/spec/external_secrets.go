package spec

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/contract"
)

// EntryForm is what the value of an entry of a Secret must look like.
type EntryForm string

// AnyForm is any text. Kubernetes puts an entry into a URL as it is, so that one that URLs have
// consists of characters that need no encoding, or is encoded already
// (https://www.rfc-editor.org/rfc/rfc3986#section-2.3).
const (
	AnyForm        EntryForm = ""
	UnreservedForm EntryForm = "unreserved"
	EncodedForm    EntryForm = "percent-encoded"
)

var (
	unreserved = regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
	encoded    = regexp.MustCompile(`^([A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+$`)
)

// Has reports whether a value has the form.
func (f EntryForm) Has(value string) bool {
	switch f {
	case UnreservedForm:
		return unreserved.MatchString(value)
	case EncodedForm:
		return encoded.MatchString(value)
	default:
		return value != ""
	}
}

// externalRef is an entry of a Secret that the configuration of an external server names.
type externalRef struct {
	path string
	ref  SecretKeyRef
	form EntryForm
	// cure says what to do about an entry of another form.
	cure string
}

// externalRefs lists the entries of Secrets with credentials of external servers.
func (e *Environment) externalRefs() []externalRef {
	var refs []externalRef
	for _, server := range e.ExternalServers() {
		refs = append(refs, e.refsOf(server)...)
	}
	return refs
}

// StoredForm is an entry of an existing Secret that Kubernetes puts into a URL.
type StoredForm struct {
	Ref  SecretKeyRef
	Form EntryForm
	// Wrong says what is wrong with an entry of another form, and what to do.
	Wrong string
}

// StoredForms lists the entries of Secrets which the environment does not create that need a
// form. Who updates the environment may be unable to read them.
func (e *Environment) StoredForms() []StoredForm {
	var forms []StoredForm
	for _, found := range e.externalRefs() {
		if found.form != AnyForm && e.OwnSecret(found.ref.Name) == nil {
			wrong := found.path + ": the Secret " + found.ref.Name + " has an entry " + found.ref.Key + " that " + found.cure
			forms = append(forms, StoredForm{Ref: found.ref, Form: found.form, Wrong: wrong})
		}
	}
	return forms
}

func (e *Environment) refsOf(server ExternalServer) []externalRef {
	var refs []externalRef
	variables := e.composedVariables(server)
	add := func(field string, ref *SecretKeyRef, form EntryForm, is string) {
		if ref == nil {
			return
		}
		if len(variables) == 0 {
			form = AnyForm
		}
		found := externalRef{path: server.path + "." + field, ref: *ref, form: form}
		if form != AnyForm {
			found.cure = is + ", and it is a part of " + strings.Join(variables, ", ") + ": " + server.cure(field)
		}
		refs = append(refs, found)
	}
	const special = "has characters that a URL must have percent-encoded, which Kubernetes does not do"
	inURL, inURLUser := UnreservedForm, UnreservedForm
	if server.URLPasswordSecretKeyRef != nil || server.service == "database" {
		inURL = AnyForm
	}
	if server.service == "database" && server.URLPasswordSecretKeyRef == nil {
		inURLUser = AnyForm
	}
	add("passwordSecretKeyRef", server.PasswordSecretKeyRef, inURL, special)
	add("urlPasswordSecretKeyRef", server.URLPasswordSecretKeyRef, EncodedForm, "is not percent-encoded")
	add("userSecretKeyRef", server.UserSecretKeyRef, inURLUser, special)
	return refs
}

// cure says what to do about an entry that does not fit into a URL.
func (s *ExternalServer) cure(field string) string {
	other := "take these variables themselves from a Secret (app.secretKeyRefs), or leave them out (app.unset) and bind the parts of the connection (app.bindings)"
	switch field {
	case "passwordSecretKeyRef":
		return "add an entry with the encoded password and name it in " + s.path + ".urlPasswordSecretKeyRef, or " + other
	case "urlPasswordSecretKeyRef":
		return "encode every character but letters, digits and -._~ as %XX, or " + other
	default:
		return "choose another user, or " + other
	}
}

// passwordValues lists the values of the contract that have the server's password in a URL, or encoded for one.
func (s *ExternalServer) passwordValues() []contract.Path {
	if s.service == "broker" && s.engine == RabbitMQ {
		return []contract.Path{contract.BrokerURL, contract.BrokerURLPassword}
	}
	return map[string][]contract.Path{
		"database": {contract.DatabaseURL, contract.DatabaseDirectURL, contract.DatabaseURLPassword},
		"cache":    {contract.CacheURL, contract.CacheRedisURL, contract.CacheLocation, contract.CacheLocations, contract.CachePlainURL, contract.CacheURLPassword},
		"broker":   {contract.BrokerURL, contract.ResultBackend, contract.BrokerURLPassword},
	}[s.service]
}

// storedWhere returns the path of the reference to the Secret that holds a value of the contract, or a part of it; empty
// if the configuration has the whole value.
func (e *Environment) storedWhere(value contract.Path) string {
	for _, server := range e.ExternalServers() {
		if server.PasswordSecretKeyRef == nil {
			continue
		}
		if value == contract.Path(server.service+".user") && server.UserSecretKeyRef != nil {
			return server.path + ".userSecretKeyRef"
		}
		if value == contract.Path(server.service+".password") || slices.Contains(server.passwordValues(), value) {
			return server.path + ".passwordSecretKeyRef"
		}
	}
	return ""
}

// composedVariables lists the variables of the app that have a password of the server in a URL.
func (e *Environment) composedVariables(server ExternalServer) []string {
	var names []string
	for _, value := range contract.Values() {
		if !slices.Contains(server.passwordValues(), value.Path) || !e.has(value.Path) {
			continue
		}
		for _, name := range value.NamesFor(e.profiles(), string(e.Cloud)) {
			if !e.decides(name) {
				names = append(names, name)
			}
		}
		for name, bound := range e.App.Bindings {
			if bound == string(value.Path) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// decides reports whether the app sets a variable of the contract itself, or leaves it out.
func (e *Environment) decides(name string) bool {
	_, plain := e.App.Env[name]
	_, secret := e.App.SecretEnv[name]
	_, bound := e.App.Bindings[name]
	_, referenced := e.App.SecretKeyRefs[name]
	return plain || secret || bound || referenced || slices.Contains(e.App.Unset, name)
}

// checkExternalRefs reports entries that a Secret of the environment's own does not have, or
// that do not fit into a URL.
func (e *Environment) checkExternalRefs(problems *Problems) {
	for _, found := range e.externalRefs() {
		checkName(problems, found.path+".name", found.ref.Name)
		own := e.OwnSecret(found.ref.Name)
		if own == nil {
			continue
		}
		if !slices.Contains(own.keys(), found.ref.Key) {
			problems.add(found.path+".key", nil, "is not an entry of the Secret %s in secrets, which has %s", own.Name, strings.Join(own.keys(), ", "))
			continue
		}
		if len(own.Templates) > 0 {
			problems.add(found.path+".name", own.Name, "is a Secret with templates, which may be composed of this server's values: put the entry into another one of secrets")
			continue
		}
		if found.form == AnyForm && own.sample(found.ref.Key) == "" {
			problems.add(found.path, nil, "names an entry that is empty: give it a value")
			continue
		}
		if !found.form.Has(own.sample(found.ref.Key)) {
			problems.add(found.path, nil, "names an entry that %s", found.cure)
		}
	}
}

// sample returns the value of an entry, or for one that is generated a text with every character
// that may occur in it.
func (s *OwnSecret) sample(key string) string {
	generated, is := s.Generate[key]
	switch {
	case !is:
		return s.Entries[key]
	case generated.Kind == GeneratedText:
		return generated.Alphabet
	case generated.Kind == GeneratedFernetKey:
		return base64.URLEncoding.EncodeToString([]byte{0})
	default:
		return "-----BEGIN PRIVATE KEY-----"
	}
}

// checkUnsetPassword reports a database URL without a password in an app that leaves out the
// variables from which libpq reads it.
func (e *Environment) checkUnsetPassword(problems *Problems) {
	if !e.lacksURLPassword() {
		return
	}
	for i, name := range e.App.Unset {
		needed := name == "PGPASSWORD" || (name == "PGUSER" && e.Database.External.UserSecretKeyRef != nil)
		if needed && !e.decides("DATABASE_URL") {
			problems.add(indexed("app.unset", i), name, "is where libpq finds what DATABASE_URL leaves out: name database.external.urlPasswordSecretKeyRef, or leave out DATABASE_URL too")
		}
	}
}

// lacksURLPassword reports whether a Secret holds the password of the database, and none holds
// the encoded one.
func (e *Environment) lacksURLPassword() bool {
	external := e.Database.External
	return external != nil && external.PasswordSecretKeyRef != nil && external.URLPasswordSecretKeyRef == nil
}

// asksNothing reports whether the server asks for no password.
func (l *ExternalLogin) asksNothing() bool { return l != nil && l.Auth == NoAuth }
