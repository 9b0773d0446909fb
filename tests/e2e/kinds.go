package e2e

import _ "embed"

//go:embed kinds.yaml
var kinds string

// Kinds returns manifests of the kinds that only the clouds' clusters have.
func Kinds() string { return kinds }
