// Package memory stands in for a Kubernetes cluster: an API over HTTP on 127.0.0.1,
// with its objects in the memory of this process, for rehearsing a program where
// there is no cluster.
//
// It merges what is applied as the API server does (server-side apply, field
// managers, conflicts, dry runs), checks it against the published types, and
// refuses what an API server certainly refuses: a missing namespace, a kind that
// is not served, a field that the type has not, a name that is none, a change of
// what cannot change. What controllers would do is done at once: workloads and
// jobs are ready as soon as all that their pods name is there, services lead to
// the workloads they select, claims are bound, a claim in use is not deleted, a
// namespace takes all in it along.
//
// It runs no pods and so knows nothing of images, commands and probes. It fills in
// no defaults of the types and enforces no admission: no quota, no pod security, no
// rights. Storage, ingress and priority classes are taken for granted.
package memory
