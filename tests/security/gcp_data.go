package security

const (
	sqlInstance   = "gcp:sql/databaseInstance:DatabaseInstance"
	redisInstance = "gcp:redis/instance:Instance"
	gcsBucket     = "gcp:storage/bucket:Bucket"
	bucketMember  = "gcp:storage/bucketIAMMember:BucketIAMMember"
	sqlFlags      = "settings.databaseFlags"
)

// original selects the servers that are not replicas.
func original() *Where {
	return &Where{Text: "that are no read replicas", holds: func(r Resource) bool { return empty(r.Inputs["masterInstanceName"]) }}
}

func databaseOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GCP 6.2.9", "CIS GCP 6.6", "CKV_GCP_60"}, Asks: "The server has no address in the world",
			Of: []string{sqlInstance}, Needs: []Need{arg("settings.ipConfiguration.ipv4Enabled", is(false)), arg("settings.ipConfiguration.pscConfigs[*].pscEnabled", is(true))},
		},
		{
			IDs: []string{"CIS GCP 6.5", "CKV_GCP_11"}, Asks: "No address of the world may connect to it",
			Of: []string{sqlInstance}, Needs: []Need{arg("settings.ipConfiguration.authorizedNetworks", isNotGiven([]any{map[string]any{"value": "0.0.0.0/0"}}))},
		},
		{
			IDs: []string{"CIS GCP 6.4", "CKV_GCP_6"}, Asks: "The server takes no connection without TLS",
			Of: []string{sqlInstance}, Needs: []Need{arg("settings.ipConfiguration.sslMode", isOneOf("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"))},
		},
		{
			IDs: []string{"CIS GCP 6.7", "CKV_GCP_14"}, Asks: "The data is backed up, and can be taken back to any moment",
			Of: []string{sqlInstance}, Where: original(), Needs: []Need{
				arg("settings.backupConfiguration.enabled", is(true)),
				arg("settings.backupConfiguration.pointInTimeRecoveryEnabled", is(true)),
			},
		},
		{
			IDs: []string{"CKV_GCP_79"}, Asks: "The version of PostgreSQL is a recent one", Note: "checkov compares it with its own list",
			Of: []string{sqlInstance}, Needs: []Need{arg("databaseVersion", isOneOf("POSTGRES_17", "POSTGRES_18"))},
		},
	}
}

// databaseLogsOnGCP is about PostgreSQL's flags. The program does not repeat PostgreSQL's defaults.
func databaseLogsOnGCP() []Line {
	flag := func(asks, name, value string, ids ...string) Line {
		return Line{IDs: ids, Asks: asks, Of: []string{sqlInstance}, Needs: []Need{arg(sqlFlags, hasNamed(name, value))}}
	}
	unmet := func(line Line, reason string) Line {
		line.NotMet = notMet(reason)
		return line
	}
	return []Line{
		flag("Errors are logged with what PostgreSQL says of them by itself", "log_error_verbosity", "default", "CIS GCP 6.2.1"),
		flag("Connections are logged", "log_connections", "on", "CIS GCP 6.2.2", "CKV_GCP_52"),
		flag("Their ends are logged", "log_disconnections", "on", "CIS GCP 6.2.3", "CKV_GCP_53"),
		flag("Changes of the schema are logged", "log_statement", "ddl", "CIS GCP 6.2.4", "CKV_GCP_111"),
		flag("Warnings are logged", "log_min_messages", "warning", "CIS GCP 6.2.5", "CKV_GCP_55"),
		flag("Statements that fail are logged", "log_min_error_statement", "error", "CIS GCP 6.2.6", "CKV_GCP_109"),
		flag("Slow statements are not logged, because they contain data", "log_min_duration_statement", "-1", "CIS GCP 6.2.7", "CKV_GCP_57"),
		flag("An audit log is kept", "cloudsql.enable_pgaudit", "on", "CIS GCP 6.2.8", "CKV_GCP_110"),
		flag("Checkpoints are logged", "log_checkpoints", "on", "CKV_GCP_51"),
		flag("Waits for locks are logged", "log_lock_waits", "on", "CKV_GCP_54"),
		flag("Temporary files are logged", "log_temp_files", "0", "CKV_GCP_56"),
		unmet(flag("Connections are logged with the client's name", "log_hostname", "on", "CKV_GCP_108"),
			"pods have no names that could be looked up, and each connection would wait for the attempt"),
		unmet(flag("Every statement's duration is logged", "log_duration", "on", "CKV2_GCP_13"),
			"a line for each statement; query insights say the same in production, by kind of statement"),
		{
			IDs: []string{"CKV2_GCP_14", "CKV2_GCP_15", "CKV2_GCP_16", "CKV2_GCP_17"}, Asks: "Statistics of the server's own parts are not logged",
			Of: []string{sqlInstance}, Needs: []Need{arg(sqlFlags, that("has no log_…_stats = on", noStatistics,
				[]any{map[string]any{"name": "log_planner_stats", "value": "on"}}))},
		},
	}
}

func noStatistics(got any) bool {
	for _, part := range []string{"executor", "parser", "planner", "statement"} {
		if hasNamed("log_"+part+"_stats", "on").holds(got) {
			return false
		}
	}
	return true
}

func redisOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CKV_GCP_95"}, Asks: "Who connects needs the password",
			Of: []string{redisInstance}, Needs: []Need{arg("authEnabled", is(true))},
		},
		{
			IDs: []string{"CKV_GCP_97"}, Asks: "Keys are encrypted on their way",
			Of: []string{redisInstance}, Needs: []Need{arg("transitEncryptionMode", is("SERVER_AUTHENTICATION"))},
		},
	}
}

func bucketsOnGCP() []Line {
	return []Line{
		{
			IDs: []string{"CIS GCP 5.2", "CKV_GCP_29"}, Asks: "Objects have no access control lists",
			Of: []string{gcsBucket}, Needs: []Need{arg("uniformBucketLevelAccess", is(true))},
		},
		{
			IDs: []string{"CKV_GCP_114"}, Asks: "Cloud Storage itself refuses to make a bucket public",
			Of: []string{gcsBucket}, Needs: []Need{arg("publicAccessPrevention", is("enforced"))},
		},
		{
			IDs: []string{"CIS GCP 5.1", "CKV_GCP_28"}, Asks: "A bucket is read by those whom its policy names, not by everyone",
			Of: []string{bucketMember}, Needs: []Need{arg("member", nobodyUnknown())},
		},
		{
			IDs: []string{"CKV_GCP_78"}, Asks: "What is overwritten or deleted can be brought back",
			Of: []string{gcsBucket}, Needs: []Need{arg("versioning.enabled", is(true))},
			NotMet: inStaging("made to be thrown away"),
		},
		{
			IDs: []string{"CKV_GCP_62", "CKV_GCP_63"}, Asks: "Who asked for what is logged, in another bucket",
			Of: []string{gcsBucket}, Needs: []Need{arg("logging.logBucket", isGiven())},
			NotMet: notMet("one line per served file; the project's audit logs can record access to its buckets"),
		},
	}
}
