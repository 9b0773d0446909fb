package aws

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// issuedCertificate marks a certificate as issued. It is not a property of the certificate, so that a refresh finds no
// difference.
const issuedCertificate = "aws:acm/certificate#issued"

func certificates(undelegated []string) kinds {
	return kinds{
		"acm/certificate": {
			DisplayName: "ACM Certificate", ID: "arn:{partition}:acm:{region}:{account}:certificate/{uuid}",
			ReplaceOn: []string{
				"certificateAuthorityArn", "domainName", "keyAlgorithm", "subjectAlternativeNames", "validationMethod", "validationOptions",
			},
			Computed: []string{"subjectAlternativeNames"}, Sets: []string{"validationOptions"},
			Rules: rules{
				cloud.OneOf("validationMethod", "DNS", "EMAIL", "NONE"), cloud.Length("domainName", 1, 253),
				cloud.Match("domainName", `[^.]$`, "cannot end with a period"), cloud.Length("subjectAlternativeNames", 1, 253),
				cloud.OneOf("keyAlgorithm", "RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"),
				cloud.OneOf("options.certificateTransparencyLoggingPreference", "ENABLED", "DISABLED"),
				cloud.OneNeeded("domainName", "privateKey"),
				// ACM returns names in lower case, and the provider replaces a certificate whose name has another case
				// at every update.
				cloud.Match("domainName", `^[^A-Z]*$`, "is read back in lower case, and replaced by the next update"),
				cloud.Match("subjectAlternativeNames", `^[^A-Z]*$`, "is read back in lower case, and replaced by the next update"),
				func(j *cloud.Validation) {
					if j.Has("domainName") && !j.Has("validationMethod") && !j.Has("certificateAuthorityArn") {
						j.Fail("validationMethod", "validationMethod is required for a certificate that Amazon issues")
					}
				},
			},
			Outputs: vals{
				"arn": "{id}", "keyAlgorithm": "RSA_2048", "status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED",
				"renewalEligibility": "INELIGIBLE", "options": vals{"certificateTransparencyLoggingPreference": "ENABLED"},
			},
			Missing: code{Code: "CertificateNotFound", Message: "Certificate '%s' not found"},
			InUse:   code{Code: "ResourceInUseException", Message: "Certificate %s in account is in use."},
			Apply:   makeCertificate,
		},
		"acm/certificateValidation": {
			DisplayName: "ACM Certificate Validation", ID: "{instant}",
			ReplaceOn:  []string{"certificateArn", "validationRecordFqdns"},
			References: []ref{points("certificateArn", "acm/certificate", "arn")},
			Adopted:    true,
			Apply:      func(m *cloud.Operation) error { return issue(m, undelegated) },
		},
	}
}

func makeCertificate(m *cloud.Operation) error {
	if !m.New() {
		return nil
	}
	// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
	const longest = 64
	first := m.Text("domainName")
	if len(first) > longest {
		return cloud.Refuse("ValidationException", "The first domain name can be no longer than %d characters: %s has %d", longest, first, len(first))
	}
	domains := []string{first}
	for _, name := range m.Texts("subjectAlternativeNames") {
		if !slices.Contains(domains, name) {
			domains = append(domains, name)
		}
	}
	m.Values["subjectAlternativeNames"] = list(domains...)
	if m.Text("validationMethod") != "DNS" {
		return nil
	}
	options := make([]any, len(domains))
	for i, domain := range domains {
		name, value := proof(m.Scope.Account, domain)
		options[i] = vals{"domainName": domain, "resourceRecordName": name, "resourceRecordType": "CNAME", "resourceRecordValue": value}
	}
	m.Values["domainValidationOptions"] = options
	return nil
}

// validationSuffix is the end of the value of every validation record.
const validationSuffix = ".acm-validations.aws."

// proof returns the record that proves a domain. It is the same for all certificates of an account.
func proof(account, domain string) (name, value string) {
	bare := strings.TrimPrefix(domain, "*.")
	sum := sha256.Sum256([]byte(account + "|" + bare))
	text := hex.EncodeToString(sum[:])
	return "_" + text[:32] + "." + bare + ".", "_" + text[32:] + ".xlfgrmvvlj" + validationSuffix
}

func issue(m *cloud.Operation, undelegated []string) error {
	arn := m.Text("certificateArn")
	certificate := m.First(Token("acm/certificate"), "arn", arn)
	for _, option := range certificate.Objects("domainValidationOptions") {
		if !proven(m, option, undelegated) {
			return cloud.Refuse("timeout", "waiting for ACM Certificate (%s) to be issued: timeout while waiting for state to become 'ISSUED' "+
				"(last state: 'PENDING_VALIDATION', timeout: 1h15m0s): the world finds no record %s", arn, option.Text("resourceRecordName"))
		}
	}
	m.AddPartOf(issuedCertificate, arn, Token("acm/certificate"), arn, vals{"arn": arn})
	return nil
}

func proven(m *cloud.Operation, option cloud.Values, undelegated []string) bool {
	if !mayIssue(m, option.Text("domainName")) {
		return false
	}
	wanted := strings.TrimSuffix(option.Text("resourceRecordName"), ".")
	for _, record := range m.Find(Token("route53/record"), "fqdn", wanted) {
		value := strings.TrimSuffix(record.Text("records"), ".")
		if value != strings.TrimSuffix(option.Text("resourceRecordValue"), ".") {
			continue
		}
		if delegated(m, m.First(Token("route53/zone"), "id", record.Text("zoneId")), undelegated) {
			return true
		}
	}
	return false
}

// mayIssue tells whether the nearest CAA record lets Amazon issue certificates of a domain.
// https://docs.aws.amazon.com/acm/latest/userguide/setup.html#setup-caa
func mayIssue(m *cloud.Operation, domain string) bool {
	for name := strings.TrimPrefix(domain, "*."); name != ""; _, name, _ = strings.Cut(name, ".") {
		for _, record := range m.Find(Token("route53/record"), "fqdn", name) {
			if record.Text("type") != "CAA" {
				continue
			}
			return slices.ContainsFunc(record.Texts("records"), func(text string) bool {
				return strings.Contains(text, `"amazon`) || strings.Contains(text, `"awstrust.com`) || strings.HasPrefix(text, "0 iodef")
			})
		}
	}
	return true
}
