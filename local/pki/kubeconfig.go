package pki

import (
	"fmt"
	"net"
	"os"
	"strconv"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"

	"github.com/djangostack/djangostack/local/cluster"
)

func writeKubeconfigs(home cluster.Home, apiPort int) error {
	for _, user := range users() {
		if err := writeKubeconfig(home, user.name, "https://"+cluster.APIAddress, home.ClientConfig(user.name)); err != nil {
			return err
		}
	}
	server := "https://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(apiPort))
	return writeKubeconfig(home, "admin", server, home.Kubeconfig())
}

// writeKubeconfig embeds the certificates, so that a copy of the file works, and because paths differ inside and outside
// the cluster's namespaces.
func writeKubeconfig(home cluster.Home, user, server, file string) error {
	authority, err := os.ReadFile(home.Cert(clusterAuthority))
	if err != nil {
		return fmt.Errorf("reading the cluster's certificate authority: %w", err)
	}
	cert, err := os.ReadFile(home.Cert(user))
	if err != nil {
		return fmt.Errorf("reading the certificate of %s: %w", user, err)
	}
	key, err := os.ReadFile(home.Key(user))
	if err != nil {
		return fmt.Errorf("reading the key of %s: %w", user, err)
	}
	config := api.NewConfig()
	config.Clusters[cluster.ContextName] = &api.Cluster{Server: server, CertificateAuthorityData: authority}
	config.AuthInfos[cluster.ContextName] = &api.AuthInfo{ClientCertificateData: cert, ClientKeyData: key}
	config.Contexts[cluster.ContextName] = &api.Context{Cluster: cluster.ContextName, AuthInfo: cluster.ContextName}
	config.CurrentContext = cluster.ContextName
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		return fmt.Errorf("writing the kubeconfig %s: %w", file, err)
	}
	return nil
}
