package security

const (
	kmsKey   = "aws:kms/key:Key"
	logGroup = "aws:cloudwatch/logGroup:LogGroup"
)

func keysOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CIS AWS 3.6", "CKV_AWS_7"}, Asks: "A key gets new material every year",
			Of: []string{kmsKey}, Needs: []Need{arg("enableKeyRotation", is(true))},
		},
		{
			IDs: []string{"CKV_AWS_33"}, Asks: "A key's policy lets in whom it names, not everyone",
			Of: []string{kmsKey}, Needs: []Need{arg("policy>Statement[*]", notEveryone())},
		},
		{
			IDs: []string{"CKV_AWS_227"}, Asks: "A key is switched on",
			Of: []string{kmsKey}, Needs: []Need{arg("isEnabled", is(true))},
		},
		{
			IDs: []string{"CKV2_AWS_64"}, Asks: "A key has its own policy", Note: "checkov looks for a separate aws_kms_key_policy and does not see the key's own argument",
			Of: []string{kmsKey}, Needs: []Need{arg("policy", isGiven())},
		},
	}
}

func logsOnAWS() []Line {
	return []Line{
		{
			IDs: []string{"CKV_AWS_158"}, Asks: "Logs are encrypted with a key of the account",
			Of: []string{logGroup}, Needs: []Need{arg("kmsKeyId", isGiven())},
		},
		{
			IDs: []string{"CKV_AWS_66"}, Asks: "Logs are kept for a time that someone chose",
			Of: []string{logGroup}, Needs: []Need{arg("retentionInDays", isAtLeast(1))},
		},
		{
			IDs: []string{"CKV_AWS_338"}, Asks: "Logs are kept for a year",
			Of: []string{logGroup}, Needs: []Need{arg("retentionInDays", isAtLeast(365))},
			NotMet: inStaging("7 days; the environment is seldom older"),
		},
	}
}

// notEveryone requires a policy statement that does not allow everyone.
func notEveryone() Want {
	return that("does not allow everyone", func(got any) bool {
		statement, ok := got.(map[string]any)
		if !ok {
			return false
		}
		return statement["Effect"] != "Allow" || !everyone(statement["Principal"])
	}, map[string]any{"Effect": "Allow", "Principal": "*", "Action": "kms:*"},
		map[string]any{"Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Action": "kms:*"})
}

func everyone(principal any) bool {
	switch principal := principal.(type) {
	case string:
		return principal == "*"
	case []any:
		for _, each := range principal {
			if everyone(each) {
				return true
			}
		}
		return false
	case map[string]any:
		return everyone(principal["AWS"])
	default:
		return false
	}
}
