package gcp

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func proxies() kinds {
	fixed := []string{"description", "httpKeepAliveTimeoutSec", "proxyBind"}
	return kinds{
		"compute/targetHttpProxy": computeKind("target_http_proxy", "global/targetHttpProxies", kind{
			DisplayName: "Target HTTP Proxy", ReplaceOn: fixed,
			Rules:      rules{cloud.Between("httpKeepAliveTimeoutSec", 5, 1200)},
			References: []ref{holds("urlMap", "compute/uRLMap")},
			Outputs:    vals{"creationTimestamp": "{now}"},
			Apply:      then(linked("urlMap"), proxyID),
		}),
		"compute/targetHttpsProxy": computeKind("target_https_proxy", "global/targetHttpsProxies", kind{
			DisplayName: "Target HTTPS Proxy", ReplaceOn: append([]string{"serverTlsPolicy"}, fixed...), Ordered: []string{"sslCertificates"},
			Defaults: vals{"quicOverride": "NONE"},
			Rules: rules{
				cloud.Between("httpKeepAliveTimeoutSec", 5, 1200), cloud.OneOf("quicOverride", "NONE", "ENABLE", "DISABLE"),
				cloud.OneOf("tlsEarlyData", "STRICT", "PERMISSIVE", "DISABLED", "UNRESTRICTED"),
				cloud.Exclusive("sslCertificates", "certificateManagerCertificates"),
				cloud.Match("certificateMap", `^//certificatemanager\.googleapis\.com/projects/[^/]+/locations/[^/]+/certificateMaps/[^/]+$`,
					"is no link to a certificate map (//certificatemanager.googleapis.com/projects/P/locations/global/certificateMaps/M)"),
			},
			References: []ref{
				holds("urlMap", "compute/uRLMap"), holds("sslPolicy", "compute/sSLPolicy"), holds("certificateMap", "certificatemanager/certificateMap"),
				holds("certificateManagerCertificates", "certificatemanager/certificate"),
			},
			Outputs: vals{"creationTimestamp": "{now}", "tlsEarlyData": "DISABLED"},
			Apply: then(linked("urlMap", "sslPolicy"), func(m *cloud.Operation) error {
				if !m.Has("sslCertificates") && !m.Has("certificateMap") && !m.Has("certificateManagerCertificates") {
					return cloud.Refuse("400 invalid", "Invalid value for field 'resource.sslCertificates': ''. At least one SSL certificate or a certificate map is required.")
				}
				for _, name := range m.Texts("sslCertificates") {
					return cloud.Refuse("404 notFound", "The resource '%s' was not found", relative(name))
				}
				return proxyID(m)
			}),
		}),
	}
}

// proxyID sets the number of the proxy.
func proxyID(m *cloud.Operation) error {
	number := 0.0
	for _, digit := range strings.TrimLeft(m.Template("{digits:15}"), "0") {
		number = number*10 + float64(digit-'0')
	}
	m.Values["proxyId"] = number
	return nil
}
