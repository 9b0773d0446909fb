package connection

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// SecretKey is one entry of a Secret in the app's namespace.
type SecretKey struct {
	Name pulumi.StringInput
	Key  string
}

// Stored names the entries of Secrets that hold the credentials of a server. Only the kubelet
// reads them: Pulumi's state has no copy. It puts them into URLs where these name the variables
// of Variables, as they are, so that an entry of a URL must have the form that the URL needs.
type Stored struct {
	// Service is a part of the names of Variables, for instance CACHE.
	Service string
	// User is nil for a user that the configuration names.
	User *SecretKey
	// Password is required. URLPassword is the password as a URL has it, percent-encoded; nil if
	// no entry holds it.
	Password    *SecretKey
	URLPassword *SecretKey
}

// Variables are the environment variables to which URLs refer, by name.
func (s *Stored) Variables() map[string]SecretKey {
	variables := map[string]SecretKey{s.passwordVariable(): *s.inURL()}
	if s.User != nil {
		variables[s.userVariable()] = *s.User
	}
	return variables
}

// inURL is the entry that a URL has as its password.
func (s *Stored) inURL() *SecretKey {
	if s.URLPassword != nil {
		return s.URLPassword
	}
	return s.Password
}

func (s *Stored) userVariable() string     { return "DJANGOSTACK_" + s.Service + "_USER" }
func (s *Stored) passwordVariable() string { return "DJANGOSTACK_" + s.Service + "_PASSWORD" }

// credentials is the part of a URL between scheme and host, with references to Variables that
// the kubelet expands.
func (s *Stored) credentials(user string) string {
	return s.user(user) + ":$(" + s.passwordVariable() + ")@"
}

func (s *Stored) user(named string) string {
	if s.User != nil {
		return "$(" + s.userVariable() + ")"
	}
	return Escaped(named)
}

// credentials is the part of a URL between scheme and host: user and password, which make it
// secret, or references to what is stored. A server without a password has none.
func credentials(user string, password pulumi.StringInput, stored *Stored) pulumi.StringOutput {
	switch {
	case stored != nil:
		return pulumi.String(stored.credentials(user)).ToStringOutput()
	case password == nil:
		return pulumi.String("").ToStringOutput()
	default:
		return pulumi.Sprintf("%s:%s@", Escaped(user), secretEscaped(password))
	}
}
