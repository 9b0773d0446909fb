package e2e

import _ "embed"

//go:embed kinds.yaml
var kinds string

// Kinds are manifests of the kinds that the clouds' own clusters have and others have
// not.
func Kinds() string { return kinds }
