package gcp_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

// whole is an environment that uses every service.
const whole = `{
	"cloud": "gcp", "tier": %q, "owner": "Web.Team",
	"gcp": {"project": "blog-production", "region": "europe-west1", "billingAccount": "012345-6789AB-CDEF01"},
	"cluster": {"endpoint": {"allowedCIDRs": ["203.0.113.0/24"]}},
	"namespace": {"name": "blog-dev"},
	"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "celeryApp": "blog", "url": "https://blog.example.com"},
	"workers": [{"name": "default"}], "beat": {"enabled": true},
	"database": {"kind": "managed"}, "cache": {"kind": "managed"}, "broker": {"kind": "managed"},
	"registry": {"source": "create"},
	"static": {"store": "bucket", "cors": [{"origins": ["https://blog.example.com"]}]},
	"media": {"store": "bucket"},
	"dns": {"zone": "example.com"},
	"budget": {"monthlyUSD": 500, "emails": ["ops@example.com"]}
}`

func run(t *testing.T, outputs mocks.Outputs, text string) mocks.Program {
	t.Helper()
	environment, err := spec.Parse([]byte(text), "dev")
	require.NoError(t, err)
	return mocks.Run(t, outputs, func(ctx *pulumi.Context) error { return gcp.Deploy(ctx, environment) })
}

func each(t *testing.T, check func(t *testing.T, ran mocks.Program, tier spec.Tier)) {
	t.Helper()
	for _, tier := range []spec.Tier{spec.Staging, spec.Production} {
		for _, outputs := range mocks.Both() {
			t.Run(fmt.Sprintf("%s/%s", tier, outputs), func(t *testing.T) {
				check(t, run(t, outputs, fmt.Sprintf(whole, tier)), tier)
			})
		}
	}
}

// media is the bucket of uploads itself, not the component around it.
func media(t *testing.T, ran mocks.Program) mocks.Resource {
	t.Helper()
	for _, r := range ran.OfKind("Bucket") {
		if r.Custom && r.Name == "blog-media" {
			return r
		}
	}
	require.Fail(t, "there is no bucket of uploads")
	return mocks.Resource{}
}

func TestEveryResourceDescendsFromTheEnvironment(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, _ spec.Tier) {
		ran.DescendFrom(t, "Environment", "blog")
	})
}

func TestNoResourceUsesADefaultProvider(t *testing.T) {
	for _, r := range run(t, mocks.Known, fmt.Sprintf(whole, spec.Production)).Resources {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:providers:") {
			assert.Contains(t, r.Provider, "::blog", "%s %s would use the ambient provider", r.Kind(), r.Name)
		}
	}
}

func TestResourcesWaitForTheAPIs(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, _ spec.Tier) {
		var apis []mocks.Resource
		for _, r := range ran.OfKind("Service") {
			if strings.HasPrefix(r.Type, "gcp:") {
				apis = append(apis, r)
			}
		}
		require.NotEmpty(t, apis)
		for _, kind := range []string{"Network", "KeyRing", "DatabaseInstance", "Bucket", "Repository", "GlobalAddress", "DnsAuthorization"} {
			for _, r := range ran.OfKind(kind) {
				if !r.Custom {
					continue
				}
				for _, api := range apis {
					assert.True(t, ran.Waits(r, api), "%s %s waits for %s", kind, r.Name, api.Name)
				}
			}
		}
	})
}

func TestResourcesWithDataAreProtectedInProductionOnly(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, tier spec.Tier) {
		for _, kind := range []string{"DatabaseInstance", "Cluster", "CryptoKey"} {
			found := 0
			for _, r := range ran.OfKind(kind) {
				if !r.Custom {
					continue
				}
				found++
				assert.Equal(t, tier == spec.Production, r.Protect, "%s %s", kind, r.Name)
			}
			assert.Positive(t, found, kind)
		}
		assert.Equal(t, tier == spec.Production, media(t, ran).Protect)
	})
}

func TestAppDoesNotConnectAsTheAdministrator(t *testing.T) {
	ran := run(t, mocks.Known, fmt.Sprintf(whole, spec.Production))
	settings := ran.Find(t, "Secret", "blog-env")
	assert.NotContains(t, fmt.Sprint(settings.At(t, "stringData.DATABASE_URL")), "djangostack_admin")
}

func TestSecretValuesAppearInSecretsOnly(t *testing.T) {
	for _, r := range run(t, mocks.Known, fmt.Sprintf(whole, spec.Production)).Resources {
		text, err := json.Marshal(r.Plain())
		require.NoError(t, err)
		assert.NotContains(t, string(text), "generated-", "%s %s", r.Kind(), r.Name)
	}
}

func TestLoadBalancerIsDeletedBeforeWhatItNeeds(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, _ spec.Tier) {
		gateways := ran.OfKind("Gateway")
		require.Len(t, gateways, 1)
		for _, kind := range []string{"RouterNat", "Cluster", "Deployment", "CertificateMap"} {
			for _, needed := range ran.OfKind(kind) {
				if !needed.Custom || strings.Contains(needed.Name, "static") {
					continue
				}
				if kind == "Deployment" && needed.Name != "blog-web" {
					continue
				}
				assert.True(t, ran.Waits(gateways[0], needed), "the Gateway waits for %s %s", kind, needed.Name)
			}
		}
	})
}

