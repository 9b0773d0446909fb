// Package acme has the types of an account.
package acme

// Account is the account's resource.
type Account struct {
	Status string `json:"status,omitempty"`
}

// ExtendedAccount is an account with its address.
type ExtendedAccount struct {
	Account

	Location string
}
