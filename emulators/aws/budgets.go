package aws

import "github.com/djangostack/djangostack/emulators/cloud"

func budgets() kinds {
	return kinds{
		"budgets/budget": {
			DisplayName: "Budget", ID: "{account}:{name}", Global: true, Name: autoname(maxName),
			Defaults:  vals{"timePeriodEnd": "2087-06-15_00:00"},
			ReplaceOn: []string{"accountId", "name", "namePrefix"}, Sets: []string{"costFilters", "notifications"},
			Computed: []string{"costFilters"},
			Rules: rules{
				cloud.Length("name", 1, 100), cloud.Match("name", `^[^:\\]+$`, "must not have colons or backslashes"),
				cloud.OneOf("budgetType", "USAGE", "COST", "RI_UTILIZATION", "RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "SAVINGS_PLANS_COVERAGE"),
				cloud.OneOf("timeUnit", "DAILY", "MONTHLY", "QUARTERLY", "ANNUALLY"), cloud.Match("limitAmount", `^[0-9]*(\.[0-9]+)?$`, "is no number"),
				cloud.OneOf("notifications.comparisonOperator", "GREATER_THAN", "LESS_THAN", "EQUAL_TO"),
				cloud.OneOf("notifications.notificationType", "ACTUAL", "FORECASTED"),
				cloud.OneOf("notifications.thresholdType", "PERCENTAGE", "ABSOLUTE_VALUE"), cloud.OneNeeded("limitAmount", "autoAdjustData", "plannedLimits"),
				func(j *cloud.Validation) {
					for _, one := range j.Objects("notifications") {
						if !one.Has("subscriberEmailAddresses") && !one.Has("subscriberSnsTopicArns") {
							j.Fail("notifications", "Notification must have at least one subscriber")
						}
					}
				},
			},
			Unique:   []string{"name"},
			Conflict: code{Code: "DuplicateRecordException", Message: "Error creating budget: %s - the budget already exists."},
			Outputs: vals{
				"accountId": "{account}", "arn": "arn:{partition}:budgets::{account}:budget/{name}", "timePeriodStart": "2026-11-01_00:00",
			},
			Apply: func(m *cloud.Operation) error {
				if len(m.Objects("notifications")) > 5 {
					return cloud.Refuse("CreationLimitExceededException", "A budget has 5 notifications at most")
				}
				return nil
			},
		},
	}
}
