package spec

import "github.com/djangostack/djangostack/components/aws/limits"

// form says in words which texts a pattern of the schema allows.
type form struct {
	// words complete the sentence "must be …".
	words   string
	example string
}

// FormOf says in words which texts a pattern of the schema allows, with an example. It is empty
// for a pattern that the schema does not have.
func FormOf(pattern string) string {
	found, known := forms()[pattern]
	if !known {
		return ""
	}
	return found.words + ", for instance " + found.example
}

const (
	identifierWords = "letters, digits and _, beginning with a letter or _"
	nameWords       = "lower-case letters, digits and hyphens, beginning with a letter and ending with a letter or a digit, "
	hostWords       = "lower-case letters, digits and hyphens, with a dot between its parts"
)

// forms are keyed by the patterns of the tags of the environment's fields.
func forms() map[string]form {
	return map[string]form{
		ImageNamePattern: {"the name of an image, without https://, with its tag or digest", "registry.example.com/shop:1.4.0"},
		QuantityPattern:  {"an amount as Kubernetes writes it", "500m, 0.5, 256Mi or 1Gi"},
		`^([0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?|none)$`: {"an amount as Kubernetes writes it, or none", "512Mi"},

		// Names in the cluster.
		`^[a-z]([a-z0-9-]{0,13}[a-z0-9])?$`:    {nameWords + "at most 15", "metrics"},
		`^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$`:    {nameWords + "at most 20", "emails"},
		`^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$`:    {nameWords + "at most 30", "clear-sessions"},
		`^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$`:    {nameWords + "at most 32", "shop"},
		`^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$`:    {nameWords + "at most 40", "smtp-settings"},
		`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`:      {"lower-case letters, digits and hyphens, beginning and ending with a letter or a digit", "shop"},
		`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`: {"lower-case letters, digits and hyphens, beginning and ending with a letter or a digit, at most 63", "shop-staging"},
		`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`:     {"lower-case letters, digits, hyphens and dots, beginning and ending with a letter or a digit", "shop-tls"},
		`^[a-z]([a-z0-9-]*[a-z0-9])?$`:         {"lower-case letters, digits and hyphens, beginning with a letter and ending with a letter or a digit", "shop-zone"},
		`^[A-Z][A-Za-z0-9]*$`:                  {"a kind of objects: letters and digits, beginning with a capital letter", "ClusterIssuer"},
		`^Z[A-Z0-9]+$`:                         {"the ID of a hosted zone: Z, capital letters and digits", "Z0123456789ABCDEFGHIJ"},
		`^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[1-9][0-9]{0,4})?$`: {"a host or host:port, an IPv6 address in brackets", "ns1.example.com:53"},
		`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?$`:                                       {"the name of a key: letters, digits, dots, hyphens and _", "acme.example.com"},
		`^[A-Z0-9]{16,128}$`:                      {"the ID of an access key: 16 to 128 capital letters and digits", "AKIAIOSFODNN7EXAMPLE"},
		`^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$`: {"the ARN of a role", "arn:aws:iam::123456789012:role/zone"},
		`^[A-Za-z0-9._-]+$`:                       {"letters, digits, dots, hyphens and _", "smtp-password"},
		`^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`: {
			"letters, digits, dots, hyphens and _, beginning and ending with a letter or a digit, at most 63", "web-team",
		},
		`^[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9][A-Za-z0-9_.-]*$`: {
			"the full name of a stack: organization, project and stack, with a slash between them", "organization/platform/production",
		},

		`^arn:aws:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}$`: {"the ARN of a role", "arn:aws:iam::123456789012:role/deployer"},
		`^[A-Za-z0-9+=,.@_-]{2,64}$`:                               {"2 to 64 letters, digits and + = , . @ _ -", "djangostack"},
		`^[A-Za-z0-9+=,.@:/_-]{2,}$`:                               {"2 to 1224 letters, digits and + = , . @ : / _ -", "9f1c2d34-production"},
		`^[a-z][a-z0-9-]{4,28}[a-z0-9]@[a-z0-9.-]+\.gserviceaccount\.com$`: {
			"the email of a service account", "deployer@blog-production.iam.gserviceaccount.com",
		},

		limits.TopicARN: {"the ARN of an SNS topic whose messages have no order", "arn:aws:sns:eu-west-1:123456789012:alarms"},
		`^projects/[a-z][a-z0-9-]{4,28}[a-z0-9]/notificationChannels/[0-9]+$`: {"the name of a notification channel, as gcloud beta monitoring channels list shows it", "projects/shop-production/notificationChannels/1234567890"},

		`^[0-9]+(\.[0-9]+){2}$`:  {"the version of a chart: three numbers", "2.21.0"},
		`^v[0-9]+(\.[0-9]+){2}$`: {"the version of a chart: v and three numbers", "v1.21.2"},

		// Hosts, URLs and addresses.
		`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`:             {"a host name with at least one dot: " + hostWords, "shop.example.com"},
		`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`:             {"a host name: " + hostWords, "www.example.com"},
		`^((\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\*)$`: {"a host name, which may begin with *., or * for every name: " + hostWords, "www.example.com"},
		`^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$`:                       {"an http or https URL without a query and without a slash at its end", "https://shop.example.com"},
		`^https?://[A-Za-z0-9./:_~-]+$`:                                                 {"an http or https URL without a query", "https://login.example.com/oauth2/auth"},
		`^https://[A-Za-z0-9./:_~-]+$`:                                                  {"an https URL without a query", "https://acme.example.com/directory"},
		`^https?://[A-Za-z0-9.*-]+(:[0-9]+)?$`:                                          {"http:// or https:// and a host, without a path", "https://shop.example.com"},
		`^(\*|https?://[A-Za-z0-9.*-]+(:[0-9]+)?)$`:                                     {"http:// or https:// and a host, without a path, or *", "https://shop.example.com"},
		`^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$`:                                      {"a block of IPv4 addresses", "203.0.113.0/24"},
		`^[0-9]{1,3}(\.[0-9]{1,3}){3}/(1[6-9]|20)$`:                                     {"a block of IPv4 addresses from /16 to /20", "10.20.0.0/16"},
		`^[^@\s]+@[^@\s]+$`:                                                             {"one e-mail address", "admin@example.com"},
		`^[^@\s,;<>]+@[^@\s,;<>]+$`:                                                     {"one e-mail address, without a name", "ops@example.com"},
		`^(s3|gs)://[a-z0-9][a-z0-9._-]*[a-z0-9]/[A-Za-z0-9._/=+@-]+$`:                  {"the address of a file in a bucket, beginning with s3:// or gs://", "s3://company-dumps/shop.sql.gz"},

		`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`:  {"the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens", "company-backups"},
		`^https?://[A-Za-z0-9.-]+(:[0-9]+)?$`: {"an http or https URL without a path", "https://s3.example.com"},

		// Paths.
		`^/`:        {"a path that begins with a slash", "/healthz"},
		`^/[!-~]*$`: {"a path that begins with a slash and has no spaces", "/healthz"},
		`^/([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*/?)?$`: {"a path that begins with a slash, of letters, digits and . _ ~ -, with single slashes", "/api/v1"},
		`^/[A-Za-z0-9._/-]+$`:                          {"a path that begins with a slash, of letters, digits and . _ - /", "/srv/media"},
		`^/tmp/`:                                       {"a path below /tmp/", "/tmp/celery-heartbeat"},
		`^[A-Za-z0-9._-][A-Za-z0-9._/-]*$`:             {"a path that does not begin with a slash, of letters, digits and . _ - /", "uploads/2026"},
		`^(/|https?://).*/$`:                           {"a path, or an http or https URL, that ends with a slash", "/static/"},

		// The app.
		`^[A-Za-z_][A-Za-z0-9_]*$`:                            {identifierWords, "SMTP_"},
		`^[A-Za-z_][A-Za-z0-9_.]*$`:                           {"letters, digits, dots and _, beginning with a letter or _", "gthread"},
		`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`: {"a Python module as an import names it, with dots, without .py", "shop.settings"},
		`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*(:[A-Za-z_][A-Za-z0-9_]*)?$`: {
			"a Python module as an import names it, with the app's name after a colon if it is not the default", "shop.celery:app",
		},
		`^[!-~]{2,94}$`:      {"at least 2 characters of ASCII without spaces", "0123456789abcdef"},
		`^[A-Za-z0-9._:-]+$`: {"letters, digits and . _ : -", "emails"},
		`^[^\p{Cc}]*$`:       {"one line without control characters", "fix of order 4711"},
		`^0?[0-7]{3}$`:       {"permissions of three octal digits", `"0440"`},

		// Data services.
		`^[a-z_][a-z0-9_-]{0,62}$`: {"lower-case letters, digits, hyphens and _, beginning with a letter or _, at most 63", "pg_trgm"},
		`^1[4-9]$`:                 {"a major version of PostgreSQL from 14 to 19", `"17"`},
		`^[1-9]\.[0-9]{1,2}$`:      {"a major and a minor version", `"2.19"`},

		// Clouds.
		`^1\.[0-9]{2}$`:                  {"a minor version of Kubernetes", `"1.35"`},
		`^[a-z]{2}(-[a-z]+)+-[0-9]$`:     {"a region of AWS", "eu-central-1"},
		`^[a-z]+-[a-z]+[0-9]+$`:          {"a region of Google Cloud", "europe-west1"},
		`^[a-z]$`:                        {"the letter of a zone", "a"},
		`^[0-9]{12}$`:                    {"the number of an AWS account, 12 digits without hyphens", `"123456789012"`},
		`^arn:aws[a-z-]*:.+$`:            {"the ARN of an IAM role or user", "arn:aws:iam::123456789012:role/deployer"},
		`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`: {"the ID of a project, not its number: 6 to 30 lower-case letters, digits and hyphens", "company-production"},
		`^(user|group|serviceAccount):[a-z0-9._%+-]+@[a-z0-9.-]+$`: {
			"user:, group: or serviceAccount: and an e-mail address in lower case", "group:ops@example.com",
		},
		`^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$`: {"a billing account's ID", "012345-6789AB-CDEF01"},
	}
}
