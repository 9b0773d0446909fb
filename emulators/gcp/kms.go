package gcp

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func keys() kinds {
	name := cloud.Match("name", `^[a-zA-Z0-9_-]{1,63}$`, "must be 1 to 63 letters, digits, underscores and hyphens")
	return kinds{
		"kms/keyRing": {
			DisplayName: "KMS Key Ring", ID: "projects/{project}/locations/{location}/keyRings/{name}",
			Rules:    rules{name},
			Unique:   []string{"project", "location", "name"},
			Conflict: code{Code: "409 alreadyExists", Message: "KeyRing projects/{project}/locations/{location}/keyRings/{name} already exists."},
			Missing:  code{Code: "404 notFound", Message: "KeyRing %s not found."},
			Apply: func(m *cloud.Operation) error {
				if location := m.Text("location"); location != "global" && zonesOf(location) == nil && !multiRegion(location) {
					return cloud.Refuse("404 notFound", "The request concerns location '%s' but was sent to location 'global'", location)
				}
				return nil
			},
			AfterDelete: func(m *cloud.Operation) { m.LeaveBehind(m.Type(), m.ID, "key rings cannot be deleted", m.Live()) },
		},
		"kms/cryptoKey": {
			DisplayName: "KMS Crypto Key", ID: "{keyRing}/cryptoKeys/{name}",
			Defaults:  vals{"purpose": "ENCRYPT_DECRYPT"},
			ReplaceOn: []string{"cryptoKeyBackend", "destroyScheduledDuration", "importOnly", "keyRing", "purpose", "skipInitialVersionCreation"},
			Rules: rules{
				name, cloud.Match("rotationPeriod", `^\d+(\.\d{1,9})?s$`, "is no number of seconds with an s"),
				cloud.OneOf("purpose", "ENCRYPT_DECRYPT", "ASYMMETRIC_SIGN", "ASYMMETRIC_DECRYPT", "MAC", "RAW_ENCRYPT_DECRYPT"), rotation,
				cloud.OneOf("versionTemplate.protectionLevel", "SOFTWARE", "HSM", "EXTERNAL", "EXTERNAL_VPC"),
			},
			References: []ref{refersTo("keyRing", "kms/keyRing")},
			Unique:     []string{"keyRing", "name"},
			Conflict:   code{Code: "409 alreadyExists", Message: "CryptoKey {keyRing}/cryptoKeys/{name} already exists."},
			Missing:    code{Code: "404 notFound", Message: "CryptoKey %s not found."},
			Outputs: vals{
				"destroyScheduledDuration": "2592000s", "versionTemplate.protectionLevel": "SOFTWARE",
				"versionTemplate": vals{"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "SOFTWARE"},
			},
			Apply: func(m *cloud.Operation) error {
				m.Values["primaries"] = []any{vals{"name": m.ID + "/cryptoKeyVersions/1", "state": "ENABLED"}}
				return nil
			},
			AfterDelete: func(m *cloud.Operation) {
				left := m.Live().Clone()
				left["destroyed"] = true
				m.LeaveBehind(m.Type(), m.ID, "keys cannot be deleted, only their versions destroyed", left)
				m.DeleteWhere(Token("kms/cryptoKeyIAMMember"), "cryptoKeyId", m.ID)
			},
		},
		"kms/cryptoKeyIAMMember": member("KMS Crypto Key", "cryptoKeyId", []ref{refersTo("cryptoKeyId", "kms/cryptoKey")},
			func(m *cloud.Operation) (string, error) { return m.Text("cryptoKeyId"), nil }),
	}
}

func multiRegion(location string) bool {
	return strings.Contains(" us europe asia eur3 eur4 eur5 eur6 nam3 nam4 nam6 ", " "+location+" ")
}

// rotation requires a period of at least a day, and a symmetric key.
func rotation(j *cloud.Validation) {
	period := j.Text("rotationPeriod")
	if period == "" {
		return
	}
	if purpose := j.Text("purpose"); purpose != "ENCRYPT_DECRYPT" && purpose != "" {
		j.Fail("rotationPeriod", "only keys with the purpose ENCRYPT_DECRYPT rotate")
	}
	if digits, _, _ := strings.Cut(strings.TrimSuffix(period, "s"), "."); len(digits) < 5 || len(digits) == 5 && digits < "86400" {
		j.Fail("rotationPeriod", "rotation period must be greater than one day (got %s)", period)
	}
}
