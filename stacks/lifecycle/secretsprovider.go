package lifecycle

import (
	"net/url"
	"regexp"
	"strings"
)

// checkProvider refuses a URL that is no secrets provider of Pulumi, before a stack is created with it
// (https://www.pulumi.com/docs/iac/concepts/secrets/#available-encryption-providers).
func checkProvider(wanted string) error {
	switch wanted {
	case "", "default", "passphrase":
		return nil
	}
	at, err := url.Parse(wanted)
	if err != nil || !isKeyURL(at) {
		return configInvalid("the secrets provider %q is not one that Pulumi has; use one of\n  %s", wanted, strings.Join(providerForms(), "\n  "))
	}
	return nil
}

// providerForms lists the forms of a secrets provider.
func providerForms() []string {
	return []string{
		"passphrase",
		"awskms://alias/NAME?region=REGION, awskms://KEY-ID?region=REGION or awskms:///arn:aws:kms:...",
		"gcpkms://projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/KEY",
		"azurekeyvault://VAULT.vault.azure.net/keys/NAME",
		"hashivault://KEY",
	}
}

// isKeyURL reports whether a URL has the form that Pulumi expects for the key service.
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
