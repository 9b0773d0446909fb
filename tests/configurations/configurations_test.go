package configurations_test

import (
	"os"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/render"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/configurations"
	"github.com/djangostack/djangostack/tests/environments"
)

// onACluster is the program for an existing cluster, without the check of secrets, which are
// plain here.
func onACluster(ctx *pulumi.Context) error {
	environment, err := spec.Parse([]byte(config.New(ctx, "").Get(spec.ConfigKey)), ctx.Stack())
	if err != nil {
		return err
	}
	return existing.Deploy(ctx, environment)
}

// valid generates configurations until so many are valid, and checks each. It reports the
// number of all.
func valid(t *testing.T, cloud spec.Cloud, count int, check func(t *testing.T, environment environments.Environment)) {
	t.Helper()
	generator, err := configurations.New(configurations.Seed)
	require.NoError(t, err)
	tried := 0
	for range count {
		environment, more, err := generator.Valid(cloud)
		require.NoError(t, err)
		tried += more
		check(t, environment)
	}
	t.Logf("seed %d, cloud %s: %d of %d generated configurations are valid", configurations.Seed, cloud, count, tried)
}

func TestEveryValidConfigurationRenders(t *testing.T) {
	count := 800
	if os.Getenv("DJANGOSTACK_SOAK") != "" {
		count = 20000
	}
	if testing.Short() {
		count = 200
	}
	valid(t, spec.NoCloud, count, func(t *testing.T, environment environments.Environment) {
		t.Helper()
		objects, err := render.Objects(render.Options{
			Program: onACluster, Project: environments.Project, Stack: environments.Stack, Config: environment.Config(t),
		})
		if err != nil {
			t.Errorf("a valid configuration does not render: %v\n%s", err, environment.JSON(t))
			return
		}
		for _, problem := range configurations.Refused(objects) {
			t.Errorf("the API server would refuse: %s\n%s", problem, environment.JSON(t))
		}
	})
}

// What is valid on a cloud stays valid once it is parsed and written again: no default of it is
// refused.
func TestEveryValidConfigurationOfACloudIsParsedAgain(t *testing.T) {
	for _, cloud := range []spec.Cloud{spec.AWSCloud, spec.GCPCloud} {
		valid(t, cloud, 300, func(t *testing.T, environment environments.Environment) {
			t.Helper()
			require.NotNil(t, environment.Parse(t))
		})
	}
}
