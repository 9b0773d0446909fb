package rehearsal

import (
	"cmp"
	"strings"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

// awsAccount returns the account with everything that exists before the program.
func (o Options) awsAccount() *cloud.Account {
	account := cloud.NewAccount(cmp.Or(o.AccountID, aws.AccountID))
	for _, zone := range o.zonesOn(spec.AWSCloud) {
		account.AddExisting(aws.Token("route53/zone"), "", "Z"+zone, cloud.Values{"name": zone})
	}
	if o.Snapshot != "" {
		name := o.Snapshot[strings.LastIndex(o.Snapshot, ":snapshot:")+1:]
		account.AddExisting(aws.Token("rds/snapshot"), o.Region, o.Snapshot, cloud.Values{
			"dbSnapshotIdentifier": strings.TrimPrefix(name, "snapshot:"), "dbSnapshotArn": o.Snapshot, "engine": "postgres", "storageEncrypted": true,
		})
	}
	if o.SearchRole {
		const service = "opensearchservice.amazonaws.com"
		account.AddExisting(aws.Token("iam/serviceLinkedRole"), "", "AWSServiceRoleForAmazonOpenSearchService", cloud.Values{"awsServiceName": service})
	}
	return account
}

// keptOnAWS returns why the program itself retains a resource of a type, or "".
func (o Options) keptOnAWS(token string) string {
	encrypting := token == aws.Token("kms/key") || token == aws.Token("kms/alias")
	if o.KeepsEncryption && encrypting {
		return "kept, because the final snapshots are encrypted with it"
	}
	return ""
}
