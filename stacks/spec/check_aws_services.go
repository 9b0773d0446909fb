package spec

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/sizes"
)

var dnsName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

var rdsSnapshot = regexp.MustCompile(`^(arn:aws[a-z-]*:rds:[a-z0-9-]+:[0-9]{12}:snapshot:)?((rds|awsbackup):)?[A-Za-z][A-Za-z0-9-]*$`)

// checkHost reports a host that certificates, records or load balancers cannot have. A
// certificate is read back in lower case, so every update would replace one with capitals.
func (e *Environment) checkHost(problems *Problems) {
	address, isHTTPS := strings.CutPrefix(e.App.URL, "https://")
	if !e.HasCloud() || !isHTTPS {
		return
	}
	host := strings.ToLower(hostOf(e.App.URL))
	address = strings.TrimSuffix(address, e.BasePath())
	if address != host {
		problems.add("app.url", e.App.URL, "must have its host in lower case and no port on a cloud: https://%s", host)
	}
	if !dnsName.MatchString(host) {
		problems.add("app.url", e.App.URL, "must name a host of the DNS on a cloud: labels of letters, digits and inner hyphens, 63 at most")
	}
	if host != "" && host == e.StaticHost() {
		problems.add("app.url", e.App.URL, "has the host that the static files get; name another, or let the app serve them without a CDN")
	}
	if static := e.StaticHost(); static != "" && !strings.HasSuffix(static, "."+e.DNS.Zone) {
		problems.add("static.host", static, "must be a name in dns.zone, which is %s", e.DNS.Zone)
	}
}

// checkAWSServices reports values that AWS' data services, buckets and certificates refuse.
func (e *Environment) checkAWSServices(problems *Problems) {
	if e.Cloud != AWSCloud {
		return
	}
	if strings.Contains(e.App.Name, "--") {
		problems.add("app.name", e.App.Name, "may not have two hyphens in a row on AWS, whose parameter groups are named after it")
	}
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
	for _, kept := range []string{"sthree-", "amzn-s3-demo-"} {
		if strings.HasPrefix(e.App.Name+"-", kept) {
			problems.add("app.name", e.App.Name, "may not begin with %s on AWS, which keeps such names of buckets for itself", strings.TrimSuffix(kept, "-"))
		}
	}
	e.checkAWSSizes(problems)
	e.checkRDS(problems)
	checkS3(problems, "static.cors", e.Static.CORS)
	checkS3(problems, "media.cors", e.Media.CORS)
	if host := e.Host(); len(host) > limits.MaxCertificateDomain {
		problems.add("app.url", e.App.URL, "may have a host of at most %d characters on AWS, which has no certificate for a longer one; has %d", limits.MaxCertificateDomain, len(host))
	}
	if files := e.StaticHost(); len(files) > limits.MaxCertificateDomain {
		problems.add("static.host", files, "may have at most %d characters on AWS, which has no certificate for a longer one; has %d", limits.MaxCertificateDomain, len(files))
	}
}

// checkAWSSizes reports sizes for which AWS has no instance class.
func (e *Environment) checkAWSSizes(problems *Problems) {
	database, search := e.Database.Managed, e.Search
	if e.HasManagedDatabase() {
		_, err := limits.DatabaseClass(database.CPU, string(database.Memory))
		problems.because(err, "database.managed.memory", database.Memory)
	}
	if e.Cache.Kind == Managed {
		_, err := limits.CacheNodeType(string(e.Cache.Memory))
		problems.because(err, "cache.memory", e.Cache.Memory)
	}
	if e.Broker.Kind == Managed && e.Broker.Engine == RabbitMQ {
		_, err := limits.BrokerInstanceType(1+e.Broker.Managed.Replicas, string(e.Broker.Memory))
		problems.because(err, "broker.memory", e.Broker.Memory)
	} else if e.Broker.Kind == Managed {
		_, err := limits.CacheNodeType(string(e.Broker.Memory))
		problems.because(err, "broker.memory", e.Broker.Memory)
	}
	if search.Kind != Managed {
		return
	}
	const quorum = 3
	if search.Availability == MultiZone && e.Network.Zones < quorum {
		problems.add("search.availability", string(MultiZone), "needs network.zones 3: of two nodes no majority is left when one zone fails; use network.zones 3 or single-zone")
	}
	instance, err := limits.SearchInstanceType(string(search.Memory))
	problems.because(err, "search.memory", search.Memory)
	if disk, wrong := sizes.GiB(string(search.Storage)); err == nil && wrong == nil {
		problems.because(limits.CheckSearchVolume(instance, disk), "search.storage", search.Storage)
	}
}