func TestPodsUseTheirOwnServiceAccount(t *testing.T) {
	ran := run(t, mocks.Known, fmt.Sprintf(whole, spec.Production))
	account := ran.Find(t, "ServiceAccount", "blog-account")
	assert.Contains(t, fmt.Sprint(account.At(t, "metadata.annotations")), "iam.gke.io/gcp-service-account")
	assert.Contains(t, fmt.Sprint(ran.Find(t, "Deployment", "blog-web").At(t, "spec.template.spec.serviceAccountName")), "blog")
}

func TestProductionRunsInSeveralZones(t *testing.T) {
	for tier, want := range map[spec.Tier]string{spec.Production: "REGIONAL", spec.Staging: "ZONAL"} {
		ran := run(t, mocks.Known, fmt.Sprintf(whole, tier))
		assert.Equal(t, want, ran.Find(t, "DatabaseInstance", "blog-database").At(t, "settings.availabilityType"))
	}
}

func TestLabelsAreValidOnGoogleCloud(t *testing.T) {
	ran := run(t, mocks.Known, fmt.Sprintf(whole, spec.Production))
	labels := fmt.Sprint(media(t, ran).At(t, "labels"))
	assert.Contains(t, labels, "djangostack-owner:web-team")
	assert.Contains(t, labels, "djangostack-environment:dev")
}

func TestNodesModeCreatesNodes(t *testing.T) {
	text := replaced(t, fmt.Sprintf(whole, spec.Staging), `"cluster": {`, `"cluster": {"mode": "nodes", "nodes": {"cpu": 4, "memory": "16Gi", "max": 6}, `)
	for _, outputs := range mocks.Both() {
		ran := run(t, outputs, text)
		pools := ran.OfKind("NodePool")
		require.NotEmpty(t, pools)
		assert.Equal(t, "e2-standard-4", pools[0].At(t, "nodeConfig.machineType"))
		assert.True(t, ran.Waits(ran.Find(t, "Deployment", "blog-web"), pools[0]), "the pods go before their nodes")
	}
}

func TestCDNCanServeFilesOfThePods(t *testing.T) {
	text := replaced(t, fmt.Sprintf(whole, spec.Production),
		`"static": {"store": "bucket", "cors": [{"origins": ["https://blog.example.com"]}]}`, `"static": {"cdn": "on"}`)
	for _, outputs := range mocks.Both() {
		ran := run(t, outputs, text)
		require.Len(t, ran.OfKind("GCPHTTPFilter"), 1)
		assert.Equal(t, "/static/", ran.Find(t, "HTTPRoute", "blog-route").At(t, "spec.rules[0].matches[0].path.value"))
		assert.Empty(t, ran.OfKind("BackendBucket"))
	}
	var urls []any
	for _, r := range run(t, mocks.Known, text).OfKind("ConfigMap") {
		if url, found := r.At(t, "data").(map[string]any)["STATIC_URL"]; found {
			urls = append(urls, url)
		}
	}
	assert.Equal(t, []any{"/static/"}, urls, "the app's own host has the CDN")
	each(t, func(t *testing.T, ran mocks.Program, _ spec.Tier) {
		assert.Empty(t, ran.OfKind("GCPHTTPFilter"), "none before a bucket")
	})
}

func TestDumpIsImportedBeforeTheRelease(t *testing.T) {
	text := replaced(t, fmt.Sprintf(whole, spec.Production), `"database": {"kind": "managed"}`,
		`"database": {"kind": "managed", "import": {"from": "gs://old-dumps/2026/blog.dump"}}`)
	for _, outputs := range mocks.Both() {
		ran := run(t, outputs, text)
		dump := ran.Find(t, "Dump", "blog-dump")
		assert.True(t, ran.Waits(dump, ran.Find(t, "DatabaseRole", "blog-database-role")), "there is a role to import it as")
		assert.True(t, ran.Waits(ran.Find(t, "Job", "blog-migrate"), dump), "it is there before it is migrated")
	}
	granted := false
	for _, r := range run(t, mocks.Known, text).OfKind("BucketIAMMember") {
		granted = granted || r.Plain()["bucket"] == "old-dumps" && r.Plain()["role"] == "roles/storage.objectViewer"
	}
	assert.True(t, granted, "the pods may read the dump")
}

func TestRequestsAreLoggedInProductionAndOnRequest(t *testing.T) {
	each(t, func(t *testing.T, ran mocks.Program, tier spec.Tier) {
		assert.Equal(t, tier == spec.Production, ran.OfKind("GCPBackendPolicy")[0].At(t, "spec.default.logging.enabled"))
	})
	for tier, to := range map[spec.Tier]spec.Switch{spec.Staging: spec.On, spec.Production: spec.Off} {
		text := replaced(t, fmt.Sprintf(whole, tier), `"media":`, fmt.Sprintf(`"loadBalancer": {"accessLogs": %q}, "media":`, to))
		backend := run(t, mocks.Known, text).OfKind("GCPBackendPolicy")[0]
		assert.Equal(t, to == spec.On, backend.At(t, "spec.default.logging.enabled"))
	}
}

