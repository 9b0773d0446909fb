package kubernetes

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/authority"
	"github.com/djangostack/djangostack/components/component"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/validate"
)

// AuthorityArgs describes the private certificate authority of an environment.
type AuthorityArgs struct {
	// Generation counts from 1. Another one renews every certificate, the authority's too.
	Generation int
}

// Authority is the private certificate authority that signs the certificates of the data
// services in the cluster. Its key is in no object of the cluster: it follows from a seed
// in Pulumi's state.
type Authority struct {
	pulumi.ResourceState

	// Certificates are what clients trust, in PEM.
	Certificates pulumi.StringOutput

	seed       pulumi.StringOutput
	generation int
}

// NewAuthority registers the seed of a certificate authority.
func NewAuthority(ctx *pulumi.Context, name string, args *AuthorityArgs, opts ...pulumi.ResourceOption) (*Authority, error) {
	a := &Authority{}
	return component.New(ctx, "djangostack:kubernetes:Authority", name+"-authority", a, args.check, func() (pulumi.Map, error) {
		seed, err := random.NewPassword(ctx, name+"-authority-seed", false, a)
		if err != nil {
			return nil, err
		}
		a.seed, a.generation = seed.Result, args.Generation
		bundle := seed.Result.ApplyT(func(seed string) (string, error) {
			return authority.Bundle(seed, args.Generation)
		}).(pulumi.StringOutput)
		// A certificate is public; only the seed is not.
		a.Certificates = pulumi.Unsecret(bundle).(pulumi.StringOutput)
		return nil, nil
	}, opts...)
}

func (a *AuthorityArgs) check() error {
	return validate.Check("Authority", validate.Required("Generation", a.Generation > 0))
}

const (
	tlsFolder      = "/etc/djangostack/tls"
	tlsCertificate = tlsFolder + "/tls.crt"
	tlsKey         = tlsFolder + "/tls.key"
)

// issue returns the files of a server's certificate for the names of its Service.
func (a *Authority) issue(service string, namespace pulumi.StringInput) pulumi.StringMap {
	pair := pulumi.All(a.seed, namespace).ApplyT(func(values []any) (map[string]string, error) {
		seed, namespace := values[0].(string), values[1].(string)
		issued, err := authority.Issue(seed, a.generation, service, []string{
			service, service + "." + namespace, service + "." + namespace + ".svc", service + "." + namespace + ".svc.cluster.local",
		})
		if err != nil {
			return nil, fmt.Errorf("the certificate of the Service %s: %w", service, err)
		}
		return map[string]string{"tls.crt": issued.Certificate, "tls.key": issued.Key}, nil
	}).(pulumi.StringMapOutput)
	return pulumi.StringMap{
		"tls.crt": pair.MapIndex(pulumi.String("tls.crt")),
		"tls.key": pulumi.ToSecret(pair.MapIndex(pulumi.String("tls.key"))).(pulumi.StringOutput),
	}
}

// certificate registers the Secret with a server's certificate and returns the volume that
// shows it. Further files are added to the Secret.
func (a *Authority) certificate(ctx *pulumi.Context, name string, s server, files map[string]string, parent pulumi.Resource) (pod.Volume, error) {
	entries := a.issue(s.labels.ObjectName(s.component), s.namespace)
	for file, content := range files {
		entries[file] = pulumi.String(content)
	}
	secret, err := newSecret(ctx, name+"-"+s.component+"-tls", s.component, s.namespace, s.labels, entries, parent)
	if err != nil {
		return pod.Volume{}, err
	}
	return pod.Volume{Name: "tls", Path: tlsFolder, ReadOnly: true, Secret: secret.Metadata.Name().Elem()}, nil
}

// trusted registers the ConfigMap with the certificates that a client of a database trusts,
// and returns the volumes that show them: none for a public authority.
func trusted(ctx *pulumi.Context, name, part string, namespace pulumi.StringInput, labels labels.Labels, to connection.Database, parent pulumi.Resource) ([]pod.Volume, error) {
	if to.CA == nil {
		return nil, nil
	}
	certificates, err := corev1.NewConfigMap(ctx, name+"-authority", &corev1.ConfigMapArgs{
		Metadata:  metav1.ObjectMetaArgs{Namespace: namespace, Labels: labels.For(part)},
		Immutable: pulumi.Bool(true),
		Data:      pulumi.StringMap{connection.DatabaseAuthority: to.CA},
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the certificates that %s trusts: %w", part, err)
	}
	return []pod.Volume{{Name: "authority", Path: connection.AuthorityFolder, ReadOnly: true, ConfigMap: certificates.Metadata.Name().Elem()}}, nil
}
