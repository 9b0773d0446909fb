package django_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestAWorkerFollowsTheTasksInTheDatabase(t *testing.T) {
	args := scaledWorker(nil)
	args.Command = django.TasksCommand([]string{"python", "manage.py"}, []string{"default", "mail"})
	args.Scaling = &django.Scaling{Min: 0, Max: 5, DownPercent: 50, DownWindow: 300, Rows: &django.Rows{
		Database: connection.Database{
			Host: pulumi.String("blog-postgres"), Port: 5432, Name: "blog", User: "blog", Password: pulumi.String("secret"),
			SSLMode: "verify-full", CA: pulumi.String("certificate"),
		},
		Query: django.TasksQuery([]string{"default", "it's"}), Length: 10,
	}}
	ran := mocks.Run(t, mocks.Known, withWorker(args))

	trigger := ran.Find(t, "ScaledObject", "blog-worker-"+args.Name+"-queue")
	assert.Equal(t, "postgresql", trigger.At(t, "spec.triggers[0].type"))
	assert.Equal(t, "blog-postgres.blog-dev.svc", trigger.At(t, "spec.triggers[0].metadata.host"), "KEDA is in another namespace")
	assert.Equal(t, "require", trigger.At(t, "spec.triggers[0].metadata.sslmode"), "KEDA has no file of a private authority")
	assert.Contains(t, trigger.At(t, "spec.triggers[0].metadata.query"), "queue_name IN ('default', 'it''s')")
	assert.Equal(t, "10", trigger.At(t, "spec.triggers[0].metadata.targetQueryValue"))
	assert.True(t, ran.Find(t, "Secret", "blog-worker-"+args.Name+"-queue").Secret("stringData"))
	worker := ran.Find(t, "Deployment", "blog-worker-"+args.Name)
	assert.Equal(t, []any{"python", "manage.py", "db_worker", "--queue-name=default,mail"}, worker.At(t, container+".command"))
}

func TestAWorkerFollowsOneSignal(t *testing.T) {
	args := scaledWorker(&django.Scaling{Min: 1, Max: 2, DownPercent: 50, CPUPercent: 70, Rows: &django.Rows{}})
	_, err := mocks.Try(mocks.Known, nil, withWorker(args))
	assert.ErrorContains(t, err, "Scaling needs CPUPercent, MemoryPercent or both, or a Queue, or Rows")
	assert.ErrorContains(t, err, "Worker: Scaling.Rows.Query is required")
}
