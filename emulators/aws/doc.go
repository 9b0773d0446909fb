// Package aws emulates AWS as a Pulumi provider that runs inside this process and needs no credentials. Package cloud
// does the work. The types and their properties come from the SDK; the tables in this package add what AWS computes,
// what forces a replacement and what AWS refuses. There is one file per service.
//
//go:generate go run ../internal/facts aws facts.json
package aws