func TestPodsAreLoggedInProductionAndOnRequest(t *testing.T) {
	components := func(ran mocks.Program) []any {
		for _, cluster := range ran.OfKind("Cluster") {
			if cluster.Type == "gcp:container/cluster:Cluster" {
				return cluster.At(t, "loggingConfig.enableComponents").([]any)
			}
		}
		return nil
	}
	each(t, func(t *testing.T, ran mocks.Program, tier spec.Tier) {
		want := []any{"SYSTEM_COMPONENTS"}
		if tier == spec.Production {
			want = append(want, "WORKLOADS")
		}
		assert.Equal(t, want, components(ran), tier)
	})
	for tier, to := range map[spec.Tier]spec.Switch{spec.Staging: spec.On, spec.Production: spec.Off} {
		text := replaced(t, fmt.Sprintf(whole, tier), `"cluster": {`, fmt.Sprintf(`"cluster": {"workloadLogs": %q, `, to))
		assert.Equal(t, to == spec.On, slices.Contains(components(run(t, mocks.Known, text)), any("WORKLOADS")))
	}
}

// replaced returns the text with the first of an old part replaced, which must be there.
func replaced(t *testing.T, text, old, now string) string {
	t.Helper()
	require.Contains(t, text, old)
	return strings.Replace(text, old, now, 1)
}

// Other certificates may need the records that prove names to the certificate authority. Those of a staging environment
// go with it, and a zone of the stack must be empty when it is deleted.
func TestRecordsOfCertificatesOfProductionStayInAZoneOfOthers(t *testing.T) {
	const existing, created = `"dns": {"zone": "example.com"}`, `"dns": {"zone": "example.com", "source": "create"}`
	for _, c := range []struct {
		tier  spec.Tier
		zone  string
		stays bool
	}{{spec.Production, existing, true}, {spec.Production, created, false}, {spec.Staging, existing, false}} {
		environment, err := spec.Parse([]byte(replaced(t, fmt.Sprintf(whole, c.tier), existing, c.zone)), "dev")
		require.NoError(t, err)
		ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return gcp.Deploy(ctx, environment) })
		for _, name := range []string{"blog-proof-blog.example.com", "blog-static-proof-static.blog.example.com"} {
			assert.Equal(t, c.stays, ran.Find(t, "RecordSet", name).Retain, "%s of %s, %s", name, c.tier, c.zone)
		}
	}
}

// TestFurtherLabelsAreOnEveryResource asks the provider's schema which types can have labels.
func TestFurtherLabelsAreOnEveryResource(t *testing.T) {
	inputs := mocks.Inputs(t, "gcp")
	text := replaced(t, fmt.Sprintf(whole, spec.Production), `"gcp": {`, `"gcp": {"labels": {"cost-center": "4711"}, `)
	for _, mode := range []string{"auto", "nodes"} {
		environment, err := spec.Parse([]byte(replaced(t, text, `"cluster": {`, `"cluster": {"mode": "`+mode+`", `)), "dev")
		require.NoError(t, err)
		ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return gcp.Deploy(ctx, environment) })
		for _, r := range ran.Resources {
			for input, path := range map[string]string{"labels": "labels", "userLabels": "userLabels", "resourceLabels": "resourceLabels", "databaseVersion": "settings.userLabels"} {
				// The labels of a channel say whom it tells.
				if r.Type == "gcp:monitoring/notificationChannel:NotificationChannel" && input == "labels" {
					continue
				}
				if inputs[r.Type][input] != nil {
					assert.Equal(t, "4711", r.At(t, path+`["cost-center"]`), "%s %s", r.Type, r.Name)
				}
			}
		}
		class := ran.Find(t, "StorageClass", "blog-storage")
		assert.Contains(t, fmt.Sprint(class.At(t, "parameters")), "cost-center=4711", "volumes of claims in mode %s", mode)
	}
}

func TestEverythingIsDoneByTheImpersonatedAccount(t *testing.T) {
	const account = "deployer@blog-production.iam.gserviceaccount.com"
	text := replaced(t, fmt.Sprintf(whole, spec.Staging), `"gcp": {`, `"gcp": {"impersonateServiceAccount": "`+account+`", `)
	environment, err := spec.Parse([]byte(text), "dev")
	require.NoError(t, err)
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error { return gcp.Deploy(ctx, environment) })
	assert.Equal(t, account, ran.Find(t, "gcp", "blog-gcp").At(t, "impersonateServiceAccount"))
	kubeconfig := fmt.Sprint(ran.Find(t, "kubernetes", "blog-kubernetes").At(t, "kubeconfig"))
	assert.Contains(t, kubeconfig, `"args":["--impersonate_service_account=`+account+`"]`)
}
