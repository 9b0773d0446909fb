package backups

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/djangostack/djangostack/components/labels"
)

// JobError reports a Job that failed.
type JobError struct {
	// Job and Namespace name it.
	Job, Namespace string
	// Reason is what the cluster says, and Lines are the last lines that the Job printed.
	Reason string
	Lines  []string
}

func (e *JobError) Error() string {
	text := fmt.Sprintf("the Job %s in the namespace %s failed", e.Job, e.Namespace)
	if len(e.Lines) > 0 {
		return text + ": " + e.Lines[len(e.Lines)-1]
	}
	return text + ": " + e.Reason
}

// BusyError reports that another restore runs.
type BusyError struct{ Job string }

func (e *BusyError) Error() string { return fmt.Sprintf("the Job %s still runs", e.Job) }

// run starts a Job from the CronJob of a part with some variables set, prints its lines, and returns the records that it
// printed. ready is called with the pod's name when the Job waits for its caller; nil if it does not.
func (c *Client) run(ctx context.Context, part string, variables map[string]string, ready func(ctx context.Context, pod string) error) (records, error) {
	template, err := c.cronJob(ctx, part)
	if err != nil {
		return records{}, err
	}
	if err := knows(template, variables[databaseVariable]); err != nil {
		return records{}, err
	}
	if variables["BACKUP_ACTION"] == "restore" {
		if err := c.refuseSecond(ctx); err != nil {
			return records{}, err
		}
	}
	job, err := c.kubernetes.BatchV1().Jobs(c.namespace).Create(ctx, newJob(template, variables), metav1.CreateOptions{})
	if err != nil {
		return records{}, fmt.Errorf("creating a Job from the CronJob %s: %w", template.Name, err)
	}
	c.progress(fmt.Sprintf("Started the Job %s in the namespace %s", job.Name, c.namespace))
	pod, err := c.startedPod(ctx, job.Name)
	if err != nil {
		return records{}, err
	}
	found, err := c.follow(ctx, pod, ready)
	if err != nil && ready != nil {
		return records{}, errors.Join(err, c.remove(ctx, job.Name))
	}
	if err != nil {
		return records{}, err
	}
	return found, c.wait(ctx, job.Name, found.lines)
}

// databaseVariable names one database of a backup.
const databaseVariable = "BACKUP_DATABASE"

// knows refuses a database if the Jobs in the cluster are of an earlier release, which would use the first.
func knows(template *batchv1.CronJob, database string) error {
	command := template.Spec.JobTemplate.Spec.Template.Spec.Containers[0].Command
	if database == "" || strings.Contains(strings.Join(command, " "), databaseVariable) {
		return nil
	}
	return fmt.Errorf("the CronJob %s is of an earlier release, which knows one database only: run up first", template.Name)
}

// remove deletes a Job that waits for its caller in vain, even if the caller was interrupted.
func (c *Client) remove(ctx context.Context, job string) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	background := metav1.DeletePropagationBackground
	err := c.kubernetes.BatchV1().Jobs(c.namespace).Delete(ctx, job, metav1.DeleteOptions{PropagationPolicy: &background})
	if err != nil {
		return fmt.Errorf("deleting the Job %s: %w", job, err)
	}
	return nil
}

// hour is how long a Job from a caller is kept with its logs, in seconds.
const hour = 3600

// newJob is a Job as kubectl create job --from makes it.
func newJob(template *batchv1.CronJob, variables map[string]string) *batchv1.Job {
	job := &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{
			GenerateName: template.Name + "-",
			Labels:       maps.Clone(template.Spec.JobTemplate.Labels),
			Annotations:  map[string]string{"cronjob.kubernetes.io/instantiate": "manual"},
		},
		Spec: *template.Spec.JobTemplate.Spec.DeepCopy(),
	}
	// The caller sees the failure, and decides.
	job.Spec.BackoffLimit = new(int32)
	keep := int32(hour)
	job.Spec.TTLSecondsAfterFinished = &keep
	container := &job.Spec.Template.Spec.Containers[0]
	container.Env = slices.DeleteFunc(container.Env, func(variable corev1.EnvVar) bool {
		_, replaced := variables[variable.Name]
		return replaced
	})
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		container.Env = append(container.Env, corev1.EnvVar{Name: name, Value: variables[name]})
	}
	return job
}

// refuseSecond refuses a restore while another one runs.
func (c *Client) refuseSecond(ctx context.Context) error {
	jobs, err := c.kubernetes.BatchV1().Jobs(c.namespace).List(ctx, metav1.ListOptions{LabelSelector: c.selector(labels.Restore)})
	if err != nil {
		return fmt.Errorf("listing the restores: %w", err)
	}
	for _, job := range jobs.Items {
		if job.Status.Active > 0 && restores(&job) {
			return &BusyError{Job: job.Name}
		}
	}
	return nil
}

