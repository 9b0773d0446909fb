package gcp

import (
	_ "embed"
	"fmt"
	"maps"
	"strings"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/cloud"
)

// Version is the published provider that is followed.
const Version = "7.38.0"

// ProjectID is the project that New makes when none is given, and ProjectNumber its number when none is given.
const (
	ProjectID     = "example-project"
	ProjectNumber = "123456789012"
)

//go:embed facts.json
var facts []byte

// Options of the provider.
type Options struct {
	// Account keeps what is made, and its ID is the project's; nil means an empty project.
	Account *cloud.Account
	// Number is the project's number ("123456789012"); "" means ProjectNumber.
	Number string
	// Enabled are APIs that are on from the beginning ("compute.googleapis.com"), besides those that are on in every new
	// project.
	Enabled []string
	// Cluster is a Kubernetes API that the GKE clusters stand for, so that pods can run; without it, endpoints lead
	// nowhere.
	Cluster *Cluster
	// Undelegated are zones which nobody delegates to at a registrar: certificates of their names are never issued.
	// A zone below another zone of the project always needs its NS record there.
	Undelegated []string
}

// Cluster is a real Kubernetes API.
type Cluster struct {
	// Endpoint is the address of the API server, without a scheme as GKE writes it ("127.0.0.1:6443").
	Endpoint string
	// CertificateAuthority is its CA certificate in PEM form.
	CertificateAuthority []byte
}

// New makes the provider. The error is a table that does not fit the SDK's facts.
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
		return nil, fmt.Errorf("the facts are of version %s of the SDK, the tables of %s: run go generate ./twin/gcp",
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
		Scope: scope(options.Number), Prepare: settle,
	}, nil
}

// Token is a type's full name ("compute/network" is gcp:compute/network:Network).
func Token(short string) string {
	if strings.HasPrefix(short, "gcp:") {
		return short
	}
	_, name, _ := strings.Cut(short, "/")
	return "gcp:" + short + ":" + strings.ToUpper(name[:1]) + name[1:]
}

// short is the name of a type as the tables write it.
func short(token string) string {
	name := strings.TrimPrefix(token, "gcp:")
	return name[:max(strings.LastIndex(name, ":"), 0)]
}
