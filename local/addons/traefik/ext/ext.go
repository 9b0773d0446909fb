// Package ext has the two types that Traefik embeds for products built on it. Its own module
// is in Traefik's repository only.
package ext

// HTTP adds nothing.
type HTTP struct{}

// Router adds nothing.
type Router struct{}
