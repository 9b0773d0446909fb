package controllers_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// installTraefik installs Traefik with the definitions of the Gateway API and its own, and gives its Gateway a certificate.
func (e *environment) installTraefik(t *testing.T, certificate pair) {
	t.Helper()
	gateways, err := filepath.Glob(filepath.Join(e.addonModule(t, "traefik", "sigs.k8s.io/gateway-api"), "config", "crd", "standard", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, gateways)
	e.apply(t, gateways...)
	docs := filepath.Join(e.addonModule(t, "traefik", "github.com/traefik/traefik/v3"), "docs", "content", "reference", "dynamic-configuration")
	e.apply(t, filepath.Join(docs, "kubernetes-crd-definition-v1.yml"), filepath.Join(docs, "kubernetes-crd-rbac.yml"), filepath.Join(docs, "kubernetes-gateway-rbac.yml"))
	e.Kubectl(t, "", "create", "namespace", "traefik")
	e.storeCertificate(t, "traefik", certificate)
	e.apply(t, filepath.Join(e.Root, "tests", "controllers", "testdata", "traefik.yaml"))
	e.Kubectl(t, "traefik", "rollout", "status", "deployment/traefik", "--timeout=2m")
}

const tlsSecret = "hosts-tls"

// storeCertificate writes a certificate into a Secret.
func (e *environment) storeCertificate(t *testing.T, namespace string, certificate pair) {
	t.Helper()
	encode := base64.StdEncoding.EncodeToString
	file := filepath.Join(t.TempDir(), "secret.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, "apiVersion: v1\nkind: Secret\nmetadata: {name: %s, namespace: %s}\ntype: kubernetes.io/tls\ndata: {tls.crt: %s, tls.key: %s}\n",
		tlsSecret, namespace, encode(certificate.certificate), encode(certificate.key)), 0o600))
	e.apply(t, file)
}
