package gcp

import (
	_ "embed"
	"fmt"
	"maps"
	"strings"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/cloud"
)

// Version is the published provider that this one follows.
const Version = "7.38.0"

// ProjectID and ProjectNumber identify the project that New uses when Options has none.
const (
	ProjectID     = "example-project"
	ProjectNumber = "123456789012"
)

//go:embed facts.json
var facts []byte

// Options configure the provider.
type Options struct {
	// Account holds the resources. Its ID is the project. nil means an empty project.
	Account *cloud.Account
	// Number is the project's number, 123456789012. An empty one means ProjectNumber.
	Number string
	// Enabled are the APIs that are enabled from the beginning, compute.googleapis.com, besides those of every new
	// project.
	Enabled []string
	// Cluster is the Kubernetes API that every GKE cluster leads to, so that pods can run. Without it, the endpoints of
	// clusters lead nowhere.
	Cluster *Cluster
	// Undelegated are zones that no registrar delegates: certificates of their names are never issued. A zone below
	// another zone of the project always needs its NS record there.
	Undelegated []string
}

// Cluster is a real Kubernetes API.
type Cluster struct {
	// Endpoint is the address of the API server, without a scheme as GKE writes it: 127.0.0.1:6443.
	Endpoint string
	// CertificateAuthority is its CA certificate in PEM form.
	CertificateAuthority []byte
}

// New returns the provider, or an error if a table does not fit the SDK's facts.
func New(options Options) (emulators.Connector, error) {
	if options.Account == nil {
		options.Account = cloud.NewAccount(ProjectID)
	}
	if options.Number == "" {
		options.Number = ProjectNumber
	}
	catalog, err := catalog(options)
	if err != nil {
		return nil, err
	}
	for _, api := range append(fromTheStart(), options.Enabled...) {
		options.Account.Adopt(enabledAPI, "", options.Account.ID+"/"+api, vals{"service": api})
	}
	return cloud.New(catalog, options.Account), nil
}

func catalog(options Options) (*cloud.Catalog, error) {
	schema, err := cloud.ParseSchema(facts)
	if err != nil {
		return nil, err
	}
	if schema.Version != Version {
		return nil, fmt.Errorf("the facts are of version %s of the SDK, the tables of %s: run go generate ./emulators/gcp",
			schema.Version, Version)
	}
	all := kinds{}
	for _, table := range tables(options) {
		maps.Copy(all, table)
	}
	byToken := make(kinds, len(all))
	for short, kind := range all {
		token := Token(short)
		byToken[token] = kind
		complete(kind, short, schema.Resources[token])
	}
	return &cloud.Catalog{
		Package: "gcp", Version: Version, Schema: schema, Kinds: byToken, Functions: answers(),
		Scope: scope(options.Number), Prepare: prepare,
	}, nil
}

// Token returns the token of a type's short name: compute/network is gcp:compute/network:Network.
func Token(short string) string {
	if strings.HasPrefix(short, "gcp:") {
		return short
	}
	_, name, _ := strings.Cut(short, "/")
	return "gcp:" + short + ":" + strings.ToUpper(name[:1]) + name[1:]
}

// short returns the short name of a token.
func short(token string) string {
	name := strings.TrimPrefix(token, "gcp:")
	return name[:max(strings.LastIndex(name, ":"), 0)]
}
