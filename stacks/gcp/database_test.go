package gcp_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestDatabaseDiskGrowsUpToTheLargest(t *testing.T) {
	for storage, most := range map[string]float64{"100Gi": 500, "20Ti": 65536} {
		text := replaced(t, fmt.Sprintf(whole, spec.Production), `"database": {"kind": "managed"}`,
			fmt.Sprintf(`"database": {"kind": "managed", "managed": {"storage": %q}}`, storage))
		server := run(t, mocks.Known, text).Find(t, "DatabaseInstance", "blog-database")
		assert.Equal(t, most, server.At(t, "settings.diskAutoresizeLimit"), storage)
	}
}

func TestTheAppFindsAReadReplicaByTheVariableThatItNames(t *testing.T) {
	text := replaced(t, fmt.Sprintf(whole, spec.Staging), `"database": {"kind": "managed"}`, `"database": {"kind": "managed", "managed": {"replicas": 1}}`)
	env := run(t, mocks.Known, replaced(t, text, `"app": {`, `"app": {"bindings": {"READ_URL": "database.replicaURL"}, `)).Find(t, "Secret", "blog-env")
	assert.Contains(t, fmt.Sprint(env.At(t, "stringData.READ_URL")), "@10.20.128.6:")
	assert.Contains(t, fmt.Sprint(env.At(t, "stringData.DATABASE_URL")), "@10.20.128.5:")
}

func TestASecondDatabaseIsOnTheEnvironmentsServer(t *testing.T) {
	const further = `"database": {"kind": "managed", "further": [{"name": "archive", "urlVariable": "ARCHIVE_URL"}]}`
	for _, outputs := range mocks.Both() {
		ran := run(t, outputs, replaced(t, fmt.Sprintf(whole, spec.Production), `"database": {"kind": "managed"}`, further))
		script := ran.Find(t, "Job", "blog-database-role").At(t, "spec.template.spec.containers[0].command[2]")
		assert.Contains(t, script, "ROLE_DATABASE=archive\ngive\n")
		env := ran.Find(t, "Secret", "blog-env")
		assert.Equal(t, mocks.Hidden, env.Plain()["stringData"])
		if outputs == mocks.Known {
			assert.Contains(t, env.At(t, "stringData.ARCHIVE_URL"), ":5432/archive?")
		}
	}
}