// selector selects the objects of one component of the environment.
func (c *Client) selector(component string) string {
	return fmt.Sprintf("%s=%s,%s=%s,%s=%s", labels.NameLabel, c.names[labels.NameLabel],
		labels.InstanceLabel, c.names[labels.InstanceLabel], labels.ComponentLabel, component)
}

func restores(job *batchv1.Job) bool {
	return slices.Contains(job.Spec.Template.Spec.Containers[0].Env, corev1.EnvVar{Name: "BACKUP_ACTION", Value: "restore"})
}

// startedPod waits for the pod of a Job to start, and says what it waits for.
func (c *Client) startedPod(ctx context.Context, job string) (string, error) {
	said := ""
	for {
		pods, err := c.kubernetes.CoreV1().Pods(c.namespace).List(ctx, metav1.ListOptions{LabelSelector: "batch.kubernetes.io/job-name=" + job})
		if err != nil {
			return "", fmt.Errorf("looking for the pod of the Job %s: %w", job, err)
		}
		reason := "the Job has no pod yet"
		for _, pod := range pods.Items {
			if pod.Status.Phase != corev1.PodPending {
				return pod.Name, nil
			}
			reason = waitsFor(&pod)
		}
		if err := c.failed(ctx, job, nil); err != nil {
			return "", err
		}
		if reason != said && reason != "" {
			c.progress("Waiting: " + reason)
			said = reason
		}
		if err := c.sleep(ctx); err != nil {
			return "", err
		}
	}
}

// waitsFor says why a pod has not started; empty for a pod that is starting.
func waitsFor(pod *corev1.Pod) string {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return condition.Message
		}
	}
	for _, container := range pod.Status.ContainerStatuses {
		if waiting := container.State.Waiting; waiting != nil && waiting.Message != "" {
			return waiting.Reason + ": " + waiting.Message
		}
	}
	return ""
}

// follow reads the log of a pod to its end.
func (c *Client) follow(ctx context.Context, pod string, ready func(ctx context.Context, pod string) error) (records, error) {
	stream, err := c.kubernetes.CoreV1().Pods(c.namespace).GetLogs(pod, &corev1.PodLogOptions{Follow: true}).Stream(ctx)
	if err != nil {
		return records{}, fmt.Errorf("reading the log of the pod %s: %w", pod, err)
	}
	defer func() { _ = stream.Close() }()
	return c.read(ctx, stream, func() error {
		if ready == nil {
			return nil
		}
		return ready(ctx, pod)
	})
}

func (c *Client) read(ctx context.Context, stream io.Reader, ready func() error) (records, error) {
	var found records
	lines := bufio.NewScanner(stream)
	for lines.Scan() {
		line := lines.Text()
		isRecord, err := found.add(line)
		if err != nil {
			return found, err
		}
		if line == "@ready" {
			if err := ready(); err != nil {
				return found, err
			}
		}
		if !isRecord {
			c.progress(line)
		}
	}
	if err := lines.Err(); err != nil {
		return found, errors.Join(ctx.Err(), fmt.Errorf("reading the log: %w", err))
	}
	return found, nil
}

// wait waits for a Job whose pod has ended.
func (c *Client) wait(ctx context.Context, job string, lines []string) error {
	for {
		read, err := c.kubernetes.BatchV1().Jobs(c.namespace).Get(ctx, job, metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("reading the Job %s: %w", job, err)
		}
		if hasCondition(read, batchv1.JobComplete) != nil {
			return nil
		}
		if err := c.failed(ctx, job, lines); err != nil {
			return err
		}
		if err := c.sleep(ctx); err != nil {
			return err
		}
	}
}

// failed returns a *JobError if the Job has failed.
func (c *Client) failed(ctx context.Context, job string, lines []string) error {
	read, err := c.kubernetes.BatchV1().Jobs(c.namespace).Get(ctx, job, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading the Job %s: %w", job, err)
	}
	if condition := hasCondition(read, batchv1.JobFailed); condition != nil {
		return &JobError{Job: job, Namespace: c.namespace, Reason: strings.TrimSpace(condition.Reason + " " + condition.Message), Lines: lines}
	}
	return nil
}

func hasCondition(job *batchv1.Job, kind batchv1.JobConditionType) *batchv1.JobCondition {
	for i, condition := range job.Status.Conditions {
		if condition.Type == kind && condition.Status == corev1.ConditionTrue {
			return &job.Status.Conditions[i]
		}
	}
	return nil
}

func (c *Client) sleep(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(c.poll):
		return nil
	}
}
