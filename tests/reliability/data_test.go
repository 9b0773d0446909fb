package reliability_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// soak tells whether the long forms run.
func soak() bool { return os.Getenv("DJANGOSTACK_SOAK") != "" }

// holders are the kinds of things that hold data, or without which data cannot be read or found again.
func holders() []string {
	return []string{
		"aws:rds/instance:Instance",
		"aws:elasticache/replicationGroup:ReplicationGroup",
		"aws:mq/broker:Broker",
		"aws:opensearch/domain:Domain",
		"aws:s3/bucketV2:BucketV2",
		"aws:kms/key:Key",
		"aws:route53/zone:Zone",
		"aws:route53/record:Record",
		"gcp:sql/databaseInstance:DatabaseInstance",
		"gcp:sql/database:Database",
		"gcp:redis/instance:Instance",
		"gcp:storage/bucket:Bucket",
		"gcp:kms/cryptoKey:CryptoKey",
		"gcp:dns/managedZone:ManagedZone",
		"gcp:dns/recordSet:RecordSet",
		"PersistentVolumeClaim",
	}
}

// lostData returns what held data and is not in the later world by its identity.
func (w world) lostData(later world) []string {
	there := map[string]bool{}
	for _, id := range later.ids {
		there[id] = true
	}
	var lost []string
	for _, name := range slices.Sorted(maps.Keys(w.ids)) {
		kind, _, _ := strings.Cut(name, " ")
		if slices.Contains(holders(), kind) && !forgettable(name) && !there[w.ids[name]] {
			lost = append(lost, name)
		}
	}
	return lost
}

// forgettable tells what may be lost: static files can be collected again, beat writes its schedule again, a cache may
// be forgotten, and a replica has only copies.
func forgettable(name string) bool {
	return regexp.MustCompile(`(-cache|-static|[ -]beat|-access-logs|-replica-0)(-[0-9a-f]{6})?$`).MatchString(name)
}
