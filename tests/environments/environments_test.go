package environments_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

func TestEveryEnvironmentIsValid(t *testing.T) {
	for _, tier := range []spec.Tier{spec.Staging, spec.Production} {
		for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
			assert.Equal(t, tier, environments.Full(cloud, tier).Parse(t).Tier)
		}
	}
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud, spec.NoCloud} {
		assert.Equal(t, cloud, environments.Small(cloud).Parse(t).Cloud)
	}
}

func TestSetChangesACopy(t *testing.T) {
	base := environments.Full(spec.AWSCloud, spec.Staging)
	changed := base.Set(t, "database.managed.replicas=1", "workers[0].replicas=3", "app.env={DEPTH: \"3\"}").Parse(t)
	assert.Equal(t, 1, changed.Database.Managed.Replicas)
	assert.Equal(t, "3", changed.App.Env["DEPTH"])
	assert.Equal(t, environments.Full(spec.AWSCloud, spec.Staging), base)
}

func TestAPathThatNoEnvironmentHasIsAnError(t *testing.T) {
	for _, value := range []string{"databse.kind=managed", "database.kind.of=x", "workers.name=x", "workers[0].nme=x"} {
		_, err := environments.Small(spec.NoCloud).Apply(value)
		require.ErrorContains(t, err, "no environment has", value)
	}
}
