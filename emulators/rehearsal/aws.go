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
	o.seedAccount(account)
	return account
}

// seedAccount adds the zones, the snapshot, the role and the certificates of a configuration to an account.
func (o Options) seedAccount(account *cloud.Account) {
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
		const name = "AWSServiceRoleForAmazonOpenSearchService"
		account.AddExisting(aws.Token("iam/serviceLinkedRole"), "", name, cloud.Values{"awsServiceName": service, "name": name, "path": "/aws-service-role/" + service + "/"})
	}
	for arn, host := range o.Certificates {
		account.AddExisting(aws.Token("acm/certificate"), o.Region, arn, cloud.Values{"arn": arn, "domainName": host, "status": "ISSUED"})
	}
}

// keptOnAWS returns why the program itself retains a resource of a type, or "".
func (o Options) keptOnAWS(token string) string {
	if token == aws.Token("iam/serviceLinkedRole") {
		return "kept, because domains of other environments use it"
	}
	encrypting := token == aws.Token("kms/key") || token == aws.Token("kms/alias")
	if o.KeepsEncryption && encrypting {
		return "kept, because the final snapshots are encrypted with it"
	}
	return ""
}
