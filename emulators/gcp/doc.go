// Package gcp emulates Google Cloud as a Pulumi provider that runs inside this process and needs no credentials. Package
// cloud does the work. The types and their properties come from the SDK; the tables in this package add what Google Cloud
// computes, what forces a replacement and what it refuses. There is one file per service.
//
// Resources that a controller in the cluster creates, such as the load balancer of a Gateway, are missing, because no pods
// run. The address and the certificate map that a Gateway uses can therefore be deleted at any time.
//
//go:generate go run ../internal/facts gcp facts.json
package gcp
