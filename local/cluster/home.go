// Package cluster holds the paths, names and addresses that all parts of the local Kubernetes share.
package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
)

// Home is the absolute path of the directory with all files of one local Kubernetes.
type Home string

// NodeHome is the path of Home inside the cluster's mount namespace. It does not depend on the path outside.
const NodeHome Home = "/run/djangostack"

// HomeIn returns the home of the cluster in the state directory state, an absolute or relative path.
// It returns an error if state is relative and the working directory is unknown.
func HomeIn(state string) (Home, error) {
	abs, err := filepath.Abs(state)
	if err != nil {
		return "", fmt.Errorf("finding the state directory %s: %w", state, err)
	}
	return Home(filepath.Join(abs, "cluster")), nil
}

// Path joins elements to the home directory.
func (h Home) Path(elements ...string) string {
	return filepath.Join(append([]string{string(h)}, elements...)...)
}

// Kubeconfig returns the path of the administrator's kubeconfig for use on this machine.
func (h Home) Kubeconfig() string { return h.Path("kubeconfig") }

// Log returns the path of a component's log file.
func (h Home) Log(component string) string { return h.Path("log", component+".log") }

// Cert returns the path of a certificate chain of the cluster, in PEM.
func (h Home) Cert(name string) string { return h.Path("pki", name+".crt") }

// Key returns the path of the private key for Cert(name), in PEM.
func (h Home) Key(name string) string { return h.Path("pki", name+".key") }

// ClientConfig returns the path of the kubeconfig with which a component inside the cluster's namespaces reaches the API
// server.
func (h Home) ClientConfig(component string) string {
	return h.Path("clients", component+".kubeconfig")
}

// EnforcedPolicies returns the path of the file that is there if the cluster enforces NetworkPolicies.
func (h Home) EnforcedPolicies() string { return h.Path("enforces-network-policies") }

// CgroupPrefix begins the name of the control group of every cluster.
const CgroupPrefix = "djangostack-local-"

// CgroupName returns the name of the control group that holds all processes of this cluster. The group is directly below
// the root of each hierarchy. The name depends on the home, so that several clusters can run at the same time.
func (h Home) CgroupName() string {
	sum := sha256.Sum256([]byte(h))
	return CgroupPrefix + hex.EncodeToString(sum[:4])
}
