package django_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

func TestStatedStepsFollowEachOther(t *testing.T) {
	args := releaseArgs()
	args.Static = static(django.StaticInVolume)
	args.Steps = []django.Step{
		{Kind: django.StepMigrate, Timeout: 3600, Pods: django.Pods{Resources: pod.Resources{Memory: "1Gi"}}},
		{Command: django.Command{Name: "seed", Command: []string{"seed"}, Direct: true}},
		{Kind: django.StepCheck},
		{Kind: django.StepCollect},
		{Command: django.Command{Name: "compress", Command: []string{"compress"}, WritesStatic: true}, Pods: django.Pods{Image: "registry.example.com/node:1"}},
		{Kind: django.StepSuperuser},
	}
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRelease(args))
		follow(t, ran, map[string][]string{
			"migrate": nil, "step-seed": {"migrate"}, "check": {"step-seed"}, "collectstatic": {"check"},
			"step-compress": {"collectstatic"}, "superuser": {"step-compress"},
		})
	}
	ran := mocks.Run(t, mocks.Known, withRelease(args))
	migrate := ran.Find(t, "Job", "blog-migrate")
	assert.EqualValues(t, 3600, migrate.At(t, "spec.activeDeadlineSeconds"))
	assert.Equal(t, "1Gi", migrate.At(t, container+".resources.requests.memory"))
	compress := ran.Find(t, "Job", "blog-step-compress")
	assert.Equal(t, "registry.example.com/node:1", compress.At(t, container+".image"))
	assert.Contains(t, writable(compress.At(t, container+".volumeMounts")), "/srv/static")
	assert.NotContains(t, writable(ran.Find(t, "Job", "blog-step-seed").At(t, container+".volumeMounts")), "/srv/static")
}

func TestOnlyStepsWithoutADatabaseDoNotWaitForIt(t *testing.T) {
	args := releaseArgs()
	args.Static = static(django.StaticInVolume)
	args.Steps = []django.Step{{Kind: django.StepCollect}, {Kind: django.StepCheck}, {Kind: django.StepMigrate}}
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		database, err := corev1.NewService(ctx, "database", nil)
		if err != nil {
			return err
		}
		args.Services = []pulumi.Resource{database}
		return withRelease(args)(ctx)
	})
	database := ran.Find(t, "Service", "database")
	for step, waits := range map[string]bool{"collectstatic": false, "check": false, "migrate": true} {
		assert.Equal(t, waits, ran.Waits(ran.Find(t, "Job", "blog-"+step), database), step)
	}
}

func TestTheFilesOfACommandAreThereWhereTheyAreServed(t *testing.T) {
	args := webArgs()
	args.Static = static(django.StaticInPod)
	args.Static.Before = []django.Command{{Name: "bundle", Command: []string{"bundle"}}}
	args.Static.After = []django.Command{{Name: "compress", Command: []string{"compress"}, Direct: true}}
	web := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")

	assert.Equal(t, []string{"before-bundle", "collectstatic", "after-compress"}, texts(web.At(t, "spec.template.spec.initContainers")))
	for i := range 3 {
		mounts := web.At(t, fmt.Sprintf("spec.template.spec.initContainers[%d].volumeMounts", i))
		assert.Contains(t, writable(mounts), "/srv/static", "init container %d", i)
	}
}

// writable returns the paths of the mounts that a container may write to.
func writable(mounts any) []string {
	var paths []string
	list, _ := mounts.([]any)
	for _, entry := range list {
		mount, _ := entry.(map[string]any)
		if path, isText := mount["mountPath"].(string); isText && mount["readOnly"] != true {
			paths = append(paths, path)
		}
	}
	return paths
}

func TestACollectionWaitsForFilesThatACommandWritesFirst(t *testing.T) {
	args := releaseArgs()
	args.Static = static(django.StaticInVolume)
	args.Before = []django.Command{{Name: "bundle", Command: []string{"bundle"}, WritesStatic: true}}
	follow(t, mocks.Run(t, mocks.Known, withRelease(args)), map[string][]string{
		"check": nil, "before-bundle": {"check"}, "migrate": {"before-bundle"}, "collectstatic": {"before-bundle"}, "superuser": {"migrate"},
	})
}

