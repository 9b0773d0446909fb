package rehearsal_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/emulators/kubernetes/memory"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

func objects(options rehearsal.Options) []string {
	var names []string
	for _, object := range options.Objects {
		names = append(names, object.GetKind()+" "+object.GetNamespace()+"/"+object.GetName())
	}
	return names
}

func TestAnExistingNamespaceHasWhatTheConfigurationNames(t *testing.T) {
	e := environments.Small(spec.NoCloud).Set(t,
		"namespace={source: existing, name: shop}", "app.imagePullSecrets=[registry]",
		"app.secretKeyRefs={TOKEN: {name: tokens, key: token}}", "web.priorityClassName=important", "web.runtimeClassName=gvisor",
		"web.volumes=[{name: media, mountPath: /media, source: persistentVolumeClaim, from: uploads}]",
		"web.envFrom=[{secret: own}, {configMap: levels}]", "secrets=[{name: own, entries: {A: x}}]",
		"volumes=[{name: index, claimName: index}, {name: plugins, size: 1Gi}]",
		"web.ingress={ingressClassName: traefik, tlsSecretName: tls}", "workers=[{name: mail, autoscaling: {by: queue, maxReplicas: 2}}]",
	).Parse(t)
	options := rehearsal.For(e)
	assert.Equal(t, []string{
		"PriorityClass /important", "RuntimeClass /gvisor", "Namespace /shop", "Secret shop/registry", "Secret shop/tokens", "PersistentVolumeClaim shop/index",
		"ConfigMap shop/levels", "PersistentVolumeClaim shop/uploads",
	}, objects(options), "and nothing that the environment creates")
	assert.Equal(t, memory.Installable(), options.Controllers, "somebody else operates the cluster")

	emulators, err := rehearsal.New(options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emulators.Close()) })
	assert.Empty(t, emulators.Left(), "what was there before is no left-over")
}

func TestAPreparedNamespaceHasWhatTheConfigurationNames(t *testing.T) {
	expected := environments.Small(spec.NoCloud).Set(t, "web.secretKeyRefs={TOKEN: {name: stripe, key: token}}", "release.envFrom=[{configMap: levels}]")
	assert.Empty(t, rehearsal.For(expected.Parse(t)).Objects, "the namespace is new")
	var names []string
	for _, object := range rehearsal.For(expected.Set(t, "prepared=on").Parse(t)).Objects {
		names = append(names, object.GetKind()+" "+object.GetName())
	}
	assert.ElementsMatch(t, []string{"Secret stripe", "ConfigMap levels"}, names)
}

func TestAClusterThatTheStackCreatesHasNothing(t *testing.T) {
	for cloud, drivers := range map[spec.Cloud][]string{spec.AWSCloud: {"ebs.csi.eks.amazonaws.com"}, spec.GCPCloud: nil} {
		options := rehearsal.For(environments.Small(cloud).Parse(t))
		assert.Empty(t, options.Objects, cloud)
		assert.Empty(t, options.Controllers, cloud)
		assert.Equal(t, drivers, options.Drivers, cloud)
	}
	nodes := environments.Small(spec.AWSCloud).Set(t, "cluster.mode=nodes").Parse(t)
	assert.Equal(t, []string{"ebs.csi.aws.com"}, rehearsal.For(nodes).Drivers)
}

func TestAProjectHasTheBackupTheDumpAndTheAccountsThatTheConfigurationNames(t *testing.T) {
	emulators, err := rehearsal.New(rehearsal.Options{
		Project: "shop-1", Bucket: "dumps", Backup: "old/1764000000000",
		ServiceAccounts: []string{"serviceAccount:ci@shop-1.iam.gserviceaccount.com", "serviceAccount:ci@other.iam.gserviceaccount.com", "user:a@example.com"},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emulators.Close()) })
	assert.Len(t, emulators.GCP.Objects(gcp.Token("storage/bucket")), 1)
	assert.Len(t, emulators.GCP.Objects(gcp.BackupRun), 1)
	var emails []string
	for _, account := range emulators.GCP.Objects(gcp.Token("serviceaccount/account")) {
		if account.KeptBecause == "was there before" {
			emails = append(emails, account.Values.Text("email"))
		}
	}
	assert.Equal(t, []string{"ci@shop-1.iam.gserviceaccount.com"}, emails)
}

func TestAnUpdateFindsWhatItsConfigurationExpects(t *testing.T) {
	before := environments.Small(spec.NoCloud).Set(t, "namespace={source: existing, name: shop}")
	emulators, err := rehearsal.New(rehearsal.For(before.Parse(t)))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, emulators.Close()) })
	secrets := func() []string {
		var found []string
		for _, object := range emulators.Cluster.Objects() {
			if object.GetKind() == "Secret" {
				found = append(found, object.GetName()+" "+string(object.GetUID()))
			}
		}
		return found
	}
	require.Empty(t, secrets())

	after := before.Set(t, "app.secretKeyRefs={TOKEN: {name: tokens, key: token}}").Parse(t)
	require.NoError(t, emulators.Expect(after))
	first := secrets()
	require.Len(t, first, 1)
	assert.Contains(t, first[0], "tokens ")
	require.NoError(t, emulators.Expect(after))
	assert.Equal(t, first, secrets(), "what is there stays as it is")

	another := before.Set(t, "app.secretKeyRefs={USER: {name: tokens, key: user}}").Parse(t)
	require.NoError(t, emulators.Expect(another))
	for _, object := range emulators.Cluster.Objects() {
		if object.GetKind() == "Secret" {
			entries, _, err := unstructured.NestedStringMap(object.Object, "data")
			require.NoError(t, err)
			assert.ElementsMatch(t, []string{"token", "user"}, slices.Collect(maps.Keys(entries)), "a Secret gets the entries that it lacks")
		}
	}
}
