package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func roleArgs() *kubernetes.DatabaseRoleArgs {
	return &kubernetes.DatabaseRoleArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    testLabels(),
		Image:     "docker.io/library/postgres:17",
		Admin: connection.Database{
			Host: pulumi.String("db.example"), Port: 5432, Name: "postgres", User: "master",
			Password: pulumi.ToSecret(pulumi.String("the-master-password")).(pulumi.StringOutput), SSLMode: "require",
		},
		Database:  "blog",
		User:      "blog",
		Resources: pod.Resources{CPU: "50m", Memory: "64Mi", MemoryLimit: "128Mi"},
		Data:      data.Held{Protected: true},
	}
}

func withRole(args *kubernetes.DatabaseRoleArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		role, err := kubernetes.NewDatabaseRole(ctx, "blog", args)
		if err != nil {
			return err
		}
		ctx.Export("url", role.Database.URL())
		return nil
	}
}

func TestAJobCreatesTheRole(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			ran := mocks.Run(t, outputs, withRole(roleArgs()))

			assert.Equal(t, []string{
				"DatabaseRole blog-database-role",
				"Job blog-database-role",
				"RandomPassword blog-database-role-password",
				"Secret blog-database-role",
			}, ran.Names())
			job := ran.Find(t, "Job", "blog-database-role")
			assert.Equal(t, "true", job.At(t, `metadata.annotations["pulumi.com/replaceUnready"]`))
			assert.Equal(t, "64Mi", job.At(t, "spec.template.spec.containers[0].resources.requests.memory"))
			assert.True(t, ran.Find(t, "RandomPassword", "blog-database-role-password").Protect)
		})
	}
}

func TestTheRolesJobIsRestricted(t *testing.T) {
	job := mocks.Run(t, mocks.Known, withRole(roleArgs())).Find(t, "Job", "blog-database-role")

	assert.Equal(t, false, job.At(t, "spec.template.spec.automountServiceAccountToken"))
	assert.Equal(t, true, job.At(t, "spec.template.spec.securityContext.runAsNonRoot"))
	assert.Equal(t, "RuntimeDefault", job.At(t, "spec.template.spec.securityContext.seccompProfile.type"))
	assert.Equal(t, true, job.At(t, "spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem"))
	assert.Equal(t, false, job.At(t, "spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation"))
	assert.Equal(t, []any{"ALL"}, job.At(t, "spec.template.spec.containers[0].securityContext.capabilities.drop"))
	assert.Equal(t, "/tmp", job.At(t, "spec.template.spec.containers[0].volumeMounts[0].mountPath"))
}

func TestThePasswordsComeFromASecretAndAreInNoCommand(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRole(roleArgs()))

		assert.Equal(t, mocks.Hidden, ran.Find(t, "Secret", "blog-database-role").Plain()["stringData"])
		job := ran.Find(t, "Job", "blog-database-role")
		assert.NotContains(t, job.At(t, "spec.template.spec.containers[0].command"), "the-master-password")
		sources := map[string]any{}
		for _, variable := range job.At(t, "spec.template.spec.containers[0].env").([]any) {
			one := variable.(map[string]any)
			if one["valueFrom"] == nil {
				assert.NotContains(t, one["value"], "password")
				continue
			}
			sources[one["name"].(string)] = one["valueFrom"].(map[string]any)["secretKeyRef"].(map[string]any)["key"]
		}
		assert.Equal(t, map[string]any{"PGPASSWORD": "admin-password", "ROLE_PASSWORD": "password"}, sources)
	}
}

func TestTheAppGetsItsOwnRoleOnTheAdminsServer(t *testing.T) {
	mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		role, err := kubernetes.NewDatabaseRole(ctx, "blog", roleArgs())
		require.NoError(t, err)
		assert.Equal(t, pulumi.String("db.example"), role.Database.Host)
		assert.Equal(t, "blog", role.Database.User)
		assert.Equal(t, "blog", role.Database.Name)
		assert.Equal(t, "require", role.Database.SSLMode)
		role.Database.Password.ToStringOutput().ApplyT(func(password string) string {
			assert.Equal(t, "generated-blog-database-role-password", password)
			return password
		})
		return nil
	})
}

func TestARoleRefusesTheAdministratorAndNamesThatNeedQuotes(t *testing.T) {
	for want, change := range map[string]func(*kubernetes.DatabaseRoleArgs){
		"DatabaseRole: Namespace is required": func(a *kubernetes.DatabaseRoleArgs) { *a = kubernetes.DatabaseRoleArgs{} },
		"DatabaseRole: Admin.Password is":     func(a *kubernetes.DatabaseRoleArgs) { a.Admin.Password = nil },
		`User is "master", the administrator`: func(a *kubernetes.DatabaseRoleArgs) { a.User = "master" },
		`User is "blog;drop"`:                 func(a *kubernetes.DatabaseRoleArgs) { a.User = "blog;drop" },
		`Database is "Blog"`:                  func(a *kubernetes.DatabaseRoleArgs) { a.Database = "Blog" },
	} {
		args := roleArgs()
		change(args)
		ran, err := mocks.Try(mocks.Known, nil, withRole(args))
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources)
	}
}
