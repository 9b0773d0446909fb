package lifecycle

import (
	"net/url"
	"regexp"
	"strings"
)

// checkProvider refuses what no secrets provider of Pulumi is named by, before a stack
// is made with it (https://www.pulumi.com/docs/iac/concepts/secrets/#available-encryption-providers).
func checkProvider(wanted string) error {
	switch wanted {
	case "", "default", "passphrase":
		return nil
	}
	at, err := url.Parse(wanted)
	if err != nil || !isKeyURL(at) {
		return configInvalid("the secrets provider %q is none; allowed are\n  %s", wanted, strings.Join(providerForms(), "\n  "))
	}
	return nil
}

// providerForms are how keys are named.
func providerForms() []string {
	return []string{
		"passphrase",
		"awskms://alias/NAME?region=REGION, awskms://KEY-ID?region=REGION or awskms:///arn:aws:kms:...",
		"gcpkms://projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
		"azurekeyvault://VAULT.vault.azure.net/keys/NAME",
		"hashivault://KEY",
	}
}

// named tells whether a URL names a key of a service that Pulumi knows.
func isKeyURL(at *url.URL) bool {
	path := at.Host + at.Path
	switch at.Scheme {
	case "awskms":
		return regexp.MustCompile(`^(alias/.+|[0-9a-f-]+|mrk-[0-9a-f]+|/arn:[a-z-]+:kms:.+)$`).MatchString(path)
	case "gcpkms":
		return regexp.MustCompile(`^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$`).MatchString(path)
	case "azurekeyvault":
		return regexp.MustCompile(`^[^/]+/keys/[^/]+(/[^/]+)?$`).MatchString(path)
	case "hashivault":
		return at.Host != ""
	default:
		return false
	}
}
