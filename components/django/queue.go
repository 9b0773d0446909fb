package django

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/validate"
)

// kedaVersion is the version of KEDA's resources
// (https://keda.sh/docs/latest/reference/scaledobject-spec/).
const kedaVersion = "keda.sh/v1alpha1"

// Queue is the messages that a worker's pods follow. KEDA (https://keda.sh) must be in
// the cluster, and must reach the broker. It counts the messages that wait, not those
// that a worker has taken: a pod that is taken away finishes its task first.
type Queue struct {
	// Redis or AMQP is the broker; one of them.
	Redis *connection.Redis
	AMQP  *connection.AMQP
	// Names of the queues.
	Names []string
	// Length is how many messages may wait for each pod, in each queue.
	Length int
}

func (q *Queue) check(component string) error {
	var problems []error
	if (q.Redis == nil) == (q.AMQP == nil) {
		problems = append(problems, fmt.Errorf("%s: Scaling.Queue.Redis or Scaling.Queue.AMQP is required, and not both", component))
	}
	return errors.Join(append(problems, validate.Check(component,
		validate.Required("Scaling.Queue.Names", len(q.Names) > 0),
		validate.Required("Scaling.Queue.Length", q.Length > 0),
	))...)
}

// scaleByQueue registers KEDA's objects. The password stands in a Secret that only the
// TriggerAuthentication names.
func (r *Runtime) scaleByQueue(ctx *pulumi.Context, name, part string, s *Scaling, parent pulumi.Resource, options []pulumi.ResourceOption) error {
	name += "-" + part
	entries := s.Queue.secret()
	secret, err := corev1.NewSecret(ctx, name+"-queue", &corev1.SecretArgs{
		Metadata:   r.metadata("", part),
		Immutable:  pulumi.Bool(true),
		StringData: entries,
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the Secret of the queue of %s: %w", part, err)
	}
	parameters := pulumi.Array{}
	for _, parameter := range sortedKeys(entries) {
		parameters = append(parameters, pulumi.Map{
			"parameter": pulumi.String(parameter),
			"name":      secret.Metadata.Name(),
			"key":       pulumi.String(parameter),
		})
	}
	authentication, err := apiextensions.NewCustomResource(ctx, name+"-queue-access", &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String(kedaVersion),
		Kind:        pulumi.String("TriggerAuthentication"),
		Metadata:    r.metadata(name, part),
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{"secretTargetRef": parameters}},
	}, pulumi.Parent(parent))
	if err != nil {
		return fmt.Errorf("registering the TriggerAuthentication of %s: %w", part, err)
	}
	_, err = apiextensions.NewCustomResource(ctx, name+"-queue", &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String(kedaVersion),
		Kind:        pulumi.String("ScaledObject"),
		Metadata:    r.metadata(name, part),
		OtherFields: kubernetes.UntypedArgs{"spec": s.scaledObject(name, authentication.Metadata.Name().Elem())},
	}, options...)
	return wrap(err, "registering the ScaledObject of %s", part)
}

func (s *Scaling) scaledObject(deployment string, authentication pulumi.StringInput) pulumi.Map {
	triggers := pulumi.Array{}
	for _, queue := range s.Queue.Names {
		triggers = append(triggers, s.Queue.trigger(queue, authentication))
	}
	return pulumi.Map{
		"scaleTargetRef":  pulumi.Map{"name": pulumi.String(deployment)},
		"minReplicaCount": pulumi.Int(s.Min),
		"maxReplicaCount": pulumi.Int(s.Max),
		// From the last message to no pod at all, where that is allowed.
		"cooldownPeriod": pulumi.Int(s.DownWindow),
		"triggers":       triggers,
		"advanced": pulumi.Map{"horizontalPodAutoscalerConfig": pulumi.Map{"behavior": pulumi.Map{
			"scaleUp": pulumi.Map{"stabilizationWindowSeconds": pulumi.Int(s.UpWindow)},
			"scaleDown": pulumi.Map{
				"stabilizationWindowSeconds": pulumi.Int(s.DownWindow),
				"policies": pulumi.Array{pulumi.Map{
					"type": pulumi.String("Percent"), "value": pulumi.Int(s.DownPercent), "periodSeconds": pulumi.Int(60),
				}},
			},
		}}},
	}
}

// trigger counts the messages of one queue: with Redis, Celery keeps it in a list of
// the queue's name in database 0.
func (q *Queue) trigger(queue string, authentication pulumi.StringInput) pulumi.Map {
	length := pulumi.String(strconv.Itoa(q.Length))
	trigger := pulumi.Map{"authenticationRef": pulumi.Map{"name": authentication}}
	if q.AMQP != nil {
		trigger["type"] = pulumi.String("rabbitmq")
		trigger["metadata"] = pulumi.Map{
			"protocol":  pulumi.String("amqp"),
			"mode":      pulumi.String("QueueLength"),
			"queueName": pulumi.String(queue),
			"value":     length,
		}
		return trigger
	}
	metadata := pulumi.Map{
		"address":       pulumi.Sprintf("%s:%d", q.Redis.Host, q.Redis.Port),
		"databaseIndex": pulumi.String("0"),
		"listName":      pulumi.String(queue),
		"listLength":    length,
	}
	// KEDA refuses TLS that both the trigger and its authentication ask for.
	if q.Redis.TLS && q.Redis.CA == nil {
		metadata["enableTLS"] = pulumi.String("true")
	}
	trigger["type"] = pulumi.String("redis")
	trigger["metadata"] = metadata
	return trigger
}

// secret is what KEDA's authentication reads, under the names of its parameters
// (https://keda.sh/docs/latest/scalers/redis-lists/#authentication-parameters).
func (q *Queue) secret() pulumi.StringMap {
	if q.AMQP != nil {
		return pulumi.StringMap{"host": q.AMQP.URL()}
	}
	entries := pulumi.StringMap{"password": q.Redis.Password}
	if q.Redis.TLS && q.Redis.CA != nil {
		entries["tls"] = pulumi.String("enable")
		entries["ca"] = q.Redis.CA
	}
	return entries
}