// because adds an error about a quantity; nil adds nothing.
func (p *Problems) because(err error, path string, amount Quantity) {
	if err != nil {
		p.add(path, string(amount), "%v", err)
	}
}

func (e *Environment) checkRDS(problems *Problems) {
	if !e.HasManagedDatabase() {
		return
	}
	managed := e.Database.Managed
	storage, most := gibibytes(managed.Storage), gibibytes(managed.MaxStorage)
	if storage < limits.MinDatabaseStorageGiB || storage > limits.MaxDatabaseStorageGiB {
		problems.add("database.managed.storage", string(managed.Storage), "must be from %dGi to %dGi on AWS", limits.MinDatabaseStorageGiB, limits.MaxDatabaseStorageGiB)
	}
	if most > limits.MaxDatabaseStorageGiB {
		problems.add("database.managed.maxStorage", string(managed.MaxStorage), "may be at most %dGi on AWS", limits.MaxDatabaseStorageGiB)
	}
	if !limits.CanGrowDatabase(int(math.Ceil(storage)), int(math.Ceil(most))) {
		problems.add("database.managed.maxStorage", string(managed.MaxStorage), "must be a tenth above database.managed.storage at least, which is %s, or the same", managed.Storage)
	}
	if managed.RestoreFrom != "" && !rdsSnapshot.MatchString(managed.RestoreFrom) {
		problems.add("database.managed.restoreFrom", managed.RestoreFrom, "must be the identifier or ARN of a snapshot on RDS, as aws rds describe-db-snapshots lists them, for instance blog-1a2b3c-final")
	}
	if parts := strings.Split(managed.RestoreFrom, ":"); e.AWS != nil && strings.HasPrefix(managed.RestoreFrom, "arn:") && len(parts) > 3 && parts[3] != e.AWS.Region {
		problems.add("database.managed.restoreFrom", managed.RestoreFrom, "is in the region %s, and a server in %s cannot be restored from it: copy the snapshot with aws rds copy-db-snapshot --source-region %s", parts[3], e.AWS.Region, parts[3])
	}
	if slices.Contains(reservedWords(), e.Database.Name) {
		problems.add("database.name", e.Database.Name, "is a reserved word of PostgreSQL, which RDS does not take for a name; name another")
	}
	// RDS' own roles.
	user := e.Database.User
	if strings.HasPrefix(user, "rds_") || slices.Contains([]string{"rdsadmin", "rdsrepladmin", "rdstopmgr"}, user) {
		problems.add("database.user", user, "is a role that RDS has already; name another")
	}
}

// checkS3 reports wildcards that S3 does not accept
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html).
func checkS3(problems *Problems, path string, rules []CORSRule) {
	for i, rule := range rules {
		for field, patterns := range map[string][]string{"origins": rule.Origins, "headers": rule.Headers} {
			for j, pattern := range patterns {
				if strings.Count(pattern, "*") > 1 {
					problems.add(indexed(indexed(path, i)+"."+field, j), pattern, "may have one * on AWS")
				}
			}
		}
		for j, header := range rule.Expose {
			if strings.Contains(header, "*") {
				problems.add(indexed(indexed(path, i)+".expose", j), header, "may have no * on AWS: name the headers")
			}
		}
	}
}

// reservedWords are the words that PostgreSQL does not accept as names, in any version that
// AWS has (https://www.postgresql.org/docs/current/sql-keywords-appendix.html), and RDS'
// own database.
func reservedWords() []string {
	return append(strings.Fields(`
		all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
		current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc
		distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral
		leading limit localtime localtimestamp not null offset on only or order placing primary references returning
		select session_user some symmetric system_user table then to trailing true union unique user using variadic when
		where window with`), "rdsadmin")
}
