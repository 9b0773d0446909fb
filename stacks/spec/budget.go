package spec

// Budget warns when the environment costs more than planned.
type Budget struct {
	// Planned costs a month in US dollars; on Google Cloud in the currency of the billing account, which is the only one that a budget there may have.
	MonthlyUSD int `json:"monthlyUSD" jsonschema:"minimum=1"`
	// Addresses that are notified at 80 percent, and when 100 percent are forecast.
	Emails []string `json:"emails" jsonschema:"minItems=1,maxItems=10,pattern=^[^@\\s\\,;<>]+@[^@\\s\\,;<>]+$,uniqueItems=true"`
}
