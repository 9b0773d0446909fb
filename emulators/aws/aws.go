package aws

import (
	_ "embed"
	"fmt"
	"maps"
	"strings"

	"github.com/djangostack/djangostack/emulators"
	"github.com/djangostack/djangostack/emulators/cloud"
)

// Version is the published provider that this one follows.
const Version = "6.83.4"

// AccountID is the account that New uses when Options has none. AWS uses it in its own documentation.
const AccountID = "123456789012"

//go:embed facts.json
var facts []byte

// Options configure the provider.
type Options struct {
	// Account holds the resources; nil means an empty account.
	Account *cloud.Account
	// Cluster is the Kubernetes API that every EKS cluster leads to, so that pods can run. Without it, the endpoints of
	// clusters lead nowhere.
	Cluster *Cluster
	// Undelegated are zones that no registrar delegates: certificates of their names are never issued. A zone below
	// another zone of the account always needs its NS record there.
	Undelegated []string
	// AddonVersions are versions of EKS add-ons that AWS recommends instead of the usual ones, by add-on. A test changes
	// them between two runs, as AWS does.
	AddonVersions map[string]string
}

// Cluster is a real Kubernetes API.
type Cluster struct {
	// Endpoint is the URL of the API server: https://127.0.0.1:6443.
	Endpoint string
	// CertificateAuthority is its CA certificate in PEM form.
	CertificateAuthority []byte
}

// New returns the provider, or an error if a table does not fit the SDK's facts.
func New(options Options) (emulators.Connector, error) {
	catalog, err := catalog(options)
	if err != nil {
		return nil, err
	}
	account := options.Account
	if account == nil {
		account = cloud.NewAccount(AccountID)
	}
	return cloud.New(catalog, account), nil
}

func catalog(options Options) (*cloud.Catalog, error) {
	schema, err := cloud.ParseSchema(facts)
	if err != nil {
		return nil, err
	}
	if schema.Version != Version {
		return nil, fmt.Errorf("the facts are of version %s of the SDK, the tables of %s: run go generate ./emulators/aws",
			schema.Version, Version)
	}
	all := map[string]*cloud.Kind{}
	for _, table := range []map[string]*cloud.Kind{
		network(), addresses(), routing(), groups(), endpoints(), instances(),
		identity(), keys(), logs(), alarms(), topics(), secrets(),
		clusters(options.Cluster), nodes(), addons(options.AddonVersions), access(),
		databases(), caches(), brokers(), search(),
		buckets(), bucketSettings(), distributions(),
		names(), certificates(options.Undelegated), balancers(), targets(),
		registries(), budgets(),
	} {
		maps.Copy(all, table)
	}
	byToken := make(kinds, len(all))
	for short, kind := range all {
		for i := range kind.References {
			kind.References[i].To = Token(kind.References[i].To)
		}
		byToken[Token(short)] = kind
		if _, tagged := schema.Resources[Token(short)].Inputs["tags"]; tagged {
			kind.Rules = append(kind.Rules, tagRule(Token(short)))
		}
	}
	return &cloud.Catalog{
		Package: "aws", Version: Version, Schema: schema, Kinds: byToken,
		Functions: answers(options.AddonVersions), Scope: scope, Prepare: tagsAll,
	}, nil
}

// Token returns the token of a type's short name: ec2/vpc is aws:ec2/vpc:Vpc.
func Token(short string) string {
	if strings.HasPrefix(short, "aws:") {
		return short
	}
	_, name, _ := strings.Cut(short, "/")
	return "aws:" + short + ":" + strings.ToUpper(name[:1]) + name[1:]
}
