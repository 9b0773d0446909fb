// Package gcp is a provider for Google Cloud that runs inside this process and needs no project: the engine is package
// cloud, the types and properties are facts of the SDK, and the tables here say what Google Cloud computes, replaces on
// and refuses.
//
// What controllers in a cluster make, the load balancer of a Gateway for one, is not here: they are programs in pods,
// and the cluster is another provider's. What a Gateway uses, an address or a certificate map, is therefore free to be
// deleted as far as this package can see.
//
//go:generate go run ../internal/facts gcp facts.json
package gcp
