// Package memory is a Kubernetes API server whose objects live in the memory of this process. It listens on 127.0.0.1 and
// serves tests and rehearsals where there is no cluster.
//
// It merges applied objects as the API server does, with server-side apply, field managers, conflicts and dry runs. It
// checks them against the published types, and refuses what every API server refuses: a missing namespace, a kind that is
// not served, an unknown field, an invalid name, a change of an immutable field, and what the validation of the built-in
// kinds refuses, such as a request above its limit. A test holds its verdicts against those of a real server.
//
// The work of controllers is done at once: workloads and Jobs are ready as soon as everything exists that their pods refer
// to, Services get the endpoints of the workloads that they select, claims are bound, a claim in use is not deleted, and the
// objects of a deleted namespace are deleted with it.
//
// It runs no pods, so it knows nothing of images, commands and probes. It fills in no defaults and has no admission: no
// quota, no pod security, no RBAC. Every storage class and ingress class exists; of a storage class that a program creates,
// it knows the access modes and whether the nodes run the driver. Seed adds what exists before a program, and Install the
// kinds of a controller that somebody has installed.
package memory
