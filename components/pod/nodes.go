package pod

import (
	"maps"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// OnNodes returns an option that lets the pods of a component, and of all components below
// it, run on nodes with these labels only. A pod that selects another value for a label keeps
// it. The pods of a DaemonSet run on every node.
func OnNodes(labels map[string]string) pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(r *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			if !selectNodes(r.Props, labels) {
				return nil
			}
			return &pulumi.ResourceTransformationResult{Props: r.Props, Opts: r.Opts}
		},
	})
}

// selectNodes changes the pods of a workload, and reports whether it did. The components of
// this program write workloads as plain values.
func selectNodes(workload pulumi.Input, labels map[string]string) bool {
	switch args := workload.(type) {
	case *appsv1.DeploymentArgs:
		spec, ok := args.Spec.(appsv1.DeploymentSpecArgs)
		if ok {
			spec.Template, ok = selecting(spec.Template, labels)
			args.Spec = spec
		}
		return ok
	case *appsv1.StatefulSetArgs:
		spec, ok := args.Spec.(appsv1.StatefulSetSpecArgs)
		if ok {
			spec.Template, ok = selecting(spec.Template, labels)
			args.Spec = spec
		}
		return ok
	case *batchv1.JobArgs:
		spec, ok := args.Spec.(batchv1.JobSpecArgs)
		if ok {
			spec.Template, ok = selecting(spec.Template, labels)
			args.Spec = spec
		}
		return ok
	case *batchv1.CronJobArgs:
		return ofCronJob(args, labels)
	default:
		return false
	}
}

func ofCronJob(args *batchv1.CronJobArgs, labels map[string]string) bool {
	spec, ok := args.Spec.(batchv1.CronJobSpecArgs)
	if !ok {
		return false
	}
	template, ok := spec.JobTemplate.(batchv1.JobTemplateSpecArgs)
	if !ok {
		return false
	}
	job, ok := template.Spec.(batchv1.JobSpecArgs)
	if !ok {
		return false
	}
	job.Template, ok = selecting(job.Template, labels)
	template.Spec = job
	spec.JobTemplate = template
	args.Spec = spec
	return ok
}

// selecting returns a template whose pods select nodes with the labels.
func selecting(template corev1.PodTemplateSpecInput, labels map[string]string) (corev1.PodTemplateSpecInput, bool) {
	args, ok := template.(corev1.PodTemplateSpecArgs)
	if !ok {
		return template, false
	}
	spec, ok := args.Spec.(corev1.PodSpecArgs)
	if !ok {
		return template, false
	}
	selector := pulumi.ToStringMap(labels)
	if stated, ok := spec.NodeSelector.(pulumi.StringMap); ok {
		maps.Copy(selector, stated)
	}
	spec.NodeSelector = selector
	args.Spec = spec
	return args, true
}
