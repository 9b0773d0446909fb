package existing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/tests/mocks"
)

// bound binds every part of a search engine's connection.
const bound = `"app": {"name": "blog", "image": "registry.example.com/blog:1.0", "settingsModule": "blog.settings", "bindings":
	{"ES_HOST": "search.host", "ES_PORT": "search.port", "ES_USER": "search.user", "ES_PASSWORD": "search.password", "ES_URL_PASSWORD": "search.urlPassword", "ES_TLS": "search.tls"}}`

func TestTheAppFindsTheSearchEngineInTheClusterByTheVariablesOfAManagedOne(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := chosen(t, outputs, bound+`, "search": {"kind": "in-cluster"}`)
		assert.True(t, waits(ran, ran.Find(t, "Deployment", "blog-web"), ran.Find(t, "StatefulSet", "blog-opensearch").URN), "the app starts after the server")
	}
	ran := chosen(t, mocks.Known, bound+`, "search": {"kind": "in-cluster"}`)
	plain := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
	hidden := ran.Find(t, "Secret", "blog-env").At(t, "stringData").(map[string]any)
	for _, name := range []string{"SEARCH_URL", "ELASTICSEARCH_URL", "ES_PASSWORD", "ES_URL_PASSWORD"} {
		assert.Contains(t, hidden, name)
		assert.NotContains(t, plain, name)
	}
	assert.NotContains(t, plain, "SEARCH_CA_FILE")
	assert.Equal(t, "http://blog:generated-blog-opensearch-password@blog-opensearch:9200", hidden["SEARCH_URL"])
	assert.Equal(t, hidden["SEARCH_URL"], hidden["ELASTICSEARCH_URL"])
	for name, want := range map[string]any{"ES_HOST": "blog-opensearch", "ES_PORT": "9200", "ES_USER": "blog", "ES_TLS": "false"} {
		assert.Equal(t, want, plain[name], name)
	}
}

func TestTheAppTrustsTheSearchEnginesAuthorityByAFile(t *testing.T) {
	encrypted := strings.Replace(bound, `"search.tls"`, `"search.tls", "ES_CA": "search.caFile"`, 1) + `, "namespace": {"tls": "required"}, "search": {"kind": "in-cluster"`
	ran := chosen(t, mocks.Known, encrypted+`}`)

	plain := ran.Find(t, "ConfigMap", "blog-env").At(t, "data").(map[string]any)
	assert.Equal(t, "/etc/djangostack/ca/search.pem", plain["SEARCH_CA_FILE"])
	assert.Equal(t, plain["SEARCH_CA_FILE"], plain["ES_CA"])
	assert.Equal(t, "true", plain["ES_TLS"])
	assert.Contains(t, ran.Find(t, "Secret", "blog-env").At(t, "stringData.SEARCH_URL"), "https://")
	certificates := false
	for _, each := range ran.OfKind("ConfigMap") {
		certificates = certificates || strings.Contains(fmt.Sprint(each.Inputs.Mappable()), "search.pem")
	}
	assert.True(t, certificates, "the pods have the file")

	ran = chosen(t, mocks.Known, strings.Replace(encrypted, `, "ES_CA": "search.caFile"`, "", 1)+`, "tls": "off"}`)
	assert.Contains(t, ran.Find(t, "Secret", "blog-env").At(t, "stringData.SEARCH_URL"), "http://blog:", "the server asks for the password all the same")
}

func TestTheSearchEngineConnectsToNothing(t *testing.T) {
	ran := chosen(t, mocks.Known, smallApp+`, "search": {"kind": "in-cluster"}`)

	selector := fmt.Sprint(ran.Find(t, "NetworkPolicy", "blog-egress").At(t, "spec.podSelector"))
	assert.Contains(t, selector, "NotIn")
	assert.Contains(t, selector, "opensearch")
}
