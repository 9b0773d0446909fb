package spec_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/djangostack/djangostack/stacks/spec"
)

const procfile = `# the app's processes
release: python manage.py migrate && python manage.py seed
web: gunicorn shop.wsgi --bind=:$PORT
worker: celery -A shop worker
worker_mail: celery -A shop worker -Q mail

beat: celery -A shop beat
bot: python manage.py bot --name="my bot"
`

func withProcfile(t *testing.T, base string, value any) (*spec.Environment, error) {
	t.Helper()
	raw, err := yaml.YAMLToJSON([]byte(changed(t, base, "app.procfile", value)))
	require.NoError(t, err)
	return spec.ParseIn(func(path string) ([]byte, error) {
		if path != "app/Procfile" {
			return nil, errors.New("no such file")
		}
		return []byte(procfile), nil
	}, raw, "dev")
}

func TestAProcfileGivesTheProcessesTheirCommands(t *testing.T) {
	for name, value := range map[string]string{"by its path": "app/Procfile", "by its text": procfile} {
		t.Run(name, func(t *testing.T) {
			e, err := withProcfile(t, minimal, value)
			require.NoError(t, err)

			assert.Equal(t, []string{"sh", "-c", "exec gunicorn shop.wsgi --bind=:$$PORT"}, e.Web.Command, "a shell reads the port and gives way")
			require.Len(t, e.Workers, 2)
			assert.Equal(t, "worker", e.Workers[0].Name)
			assert.Equal(t, "mail", e.Workers[1].Name)
			assert.Equal(t, []string{"celery", "-A", "shop", "worker", "-Q", "mail"}, e.Workers[1].Command)
			assert.Equal(t, 300, e.Workers[1].LongestTaskSeconds, "the rest is as by default")
			assert.True(t, e.Beat.Enabled)
			assert.Equal(t, spec.InCluster, e.Broker.Kind, "its workers need a broker")
			require.Len(t, e.Processes, 1)
			assert.Equal(t, []string{"sh", "-c", `exec python manage.py bot --name="my bot"`}, e.Processes[0].Command)
			require.Len(t, e.Release.After, 1)
			assert.Equal(t, []string{"sh", "-ec", "python manage.py migrate && python manage.py seed"}, e.Release.After[0].Command)
		})
	}
}

func TestALeadingVariableOfAProcfileIsSetByEnv(t *testing.T) {
	environment, err := withProcfile(t, minimal, "worker: C_FORCE_ROOT=1 celery -A shop worker\nbot: A=1 run --name=$HOME\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"env", "C_FORCE_ROOT=1", "celery", "-A", "shop", "worker"}, environment.Workers[0].Command)
	assert.Equal(t, []string{"sh", "-c", "exec env A=1 run --name=$$HOME"}, environment.Processes[0].Command)
}

// cookiecutterProcfile is the one that the cookiecutter-django template generates.
const cookiecutterProcfile = `release: python manage.py migrate
web: gunicorn config.wsgi:application
worker: REMAP_SIGTERM=SIGQUIT celery -A config.celery_app worker --loglevel=info
beat: REMAP_SIGTERM=SIGQUIT celery -A config.celery_app beat --loglevel=info
`

func TestAWorkerOfAProcfileFinishesItsTasks(t *testing.T) {
	e, err := withProcfile(t, minimal, cookiecutterProcfile)
	require.NoError(t, err)
	assert.Equal(t, []string{"celery", "-A", "config.celery_app", "worker", "--loglevel=info"}, e.Workers[0].Command, "no cold shutdown")
	assert.Equal(t, []string{"celery", "-A", "config.celery_app", "beat", "--loglevel=info"}, e.Beat.Command)
	assert.Contains(t, e.UnsetVariables(), "GUNICORN_CMD_ARGS", "the command has its own arguments")

	e, err = withProcfile(t, minimal, "worker: REMAP_SIGTERM=SIGQUIT A=1 celery -A shop worker\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"env", "A=1", "celery", "-A", "shop", "worker"}, e.Workers[0].Command)
}

func TestATasksWorkerOfAProcfileNeedsNoBroker(t *testing.T) {
	e, err := withProcfile(t, minimal, "worker: python manage.py db_worker\n")
	require.NoError(t, err)
	assert.Equal(t, spec.DjangoTasks, e.Workers[0].Kind)
	assert.Equal(t, spec.None, e.Broker.Kind)
}

func TestAConfigurationRefinesTheProcessesOfAProcfile(t *testing.T) {
	text := changed(t, minimal, "workers", []any{map[string]any{"name": "mail", "replicas": 3}})
	text = changed(t, text, "processes", []any{map[string]any{"name": "bot", "replicas": 2}})
	text = changed(t, text, "beat.enabled", false)
	e, err := withProcfile(t, text, "app/Procfile")
	require.NoError(t, err)

	assert.Equal(t, 3, e.Workers[0].Replicas)
	assert.Equal(t, []string{"celery", "-A", "shop", "worker", "-Q", "mail"}, e.Workers[0].Command)
	assert.Equal(t, 2, e.Processes[0].Replicas)
	assert.False(t, e.Beat.Enabled, "a configuration that says so keeps it off")
}

func TestAMissingProcfileIsReported(t *testing.T) {
	_, err := withProcfile(t, minimal, "Procfile.web")
	assert.ErrorContains(t, err, `app.procfile: "Procfile.web": cannot be read: no such file`)
}

func TestAPathIsDistinguishedFromText(t *testing.T) {
	for value, path := range map[string]bool{"": false, "Procfile": true, "../app/Procfile": true, "web: gunicorn": false, "web: a\nbot: b": false} {
		assert.Equal(t, path, spec.IsProcfilePath(value), value)
	}
}

func TestDefaultsOfProcessesAndCron(t *testing.T) {
	text := changed(t, minimal, "processes", []any{map[string]any{"name": "bot", "command": []any{"bot"}}})
	text = changed(t, text, "cron", []any{map[string]any{"name": "clean", "schedule": "0 3 * * *", "command": []any{"clean"}}})
	e, err := parse(t, text)
	require.NoError(t, err)

	assert.Equal(t, 1, e.Processes[0].Replicas)
	assert.Equal(t, 30, e.Processes[0].TerminationGracePeriodSeconds)
	assert.Equal(t, spec.Forbid, e.Cron[0].ConcurrencyPolicy)
	assert.Equal(t, "Etc/UTC", e.Cron[0].TimeZone)
	assert.Equal(t, 3600, e.Cron[0].ActiveDeadlineSeconds)
	assert.False(t, e.Cron[0].Suspend)
	assert.True(t, json.Valid(spec.Schema()))
}
