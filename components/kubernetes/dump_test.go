package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func dumpArgs() *kubernetes.DumpArgs {
	return &kubernetes.DumpArgs{
		Namespace: pulumi.String("blog-dev"),
		Labels:    testLabels(),
		Image:     "docker.io/library/postgres:17",
		Database: connection.Database{
			Host: pulumi.String("db.example"), Port: 5432, Name: "blog", User: "blog",
			Password: pulumi.ToSecret(pulumi.String("the-app-password")).(pulumi.StringOutput), SSLMode: "require",
		},
		Source:         "s3://dumps/blog.dump",
		Fetch:          kubernetes.DumpFetch{Image: "registry.example.com/aws-cli:2", Command: []string{"aws", "s3", "cp"}},
		ServiceAccount: pulumi.String("blog"),
		Size:           "5Gi",
		Timeout:        1800,
		Resources:      pod.Resources{CPU: "50m", Memory: "256Mi", MemoryLimit: "512Mi", DiskLimit: "1Gi"},
	}
}

func withDump(args *kubernetes.DumpArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewDump(ctx, "blog", args)
		return err
	}
}

func dumpJob(t *testing.T, outputs mocks.Outputs, args *kubernetes.DumpArgs) mocks.Resource {
	t.Helper()
	jobs := mocks.Run(t, outputs, withDump(args)).OfKind("Job")
	require.Len(t, jobs, 1)
	return jobs[0]
}

func TestADumpIsFetchedAndThenImported(t *testing.T) {
	for _, outputs := range mocks.Both() {
		t.Run(string(outputs), func(t *testing.T) {
			job := dumpJob(t, outputs, dumpArgs())

			fetch, load := "spec.template.spec.initContainers[0]", "spec.template.spec.containers[0]"
			assert.Equal(t, []any{"aws", "s3", "cp", "s3://dumps/blog.dump", "/dump/dump"}, job.At(t, fetch+".command"))
			assert.Equal(t, "registry.example.com/aws-cli:2", job.At(t, fetch+".image"))
			assert.Equal(t, "docker.io/library/postgres:17", job.At(t, load+".image"))
			assert.Equal(t, "blog", job.At(t, "spec.template.spec.serviceAccountName"))
			for _, container := range []string{fetch, load} {
				assert.Equal(t, "/dump", job.At(t, container+".volumeMounts[1].mountPath"))
				assert.Equal(t, true, job.At(t, container+".securityContext.readOnlyRootFilesystem"))
				assert.Equal(t, "5Gi", job.At(t, container+`.resources.requests["ephemeral-storage"]`))
				assert.Equal(t, "5Gi", job.At(t, container+`.resources.limits["ephemeral-storage"]`), "no limit is below the request")
			}
			assert.Equal(t, "5Gi", job.At(t, "spec.template.spec.volumes[1].emptyDir.sizeLimit"))
			assert.Equal(t, "true", job.At(t, `metadata.annotations["pulumi.com/replaceUnready"]`))
		})
	}
}

func TestAnotherDumpIsAnotherJob(t *testing.T) {
	first := dumpJob(t, mocks.Known, dumpArgs())
	slower := dumpArgs()
	slower.Timeout = 3600
	other := dumpArgs()
	other.Source = "s3://dumps/newer.dump"

	assert.Equal(t, first.Name, dumpJob(t, mocks.Known, slower).Name)
	assert.NotEqual(t, first.Name, dumpJob(t, mocks.Known, other).Name)
}

func TestADumpThatIsRefusedIsNotTriedAgain(t *testing.T) {
	job := dumpJob(t, mocks.Known, dumpArgs())

	assert.Equal(t, "FailJob", job.At(t, "spec.podFailurePolicy.rules[0].action"))
	assert.Equal(t, "dump", job.At(t, "spec.podFailurePolicy.rules[0].onExitCodes.containerName"))
	assert.Equal(t, []any{3.0, 65.0}, job.At(t, "spec.podFailurePolicy.rules[0].onExitCodes.values"))
	assert.Equal(t, 3.0, job.At(t, "spec.backoffLimit"), "what the network did is tried again")
}

func TestTheDumpsPasswordIsInASecretOnly(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withDump(dumpArgs()))

		assert.Equal(t, mocks.Hidden, ran.Find(t, "Secret", "blog-dump").Plain()["stringData"])
		job := ran.OfKind("Job")[0]
		assert.NotContains(t, job.Plain(), "the-app-password")
		hidden := map[string]any{}
		for _, variable := range job.At(t, "spec.template.spec.containers[0].env").([]any) {
			one := variable.(map[string]any)
			if one["valueFrom"] != nil {
				hidden[one["name"].(string)] = one["valueFrom"].(map[string]any)["secretKeyRef"].(map[string]any)["key"]
			}
		}
		assert.Equal(t, map[string]any{"PGPASSWORD": "password"}, hidden)
		for _, variable := range job.At(t, "spec.template.spec.initContainers[0].env").([]any) {
			assert.NotEqual(t, "PGPASSWORD", variable.(map[string]any)["name"], "what fetches need not sign in")
		}
	}
}

func TestADumpNamesWhatIsMissingOrWrong(t *testing.T) {
	for want, change := range map[string]func(*kubernetes.DumpArgs){
		"Dump: Namespace is required":         func(a *kubernetes.DumpArgs) { *a = kubernetes.DumpArgs{} },
		"Dump: Fetch.Command is required":     func(a *kubernetes.DumpArgs) { a.Fetch.Command = nil },
		"Dump: Database.Password is required": func(a *kubernetes.DumpArgs) { a.Database.Password = nil },
		"Dump: Timeout is required":           func(a *kubernetes.DumpArgs) { a.Timeout = 0 },
		`Dump: Source is "blog.dump"`:         func(a *kubernetes.DumpArgs) { a.Source = "blog.dump" },
		`Dump: Source is "s3://dumps"`:        func(a *kubernetes.DumpArgs) { a.Source = "s3://dumps" },
	} {
		args := dumpArgs()
		change(args)
		ran, err := mocks.Try(mocks.Known, nil, withDump(args))
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources)
	}
}
