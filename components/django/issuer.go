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
// the certificates of the routes. Without DNS01 the hosts are proved over http, through the
// controller of the Ingresses.
type ACME struct {
	// Name of the Issuer.
	Name string
	// Email of the account's owner, and Server the address of the server's directory.
	Email, Server string
	// CABundle has the authorities of the server's own certificate, in PEM; empty for the usual
	// ones.
	CABundle string
	DNS01    *DNS01
}

const acmePart = "acme"

// issuer registers the Issuer
// (https://cert-manager.io/docs/reference/api-docs/#acme.cert-manager.io/v1.ACMEIssuer).
func (a *RoutesArgs) issuer(ctx *pulumi.Context, name string, acme *ACME, parent pulumi.Resource) error {
	spec := pulumi.Map{
		"email":               pulumi.String(acme.Email),
		"server":              pulumi.String(acme.Server),
		"privateKeySecretRef": pulumi.Map{"name": pulumi.String(acme.Name + "-account")},
		"solvers":             a.solvers(acme),
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
