package spec

// Budget warns when the environment costs more than planned.
type Budget struct {
	// Planned costs in US dollars a month.
	MonthlyUSD int `json:"monthlyUSD" jsonschema:"minimum=1"`
	// Addresses that are notified at 80 percent, and when 100 percent are forecast.
	Emails []string `json:"emails" jsonschema:"minItems=1,maxItems=10,pattern=^[^@\\s\\,;<>]+@[^@\\s\\,;<>]+$,uniqueItems=true"`
}