func TestAMigrationIsTheAppsOwn(t *testing.T) {
	lock := int64(-7)
	args := releaseArgs()
	args.Migrate = django.Migrate{Databases: []string{"default", "reports"}, SkipChecks: true, AdvisoryLock: &lock}
	env := environmentOf(t, mocks.Run(t, mocks.Known, withRelease(args)).Find(t, "Job", "blog-migrate"))
	assert.Equal(t, "default\nreports", env["DJANGOSTACK_MIGRATE_DATABASES"])
	assert.Equal(t, "1", env["DJANGOSTACK_MIGRATE_SKIP_CHECKS"])
	assert.Equal(t, "-7", env["DJANGOSTACK_MIGRATE_LOCK"])

	args.Migrate = django.Migrate{Command: []string{"./migrate", "--locked"}}
	migrate := mocks.Run(t, mocks.Known, withRelease(args)).Find(t, "Job", "blog-migrate")
	assert.Equal(t, []any{"./migrate", "--locked"}, migrate.At(t, container+".command"))
	for name := range environmentOf(t, migrate) {
		assert.NotContains(t, name, "DJANGOSTACK_MIGRATE")
	}
}

func TestASuperuserHasTheFieldsOfItsModel(t *testing.T) {
	args := releaseArgs()
	args.Superuser = &django.Superuser{Email: "ada@example.com", Fields: map[string]string{"full_name": "Ada Lovelace"}}
	env := environmentOf(t, mocks.Run(t, mocks.Known, withRelease(args)).Find(t, "Job", "blog-superuser"))
	assert.Equal(t, "ada@example.com", env["DJANGO_SUPERUSER_EMAIL"])
	assert.Equal(t, "Ada Lovelace", env["DJANGO_SUPERUSER_FULL_NAME"])
	assert.Equal(t, "full_name", env["DJANGOSTACK_SUPERUSER_FIELDS"])
	assert.NotContains(t, env, "DJANGO_SUPERUSER_USERNAME", "the model is asked whether it signs in with the e-mail address")

	args.Superuser.Command = []string{"./create-admin"}
	superuser := mocks.Run(t, mocks.Known, withRelease(args)).Find(t, "Job", "blog-superuser")
	assert.Equal(t, []any{"./create-admin"}, superuser.At(t, container+".command"))
	assert.Equal(t, "ada@example.com", environmentOf(t, superuser)["DJANGO_SUPERUSER_USERNAME"])
}

func TestStepsThatCannotRunAreNamed(t *testing.T) {
	args := releaseArgs()
	args.Superuser, args.Static = nil, static(django.StaticInImage)
	args.Steps = []django.Step{{}, {Kind: "dance"}, {Kind: django.StepSuperuser}, {Kind: django.StepCollect}, {Command: django.Command{Name: "a", Command: []string{"a"}, WritesStatic: true}}}
	_, err := mocks.Try(mocks.Known, nil, withRelease(args))
	for _, text := range []string{
		"Steps[0]: Name and Command are required",
		`Steps[1]: Kind is "dance"; allowed are "command", "check", "migrate", "collectstatic" and "superuser"`,
		`Steps[2]: Kind "superuser" needs Superuser`,
		`Steps[3]: Kind "collectstatic" needs Static.Store "volume" or "bucket", not "image"`,
		`Steps[4]: WritesStatic needs Static.Store "volume", not "image"`,
	} {
		require.ErrorContains(t, err, text)
	}
}

// environmentOf returns the plain variables of a Job.
func environmentOf(t *testing.T, job mocks.Resource) map[string]string {
	t.Helper()
	variables := map[string]string{}
	entries, _ := job.At(t, container+".env").([]any)
	for _, entry := range entries {
		each, _ := entry.(map[string]any)
		name, _ := each["name"].(string)
		value, _ := each["value"].(string)
		if each["valueFrom"] == nil {
			variables[name] = value
		}
	}
	return variables
}
