package security

const (
	rdsInstance   = "aws:rds/instance:Instance"
	rdsParameters = "aws:rds/parameterGroup:ParameterGroup"
)

// primary selects the servers that are not replicas.
func primary() *Where {
	return &Where{Text: "that are no read replicas", holds: func(r Resource) bool { return empty(r.Inputs["replicateSourceDb"]) }}
}

func databaseOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CIS AWS 2.3.1", "CKV_AWS_16"}, Asks: "The data is encrypted",
			Of: []string{rdsInstance}, Needs: []Need{arg("storageEncrypted", is(true))},
		},
		{
			IDs: []string{"CIS AWS 2.3.1"}, Asks: "The data is encrypted with a key of the account, which read replicas have, too",
			Of: []string{rdsInstance}, Where: primary(), Needs: []Need{arg("kmsKeyId", isGiven())},
		},
		{
			IDs: []string{"CIS AWS 2.3.2", "CKV_AWS_226"}, Asks: "Minor versions are taken by themselves",
			Of: []string{rdsInstance}, Needs: []Need{arg("autoMinorVersionUpgrade", is(true))},
		},
		{
			IDs: []string{"CIS AWS 2.3.3", "CKV_AWS_17"}, Asks: "The server has no address in the world",
			Of: []string{rdsInstance}, Needs: []Need{arg("publiclyAccessible", is(false))},
		},
		{
			IDs: []string{"CKV2_AWS_69"}, Asks: "The server takes no connection without TLS",
			Of: []string{rdsParameters}, Needs: []Need{arg("parameters", hasNamed("rds.force_ssl", "1")), namedBy(rdsInstance, "parameterGroupName")},
		},
		{
			IDs: []string{"CKV_AWS_211"}, Asks: "The server's certificate is of a recent authority",
			Of: []string{rdsInstance}, Needs: []Need{arg("caCertIdentifier", isOneOf("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"))},
		},
		{
			IDs: []string{"CKV_AWS_161"}, Asks: "People can sign in by IAM instead of a password",
			Of: []string{rdsInstance}, Needs: []Need{arg("iamDatabaseAuthenticationEnabled", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_133"}, Asks: "The data is backed up, and can be taken back to any moment",
			Of: []string{rdsInstance}, Where: primary(), Needs: []Need{arg("backupRetentionPeriod", isFrom(1, 35))},
		},
		{
			IDs: []string{"CKV_AWS_293"}, Asks: "AWS itself refuses to delete the server",
			Of: []string{rdsInstance}, Where: primary(), Needs: []Need{arg("deletionProtection", is(true))},
			NotMet: inStaging("made to be thrown away; `protection: protected` meets it"),
		},
		{
			IDs: []string{"CKV_AWS_157"}, Asks: "The server survives the loss of a zone",
			Of: []string{rdsInstance}, Where: primary(), Needs: []Need{arg("multiAz", is(true))},
			NotMet: inStaging("twice the price; `database.managed.availability: multi-zone` meets it"),
		},
		{
			IDs: []string{"CKV_AWS_129"}, Asks: "The server's logs leave the server",
			Of: []string{rdsInstance}, Needs: []Need{arg("enabledCloudwatchLogsExports", holdsAll("postgresql", "upgrade"))},
		},
		{
			IDs: []string{"CKV2_AWS_30"}, Asks: "Changes of the schema and slow statements are logged",
			Of:    []string{rdsParameters},
			Needs: []Need{arg("parameters", hasNamed("log_statement", "ddl")), arg("parameters", hasNamed("log_min_duration_statement", "1000"))},
		},
		{
			IDs: []string{"CKV_AWS_118"}, Asks: "The operating system under the server is watched",
			Of: []string{rdsInstance}, Where: primary(), Needs: []Need{arg("monitoringInterval", isAtLeast(1))},
			NotMet: inStaging("a throwaway environment is not monitored"),
		},
		{
			IDs: []string{"CKV_AWS_353"}, Asks: "What the server spends its time on is recorded",
			Of: []string{rdsInstance}, Needs: []Need{arg("performanceInsightsEnabled", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_354"}, Asks: "What is recorded so is encrypted with a key of the account",
			Of: []string{rdsInstance}, Needs: []Need{arg("performanceInsightsKmsKeyId", isGiven())},
		},
		{
			IDs: []string{"CKV2_AWS_60"}, Asks: "Snapshots carry the server's tags",
			Of: []string{rdsInstance}, Needs: []Need{arg("copyTagsToSnapshot", is(true))},
		},
	}
}
