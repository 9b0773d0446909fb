package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func partsOf(e *spec.Environment) []string {
	var parts []string
	for _, step := range e.ReleaseSteps() {
		parts = append(parts, step.Part)
	}
	return parts
}

func TestTheStepsOfAReleaseHaveAnOrder(t *testing.T) {
	e, err := parse(t, changed(t, minimal, "release", object(
		"superuser", object("username", "admin", "email", "admin@example.com"),
		"before", list(object("name", "backup", "command", list("backup"))), "after", list(object("name", "seed", "command", list("seed"))))))
	require.NoError(t, err)
	assert.Equal(t, []string{"check", "before-backup", "migrate", "superuser", "after-seed"}, partsOf(e))

	e, err = parse(t, changed(t, minimal, "release.steps", list(
		object("name", "migrate"), object("name", "seed", "command", list("seed")), object("name", "check"))))
	require.NoError(t, err)
	assert.Equal(t, []string{"migrate", "step-seed", "check"}, partsOf(e))
}

func TestAStepTakesFromTheReleaseWhatItLeavesOut(t *testing.T) {
	e, err := parse(t, changed(t, minimal, "release", object(
		"env", object("A", "1", "B", "1"), "nodeSelector", object("pool", "jobs"), "runAsUserFrom", "image",
		"volumes", list(object("name", "data", "mountPath", "/data"), object("name", "other", "mountPath", "/other")),
		"steps", list(
			object("name", "check"),
			object("name", "migrate", "env", object("B", "2"), "activeDeadlineSeconds", 3600, "resources", object("memoryLimit", "2Gi"), "runAsUser", 5,
				"volumes", list(object("name", "data", "mountPath", "/elsewhere"))),
			object("name", "seed", "command", list("seed"))))))
	require.NoError(t, err)
	check, migrate, seed := e.ReleaseSteps()[0], e.ReleaseSteps()[1], e.ReleaseSteps()[2]

	assert.Equal(t, map[string]string{"A": "1", "B": "1"}, check.Env)
	assert.Equal(t, map[string]string{"A": "1", "B": "2"}, migrate.Env)
	assert.Equal(t, map[string]string{"pool": "jobs"}, migrate.NodeSelector)
	assert.Equal(t, 600, check.ActiveDeadlineSeconds)
	assert.Equal(t, 3600, migrate.ActiveDeadlineSeconds)
	assert.Equal(t, spec.Quantity("2Gi"), migrate.Resources.MemoryLimit)
	assert.Equal(t, check.Resources.Memory, migrate.Resources.Memory)
	assert.Equal(t, 5, *e.SecurityOf(migrate.Pods).RunAsUser)
	assert.Nil(t, e.SecurityOf(check.Pods).RunAsUser)
	require.Len(t, migrate.Volumes, 2)
	assert.Equal(t, "/other", migrate.Volumes[0].MountPath)
	assert.Equal(t, "/elsewhere", migrate.Volumes[1].MountPath)
	assert.Equal(t, []spec.DatabaseConnection{spec.Pooled, spec.Direct, spec.Pooled}, []spec.DatabaseConnection{check.Database, migrate.Database, seed.Database})
	assert.Equal(t, map[string]string{"A": "1", "B": "1"}, e.Release.Env, "the release itself is unchanged")
}

func TestStaticFilesAreWrittenBeforeOrAfterTheyAreCollected(t *testing.T) {
	write := func(name string) map[string]any {
		return object("name", name, "command", list(name), "writesStatic", true)
	}
	names := func(steps []spec.ReleaseStep) []string {
		var all []string
		for _, step := range steps {
			all = append(all, step.Name)
		}
		return all
	}
	for name, release := range map[string]map[string]any{
		"short": object("before", list(write("bundle")), "after", list(write("compress"))),
		"steps": object("steps", list(write("bundle"), object("name", "migrate"), object("name", "collectstatic"), write("compress"))),
	} {
		e, err := parse(t, changed(t, minimal, "release", release))
		require.NoError(t, err, name)
		before, after := e.StaticCommands()
		assert.Equal(t, []string{"bundle"}, names(before), name)
		assert.Equal(t, []string{"compress"}, names(after), name)

		e, err = parse(t, changed(t, changed(t, minimal, "release", release), "static.store", "volume"))
		require.NoError(t, err, name)
		before, after = e.StaticCommands()
		assert.Empty(t, append(before, after...), "with a volume they are Jobs")
	}
}

func TestTheReleaseCommandOfAProcfileIsAStep(t *testing.T) {
	const procfile = "release: ./release --all\n"
	for want, steps := range map[string][]any{
		"step-procfile": list(object("name", "migrate")),
		"step-seed":     list(object("name", "procfile"), object("name", "migrate"), object("name", "seed", "command", list("seed"))),
	} {
		e, err := parse(t, changed(t, changed(t, minimal, "release.steps", steps), "app.procfile", procfile))
		require.NoError(t, err)
		all := e.ReleaseSteps()
		assert.Equal(t, want, all[len(all)-1].Part)
		for _, step := range all {
			if step.Name == spec.ProcfileStep {
				assert.Equal(t, []string{"./release", "--all"}, step.Command)
				assert.Equal(t, spec.Direct, step.Database)
			}
		}
	}
}

func TestAMigrationOfTheAppsOwnHasNoLockTimeoutUnlessItIsStated(t *testing.T) {
	text := changed(t, minimal, "release.migrate", object("command", list("./migrate")))
	e, err := parse(t, text)
	require.NoError(t, err)
	assert.Zero(t, e.Release.LockTimeoutSeconds)

	e, err = parse(t, changed(t, text, "release.lockTimeoutSeconds", 5))
	require.NoError(t, err)
	assert.Equal(t, 5, e.Release.LockTimeoutSeconds)
}

func TestSettingsAtTheTopLevelHaveTheirServersThereToo(t *testing.T) {
	for module, want := range map[string][2]string{
		"settings":                   {"wsgi", "asgi"},
		"config.settings.production": {"config.wsgi", "config.asgi"},
	} {
		e, err := parse(t, changed(t, minimal, "app.settingsModule", module))
		require.NoError(t, err)
		assert.Equal(t, want, [2]string{e.App.WSGIModule, e.App.ASGIModule})
	}
}
