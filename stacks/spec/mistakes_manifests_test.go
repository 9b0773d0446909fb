package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/data"
)

// manifest is objects with one text.
func manifest(text string) []any { return list(object("name", "more", "manifest", text)) }

const (
	account        = "{apiVersion: v1, kind: ServiceAccount, metadata: {name: outposts}}"
	externalSecret = "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: smtp}, spec: {target: {name: mail}}}"
	cluster        = "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: geo}, spec: {instances: 1}}"
)

// manifestMistakes are those of further objects.
func manifestMistakes() []wrong {
	one := func(name, text, want string) wrong { return wrong{name, minimal, "objects", manifest(text), want} }
	return []wrong{
		one("manifest that is no YAML", "kind: [", `objects[0].manifest: is no YAML that can be read`),
		one("manifest with a key twice", "kind: Role\nkind: Role", `objects[0].manifest: is no YAML that can be read`),
		one("manifest without an object", "# nothing", `objects[0].manifest: has no object: write its apiVersion, kind and metadata.name`),
		one("manifest of a text", account+"\n---\nRole", `objects[0].manifest: document 1 is no object: write its apiVersion, kind and metadata.name`),
		one("manifest without a name", "{apiVersion: v1, kind: ServiceAccount, metadata: {generateName: x}}", `objects[0].manifest: needs a text at metadata.name`),
		one("Secret as a manifest", "{apiVersion: v1, kind: Secret, metadata: {name: smtp}}", `objects[0].manifest: is a Secret: write it into secrets, where its values are encrypted`),
		one("claim as a manifest", account+"\n---\n{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: media}}", `objects[0].manifest: document 1 is a PersistentVolumeClaim: write it into volumes, which guard its files`),
		{"Deployment as a manifest", minimal, "objects", manifest("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}"), `is a Deployment: write it into processes`},
		one("object of the whole cluster", "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}}", `is a ClusterRole, which belongs to the whole cluster and not to one environment: whoever operates the cluster must create it`),
		one("misspelt kind of an object", "{apiVersion: rbac.authorization.k8s.io/v1, kind: Roll, metadata: {name: all}}", `is a Roll, which is no kind of rbac.authorization.k8s.io/v1; did you mean Role?`),
		one("kind of another group", "{apiVersion: apps/v1, kind: Ingress, metadata: {name: all}}", `is a Ingress, which is no kind of apps/v1: give the kind of a section, or another apiVersion`),
		one("object with a name of the environment", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: blog-web}}", `has the name blog-web, and may not begin with blog, as the names that the environment gives itself do`),
		one("object with a wrong name", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: Outposts}}", `objects[0].manifest: "Outposts": is no name that Kubernetes allows`),
		one("object of another namespace", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: outposts, namespace: kube-system}}", `has metadata.namespace kube-system, and all objects are in blog-dev: leave it out`),
		one("object with an owner", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: outposts, ownerReferences: []}}", `may have name, labels and annotations in metadata, has ownerReferences`),
		one("label that is a number", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: outposts, labels: {tier: 1}}}", `needs a text at metadata.labels.tier: put it into quotes`),
		one("object twice", account+"\n---\n"+account, `document 1 has the ServiceAccount outposts, which is in objects[0].manifest already`),
		one("address in a manifest", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: outposts, annotations: {to: $(process:wep.url)}}}", `objects[0].manifest: names the process wep, which has no Service (did you mean web?)`),
		{"name of objects twice", minimal, "objects", append(manifest(account), manifest(externalSecret)...), `objects[1].name: "more": is the name of objects[0] already`},
		{"kind that a new cluster lacks", onAWS, "objects", manifest(externalSecret), `objects[0].manifest: needs the kind ExternalSecret of external-secrets.io, which a cluster that this stack creates does not have: set cluster.charts.externalSecrets`},
		{"volume over the token", minimal, "", map[string]any{"web.automountServiceAccountToken": true, "web.volumes": list(object("name", "s", "source", "secret", "from", "s", "mountPath", "/run/secrets"))}, `web.volumes[0].mountPath: "/run/secrets": would hide the token of web.automountServiceAccountToken`},
		{"volume in the token's folder", minimal, "web.volumes", list(object("name", "s", "mountPath", "/var/run/secrets/kubernetes.io/serviceaccount")), `may not lie in /var/run/secrets/kubernetes.io, which the pods have already`},
	}
}

func TestWhatObjectsCreateIsNotExpectedFromElsewhere(t *testing.T) {
	uses := changed(t, minimal, "web.serviceAccountName", "outposts")
	e, err := parse(t, uses)
	require.NoError(t, err)
	require.Error(t, e.CheckRehearsal())
	uses = changed(t, uses, "app.secretKeyRefs", object("PASSWORD", object("name", "mail", "key", "password")))

	e, err = parse(t, changed(t, uses, "objects", manifest(account+"\n---\n"+externalSecret)))
	require.NoError(t, err)
	require.NoError(t, e.CheckRehearsal())
	require.Len(t, e.Expected(), 1)
	assert.Equal(t, "objects[0].manifest", e.Expected()[0].CreatedBy, "the controller writes the Secret once it has seen the object")
}

func TestAnObjectThatMayHoldDataIsGuarded(t *testing.T) {
	e, err := parse(t, changed(t, production, "objects", manifest(account+"\n---\n"+externalSecret+"\n---\n"+cluster)))
	require.NoError(t, err)
	var protected []string
	for _, m := range e.Manifests() {
		if held := e.HeldInManifest(m); held.Protected {
			protected = append(protected, held.Loss)
		}
	}
	assert.Equal(t, []string{"what the Cluster geo of postgresql.cnpg.io holds"}, protected)
	assert.Contains(t, e.HeldInNamespace().Parts, data.Objects)

	given, err := parse(t, changed(t, changed(t, production, "objects", manifest(cluster)), "allowDataLoss", []any{"objects"}))
	require.NoError(t, err)
	assert.False(t, given.HeldInManifest(given.Manifests()[0]).Protected)
}

// Docker's secrets are files in /run/secrets, and so are those of apps that come from there.
func TestASecretIsAFileWhereDockerHasIt(t *testing.T) {
	_, err := parse(t, changed(t, minimal, "web.volumes", list(object("name", "s", "source", "secret", "from", "s", "mountPath", "/run/secrets/app"))))
	require.NoError(t, err)
}
