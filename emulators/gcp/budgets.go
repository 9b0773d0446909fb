package gcp

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func budgets() kinds {
	return kinds{
		"billing/budget": {
			DisplayName: "Budget", ID: "billingAccounts/{billingAccount}/budgets/{uuid}",
			Defaults: vals{
				"thresholdRules.spendBasis": "CURRENT_SPEND", "budgetFilter.creditTypesTreatment": "INCLUDE_ALL_CREDITS", "allUpdatesRule.schemaVersion": "1.0",
				"allUpdatesRule.disableDefaultIamRecipients": false, "allUpdatesRule.enableProjectLevelRecipients": false,
			},
			ReplaceOn: []string{"billingAccount"}, Computed: []string{"budgetFilter.creditTypes", "budgetFilter.services", "budgetFilter.labels"},
			Rules: rules{
				cloud.Match("billingAccount", `^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$`, "is no billing account (012345-6789AB-CDEF01)"),
				cloud.Length("displayName", 0, 60), cloud.OneOf("thresholdRules.spendBasis", "CURRENT_SPEND", "FORECASTED_SPEND"),
				cloud.OneOf("budgetFilter.creditTypesTreatment", "INCLUDE_ALL_CREDITS", "EXCLUDE_ALL_CREDITS", "INCLUDE_SPECIFIED_CREDITS"),
				cloud.OneOf("budgetFilter.calendarPeriod", "MONTH", "QUARTER", "YEAR", "CALENDAR_PERIOD_UNSPECIFIED"),
				cloud.OneOf("ownershipScope", "OWNERSHIP_SCOPE_UNSPECIFIED", "ALL_USERS", "BILLING_ACCOUNT"),
				cloud.Match("budgetFilter.projects", `^projects/[^/]+$`, "is no project (projects/NUMBER)"),
				cloud.Match("amount.specifiedAmount.units", `^[0-9]+$`, "is no whole number"),
				cloud.Match("amount.specifiedAmount.currencyCode", `^[A-Z]{3}$`, "is no currency of ISO 4217"), budgetAgrees,
			},
			References: []ref{refersTo("allUpdatesRule.monitoringNotificationChannels", "monitoring/notificationChannel")},
			Apply: func(m *cloud.Operation) error {
				_, m.Values["name"], _ = strings.Cut(m.ID, "/budgets/")
				filter, has := m.Values["budgetFilter"].(cloud.Values)
				if !has {
					m.Values["budgetFilter"] = vals{"creditTypesTreatment": "INCLUDE_ALL_CREDITS"}
					return nil
				}
				// The API returns projects by their numbers.
				projects := filter.At("projects")
				for i, project := range projects {
					if project == "projects/"+m.Scope.Account {
						projects[i] = "projects/" + m.Scope.Names["number"]
					}
				}
				if len(projects) > 0 {
					filter["projects"] = projects
				}
				return nil
			},
		},
		"monitoring/notificationChannel": {
			DisplayName: "Notification Channel", ID: "projects/{project}/notificationChannels/{digits:19}",
			Defaults: vals{"enabled": true, "forceDelete": false},
			Rules: rules{
				func(j *cloud.Validation) {
					labels, _ := j.Values["labels"].(cloud.Values)
					address, given := labels["email_address"]
					text, isText := address.(string)
					if j.Text("type") == "email" && (!given || isText && !strings.Contains(text, "@")) {
						j.Fail("labels.email_address", "a channel of type email needs an address")
					}
				},
			},
			Missing: code{Code: "404 notFound", Message: "Channel %s does not exist."},
			// Unless forceDelete is set, which no program of ours does.
			InUse:   code{Code: "400 badRequest", Message: "Cannot delete notification channel %s: it is used by an alert policy"},
			Outputs: vals{"name": "{id}", "verificationStatus": ""},
		},
	}
}

func budgetAgrees(j *cloud.Validation) {
	switch {
	case j.Has("amount.specifiedAmount") == j.True("amount.lastPeriodAmount"):
		j.Fail("amount", "one of `specified_amount,last_period_amount` must be specified, and only one")
	case len(j.At("allUpdatesRule.monitoringNotificationChannels")) > 5:
		j.Fail("allUpdatesRule.monitoringNotificationChannels", "a budget has 5 channels at most")
	}
	if labels := j.Objects("budgetFilter.labels"); len(labels) > 0 && len(labels[0]) > 1 {
		j.Fail("budgetFilter.labels", "only one label is allowed")
	}
	if j.Has("allUpdatesRule") && !j.Has("allUpdatesRule.pubsubTopic") && !j.Has("allUpdatesRule.monitoringNotificationChannels") &&
		!j.True("allUpdatesRule.enableProjectLevelRecipients") && j.True("allUpdatesRule.disableDefaultIamRecipients") {
		j.Fail("allUpdatesRule", "the rule has no recipients")
	}
	for _, percent := range j.At("thresholdRules.thresholdPercent") {
		if number, is := percent.(float64); is && number < 0 {
			j.Fail("thresholdRules.thresholdPercent", "expected threshold_percent to be at least (0.000000), got %v", number)
		}
	}
}
