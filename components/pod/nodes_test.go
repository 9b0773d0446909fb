package pod_test

import (
	"testing"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/tests/mocks"
)

type group struct{ pulumi.ResourceState }

func TestPodsBelowAComponentRunOnItsNodes(t *testing.T) {
	template := corev1.PodTemplateSpecArgs{Spec: corev1.PodSpecArgs{}}
	stated := corev1.PodTemplateSpecArgs{Spec: corev1.PodSpecArgs{NodeSelector: pulumi.StringMap{"arch": pulumi.String("amd64"), "disk": pulumi.String("fast")}}}
	job := batchv1.JobSpecArgs{Template: template}
	ran := mocks.Run(t, mocks.Known, func(ctx *pulumi.Context) error {
		above, below := &group{}, &group{}
		if err := ctx.RegisterComponentResource("test:Above", "above", above, pod.OnNodes(map[string]string{"arch": "arm64"})); err != nil {
			return err
		}
		if err := ctx.RegisterComponentResource("test:Below", "below", below, pulumi.Parent(above)); err != nil {
			return err
		}
		inside := pulumi.Parent(below)
		for _, register := range []func() error{
			func() error {
				_, err := appsv1.NewDeployment(ctx, "deployment", &appsv1.DeploymentArgs{Spec: appsv1.DeploymentSpecArgs{Template: template}}, inside)
				return err
			},
			func() error {
				_, err := appsv1.NewDeployment(ctx, "stated", &appsv1.DeploymentArgs{Spec: appsv1.DeploymentSpecArgs{Template: stated}}, inside)
				return err
			},
			func() error {
				_, err := appsv1.NewStatefulSet(ctx, "set", &appsv1.StatefulSetArgs{Spec: appsv1.StatefulSetSpecArgs{Template: template}}, inside)
				return err
			},
			func() error {
				_, err := appsv1.NewDaemonSet(ctx, "daemon", &appsv1.DaemonSetArgs{Spec: appsv1.DaemonSetSpecArgs{Template: template}}, inside)
				return err
			},
			func() error {
				_, err := batchv1.NewJob(ctx, "job", &batchv1.JobArgs{Spec: job}, inside)
				return err
			},
			func() error {
				_, err := batchv1.NewCronJob(ctx, "cron", &batchv1.CronJobArgs{Spec: batchv1.CronJobSpecArgs{JobTemplate: batchv1.JobTemplateSpecArgs{Spec: job}}}, inside)
				return err
			},
			func() error {
				_, err := appsv1.NewDeployment(ctx, "beside", &appsv1.DeploymentArgs{Spec: appsv1.DeploymentSpecArgs{Template: template}})
				return err
			},
		} {
			if err := register(); err != nil {
				return err
			}
		}
		return nil
	})
	arm := map[string]any{"arch": "arm64"}
	const path = "spec.template.spec.nodeSelector"
	assert.Equal(t, arm, ran.Find(t, "Deployment", "deployment").At(t, path))
	assert.Equal(t, arm, ran.Find(t, "StatefulSet", "set").At(t, path))
	assert.Equal(t, arm, ran.Find(t, "Job", "job").At(t, path))
	assert.Equal(t, arm, ran.Find(t, "CronJob", "cron").At(t, "spec.jobTemplate."+path))
	assert.Equal(t, map[string]any{"arch": "amd64", "disk": "fast"}, ran.Find(t, "Deployment", "stated").At(t, path), "what pods select themselves stays")
	assert.Nil(t, ran.Find(t, "DaemonSet", "daemon").At(t, path), "its pods run on every node")
	assert.Nil(t, ran.Find(t, "Deployment", "beside").At(t, path))
}
