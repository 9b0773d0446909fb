package django

import (
	"encoding/base64"
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ACME is an account with an ACME server such as Let's Encrypt, by which cert-manager issues
// the certificates of the routes. Without Route53 and CloudDNS the hosts are proved over http,
// through the controller of the Ingresses.
type ACME struct {
	// Name of the Issuer.
	Name string
	// Email of the account's owner, and Server the address of the server's directory.
	Email, Server string
	// CABundle has the authorities of the server's own certificate, in PEM; empty for the usual
	// ones.
	CABundle string
	Route53  *Route53
	CloudDNS *CloudDNS
}

// Route53 proves hosts by records of a hosted zone of AWS.
type Route53 struct {
	Region, HostedZoneID     string
	AccessKeyID              string
	SecretAccessKey          *SecretKey
	Role, ServiceAccountName string
}

// CloudDNS proves hosts by records of a zone of Google Cloud.
type CloudDNS struct {
	Project, HostedZoneName string
	ServiceAccountKey       *SecretKey
}

// SecretKey is an entry of a Secret.
type SecretKey struct{ Name, Key string }

const acmePart = "acme"

// issuer registers the Issuer
// (https://cert-manager.io/docs/reference/api-docs/#acme.cert-manager.io/v1.ACMEIssuer).
func (a *RoutesArgs) issuer(ctx *pulumi.Context, name string, acme *ACME, parent pulumi.Resource) error {
	spec := pulumi.Map{
		"email":               pulumi.String(acme.Email),
		"server":              pulumi.String(acme.Server),
		"privateKeySecretRef": pulumi.Map{"name": pulumi.String(acme.Name + "-account")},
		"solvers":             pulumi.Array{a.solver(acme)},
	}
	if acme.CABundle != "" {
		spec["caBundle"] = pulumi.String(base64.StdEncoding.EncodeToString([]byte(acme.CABundle)))
	}
	_, err := apiextensions.NewCustomResource(ctx, name+"-"+acmePart, &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String("cert-manager.io/v1"),
		Kind:        pulumi.String("Issuer"),
		Metadata:    metav1.ObjectMetaArgs{Name: pulumi.String(acme.Name), Namespace: a.Namespace, Labels: a.Labels.For(WebPart)},
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{"acme": spec}},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the Issuer %s: %w", acme.Name, err)
	}
	return nil
}

// solver says how the hosts are proved.
func (a *RoutesArgs) solver(acme *ACME) pulumi.Map {
	switch {
	case acme.Route53 != nil:
		return pulumi.Map{"dns01": pulumi.Map{"route53": a.route53(acme.Route53)}}
	case acme.CloudDNS != nil:
		zone := pulumi.Map{"project": pulumi.String(acme.CloudDNS.Project)}
		addText(zone, "hostedZoneName", acme.CloudDNS.HostedZoneName)
		a.addKey(zone, "serviceAccountSecretRef", acme.CloudDNS.ServiceAccountKey)
		return pulumi.Map{"dns01": pulumi.Map{"cloudDNS": zone}}
	default:
		return pulumi.Map{"http01": pulumi.Map{"ingress": pulumi.Map{
			"ingressClassName": pulumi.String(a.Ingress.ClassName),
			// Routes reach the pod by its Service alone.
			"serviceType": pulumi.String("ClusterIP"),
		}}}
	}
}

func (a *RoutesArgs) route53(wanted *Route53) pulumi.Map {
	zone := pulumi.Map{"region": pulumi.String(wanted.Region)}
	addText(zone, "hostedZoneID", wanted.HostedZoneID)
	addText(zone, "accessKeyID", wanted.AccessKeyID)
	addText(zone, "role", wanted.Role)
	a.addKey(zone, "secretAccessKeySecretRef", wanted.SecretAccessKey)
	if wanted.ServiceAccountName != "" {
		zone["auth"] = pulumi.Map{"kubernetes": pulumi.Map{"serviceAccountRef": pulumi.Map{"name": pulumi.String(wanted.ServiceAccountName)}}}
	}
	return zone
}

func addText(to pulumi.Map, field, text string) {
	if text != "" {
		to[field] = pulumi.String(text)
	}
}

// addKey refers to an entry of a Secret, which may be one of the environment's.
func (a *RoutesArgs) addKey(to pulumi.Map, field string, key *SecretKey) {
	if key != nil {
		to[field] = pulumi.Map{"name": a.Objects.Secret(key.Name), "key": pulumi.String(key.Key)}
	}
}
