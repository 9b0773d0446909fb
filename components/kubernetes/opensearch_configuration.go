package kubernetes

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// openSearchTLS is the folder of the certificate, below that of the configuration.
	openSearchTLS = "tls"
	// openSearchTrusted is the file of the authority's certificates.
	openSearchTrusted = "authority.pem"
)

// configuration returns opensearch.yml. Other nodes could reach no address of this one: the
// transport listens on the loopback interface only, which is its default
// (https://docs.opensearch.org/latest/install-and-configure/configuring-opensearch/network-settings/).
func (a *OpenSearchArgs) configuration() string {
	return fmt.Sprintf(`cluster.name: %s
discovery.type: single-node
http.host: 0.0.0.0
http.port: %d
path.data: %s
# The kernel's limit on memory maps (vm.max_map_count) is the node's, which a restricted pod may not raise.
node.store.allow_mmap: false
plugins.security.allow_default_init_securityindex: true
%splugins.security.ssl.transport.enforce_hostname_verification: false
plugins.security.ssl.http.enabled: %t
%s`, a.Labels.ObjectName(OpenSearchPart), openSearchPort, openSearchData, certificateSettings("transport"), a.TLS, a.httpSettings())
}

// httpSettings are the certificate for clients, which have a password: their own certificates would
// be one more secret.
func (a *OpenSearchArgs) httpSettings() string {
	if !a.TLS {
		return ""
	}
	return certificateSettings("http") + "plugins.security.ssl.http.clientauth_mode: NONE\n"
}

// certificateSettings name the files of the certificate for a layer, relative to the folder of the
// configuration (https://docs.opensearch.org/latest/security/configuration/tls/).
func certificateSettings(layer string) string {
	return fmt.Sprintf(`plugins.security.ssl.%[1]s.pemcert_filepath: %[2]s/tls.crt
plugins.security.ssl.%[1]s.pemkey_filepath: %[2]s/tls.key
plugins.security.ssl.%[1]s.pemtrustedcas_filepath: %[3]s
`, layer, openSearchTLS, openSearchTrusted)
}

// securityFiles are what the security plugin writes into its index when the volume is empty
// (https://docs.opensearch.org/latest/security/configuration/yaml/). It needs each of them, and writes
// empty ones itself for files that are not here. The demonstration's users, whose passwords everybody
// knows, are not among them.
func (a *OpenSearchArgs) securityFiles(hash pulumi.StringInput) pulumi.StringMap {
	users := pulumi.Sprintf(`%s%q:
  hash: "%s"
  reserved: true
  description: "The app"
`, meta("internalusers"), a.User, hash)
	return pulumi.StringMap{
		"internal_users.yml": pulumi.ToSecret(users).(pulumi.StringOutput),
		"config.yml": pulumi.String(meta("config") + `config:
  dynamic:
    http:
      anonymous_auth_enabled: false
    authc:
      basic_internal_auth_domain:
        http_enabled: true
        transport_enabled: true
        order: 0
        http_authenticator:
          type: basic
          challenge: true
        authentication_backend:
          type: intern
`),
		// The role is one of the plugin's own.
		"roles_mapping.yml": pulumi.String(fmt.Sprintf("%sall_access:\n  reserved: true\n  users: [%q]\n", meta("rolesmapping"), a.User)),
		"roles.yml":         pulumi.String(meta("roles")),
		"action_groups.yml": pulumi.String(meta("actiongroups")),
		"tenants.yml":       pulumi.String(meta("tenants")),
	}
}

// meta begins each of the security plugin's files.
func meta(kind string) string {
	return fmt.Sprintf("_meta:\n  type: %q\n  config_version: 2\n", kind)
}
