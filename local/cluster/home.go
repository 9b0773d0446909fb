// Package cluster holds what every part of the local Kubernetes agrees on: where its files lie and which addresses it uses.
package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
)

// Home is the absolute path of the directory that holds everything of one local Kubernetes.
type Home string

// NodeHome is where Home appears inside the cluster's own mount namespace, whatever its path outside.
const NodeHome Home = "/run/djangostack"

// HomeIn returns the home of the cluster whose state directory is state, a path relative to the working directory or absolute.
// It returns an error where the working directory cannot be found.
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

// Kubeconfig is the administrator's kubeconfig for use on this machine.
func (h Home) Kubeconfig() string { return h.Path("kubeconfig") }

// Log is the log file of a component.
func (h Home) Log(component string) string { return h.Path("log", component+".log") }

// Cert is a PEM certificate chain of the cluster's own public key infrastructure.
func (h Home) Cert(name string) string { return h.Path("pki", name+".crt") }

// Key is the PEM private key that belongs to Cert(name).
func (h Home) Key(name string) string { return h.Path("pki", name+".key") }

// ClientConfig is the kubeconfig by which a component inside the cluster's namespaces reaches the API server.
func (h Home) ClientConfig(component string) string {
	return h.Path("clients", component+".kubeconfig")
}

// CgroupName is the name of the one cgroup directory, directly below each hierarchy's root, that holds all processes of this cluster.
// It differs between homes, so that clusters can run side by side.
func (h Home) CgroupName() string {
	sum := sha256.Sum256([]byte(h))
	return "djangostack-local-" + hex.EncodeToString(sum[:4])
}
