package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func moveArgs() *kubernetes.DatabaseMoveArgs {
	at := func(host, password string) connection.Database {
		return connection.Database{
			Host: pulumi.String(host), Port: 5432, Name: "blog", User: "blog",
			Password: pulumi.ToSecret(pulumi.String(password)).(pulumi.StringOutput), SSLMode: "verify-full", CA: pulumi.String("authority of " + host),
		}
	}
	return &kubernetes.DatabaseMoveArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    testLabels(),
		Image:     "docker.io/library/postgres:17",
		From:      at("blog-postgres", "the-old-password"),
		To:        at("db.example", "the-new-password"),
		Move:      "in-cluster-to-managed",
		Step:      kubernetes.CopyMove,
		Patience:  600,
		Timeout:   3600,
		Resources: pod.Resources{CPU: "50m", Memory: "256Mi", MemoryLimit: "512Mi"},
	}
}

func withMove(args *kubernetes.DatabaseMoveArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewDatabaseMove(ctx, "blog", args)
		return err
	}
}

func TestAMoveTrustsBothServersAndHidesBothPasswords(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withMove(moveArgs()))
			job := ran.OfKind("Job")[0]
			variables := map[string]any{}
			for _, variable := range job.At(t, "spec.template.spec.containers[0].env").([]any) {
				one := variable.(map[string]any)
				variables[one["name"].(string)] = one["value"]
				if one["valueFrom"] != nil {
					variables[one["name"].(string)] = one["valueFrom"].(map[string]any)["secretKeyRef"].(map[string]any)["key"]
				}
			}
			for name, want := range map[string]any{
				"PGHOST": "db.example", "PGPASSWORD": "password", "PGSSLMODE": "verify-full",
				"FROM_PGHOST": "blog-postgres", "FROM_PGPASSWORD": "from-password", "FROM_PGSSLMODE": "verify-full",
				"MOVE_NAME": "in-cluster-to-managed", "MOVE_STEP": "copy", "MOVE_PATIENCE": "600",
			} {
				assert.Equal(t, want, variables[name], name)
			}
			assert.NotEqual(t, variables["PGSSLROOTCERT"], variables["FROM_PGSSLROOTCERT"], "each server has its own authority")
			assert.Len(t, ran.OfKind("ConfigMap"), 2)
			assert.NotContains(t, job.Plain(), "-password")
			assert.Equal(t, mocks.Hidden, ran.Find(t, "Secret", "blog-database-move").Plain()["stringData"])
			assert.Equal(t, []any{3.0, 65.0}, job.At(t, "spec.podFailurePolicy.rules[0].onExitCodes.values"), "databases that differ are not tried again")
		})
	}
}

// A Job of an update that was interrupted may still run. Under one name, the next step deletes it first.
func TestTheStepsOfAMoveAreOneJob(t *testing.T) {
	names := map[string]bool{}
	for _, step := range []kubernetes.MoveStep{kubernetes.PrepareMove, kubernetes.CopyMove, kubernetes.KeepMove, kubernetes.BackMove} {
		args := moveArgs()
		args.Step = step
		names[mocks.Run(t, mocks.Known, withMove(args)).OfKind("Job")[0].Name] = true
	}
	assert.Len(t, names, 1)
}

func TestAMoveNamesWhatIsMissing(t *testing.T) {
	for want, change := range map[string]func(*kubernetes.DatabaseMoveArgs){
		"DatabaseMove: Namespace is required":                       func(a *kubernetes.DatabaseMoveArgs) { a.Namespace = nil },
		"DatabaseMove: Move is required":                            func(a *kubernetes.DatabaseMoveArgs) { a.Move = "" },
		"DatabaseMove: Step is required":                            func(a *kubernetes.DatabaseMoveArgs) { a.Step = "" },
		"DatabaseMove: From.Password is required":                   func(a *kubernetes.DatabaseMoveArgs) { a.From.Password = nil },
		"DatabaseMove: To.Host is required":                         func(a *kubernetes.DatabaseMoveArgs) { a.To.Host = nil },
		"Timeout is 600 seconds; it must be more than the Patience": func(a *kubernetes.DatabaseMoveArgs) { a.Timeout = 600 },
	} {
		args := moveArgs()
		change(args)
		ran, err := mocks.Try(mocks.Known, nil, withMove(args))
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources)
	}
}
