package django

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// kedaVersion is the API version of KEDA's resources
// (https://keda.sh/docs/latest/reference/scaledobject-spec/).
const kedaVersion = "keda.sh/v1alpha1"

// Queue describes the queues that a worker scales by. The cluster must run KEDA
// (https://keda.sh), and KEDA must reach the broker. It counts waiting messages, not those
// that a worker has received: a pod that is removed finishes its task first.
type Queue struct {
	// Redis or AMQP is the broker; set one of them.
	Redis *connection.Redis
	AMQP  *connection.AMQP
	// Names of the queues.
	Names []string
	// Celery says that the queues are Celery's, which has several lists in Redis for each of them.
	Celery bool
	// Length is the number of waiting messages per pod, in each queue.
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

// scaleByQueue registers KEDA's objects.
func (r *Runtime) scaleByQueue(ctx *pulumi.Context, name, part string, s *Scaling, parent pulumi.Resource, options []pulumi.ResourceOption) error {
	name += "-" + part
	queue := s.Queue.reachableFrom(r.Namespace)
	access, err := r.scalerAccess(ctx, name+"-queue", part, queue.secret(), queue.stored(), parent)
	if err != nil {
		return err
	}
	triggers := pulumi.Array{}
	for _, name := range queue.lists() {
		triggers = append(triggers, queue.trigger(name, access))
	}
	return r.scaleByTriggers(ctx, name+"-queue", part, s, triggers, options)
}

// scaleByTriggers registers the ScaledObject. It has one name whatever its triggers count, since
// KEDA takes one for each Deployment: another signal is an update, not a second object.
func (r *Runtime) scaleByTriggers(ctx *pulumi.Context, name, part string, s *Scaling, triggers pulumi.Array, options []pulumi.ResourceOption) error {
	metadata := pod.WorkloadMetadata(r.named(part))
	if annotations, mutable := metadata.Annotations.(pulumi.StringMap); mutable && r.Running == Stopped {
		// KEDA starts the pods of a Deployment without any, unless it is told how many there are
		// (https://keda.sh/docs/latest/concepts/scaling-deployments/#pause-autoscaling).
		annotations["autoscaling.keda.sh/paused-replicas"] = pulumi.String("0")
	}
	_, err := apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String(kedaVersion),
		Kind:        pulumi.String("ScaledObject"),
		Metadata:    metadata,
		OtherFields: kubernetes.UntypedArgs{"spec": s.scaledObject(r.Labels.ObjectName(part), triggers)},
	}, options...)
	return wrap(err, "registering the ScaledObject of %s", part)
}

// reachableFrom returns the queues with a host that KEDA's pods, which are in another namespace,
// resolve to the Service in the app's namespace.
func (q *Queue) reachableFrom(namespace pulumi.StringInput) *Queue {
	out := *q
	if q.Redis != nil {
		redis := *q.Redis
		redis.Host = qualified(redis.Host, namespace)
		out.Redis = &redis
	}
	if q.AMQP != nil {
		amqp := *q.AMQP
		amqp.Host = qualified(amqp.Host, namespace)
		out.AMQP = &amqp
	}
	return &out
}

// qualified adds the namespace to a host without a dot, which is the name of a Service in it.
func qualified(host, namespace pulumi.StringInput) pulumi.StringInput {
	return pulumi.All(host, namespace).ApplyT(func(values []any) string {
		host, namespace := values[0].(string), values[1].(string)
		if strings.ContainsAny(host, ".:") {
			return host
		}
		return host + "." + namespace + ".svc"
	}).(pulumi.StringOutput)
}

// lists are the queues' names at the broker. In Redis, Celery keeps the tasks of a queue in lists
// by their priority: the first one, of tasks without a priority, has the queue's name, and the others
// are those of Kombu's default priority_steps
// (https://docs.celeryq.dev/en/stable/userguide/routing.html#redis-message-priorities).
func (q *Queue) lists() []string {
	if q.AMQP != nil || !q.Celery {
		return q.Names
	}
	const separator = "\x06\x16"
	var lists []string
	for _, name := range q.Names {
		lists = append(lists, name)
		for _, priority := range []string{"3", "6", "9"} {
			lists = append(lists, name+separator+priority)
		}
	}
	return lists
}

func (s *Scaling) scaledObject(deployment string, triggers pulumi.Array) pulumi.Map {
	return pulumi.Map{
		"scaleTargetRef":  pulumi.Map{"name": pulumi.String(deployment)},
		"minReplicaCount": pulumi.Int(s.Min),
		"maxReplicaCount": pulumi.Int(s.Max),
		// How long after the last message KEDA scales to zero, if Min is 0.
		"cooldownPeriod": pulumi.Int(s.DownWindow),
		"triggers":       triggers,
		"advanced": pulumi.Map{"horizontalPodAutoscalerConfig": pulumi.Map{"name": pulumi.String(KEDAAutoscaler(deployment)), "behavior": pulumi.Map{
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

// trigger counts the messages of one queue, or of one of its lists in Redis.
func (q *Queue) trigger(queue string, authentication pulumi.StringInput) pulumi.Map {
	length := pulumi.String(strconv.Itoa(q.Length))
	trigger := pulumi.Map{}
	if authentication != nil {
		trigger["authenticationRef"] = pulumi.Map{"name": authentication}
	}
	if q.AMQP != nil {
		metadata := pulumi.Map{
			"protocol":  pulumi.String("amqp"),
			"mode":      pulumi.String("QueueLength"),
			"queueName": pulumi.String(queue),
			"value":     length,
		}
		if q.AMQP.Stored != nil {
			metadata["host"] = q.AMQP.PlainURL()
		}
		trigger["type"], trigger["metadata"] = pulumi.String("rabbitmq"), metadata
		return trigger
	}
	metadata := pulumi.Map{
		"address":       q.Redis.Address(),
		"databaseIndex": pulumi.String(strconv.Itoa(q.Redis.Number)),
		"listName":      pulumi.String(queue),
		"listLength":    length,
	}
	// KEDA refuses TLS in both the trigger and its authentication.
	if q.Redis.TLS && q.Redis.CA == nil {
		metadata["enableTLS"] = pulumi.String("true")
	}
	trigger["type"] = pulumi.String("redis")
	trigger["metadata"] = metadata
	return trigger
}

// secret holds the parameters of KEDA's authentication
// (https://keda.sh/docs/latest/scalers/redis-lists/#authentication-parameters).
func (q *Queue) secret() pulumi.StringMap {
	entries := pulumi.StringMap{}
	if q.AMQP != nil {
		if q.AMQP.Stored == nil {
			entries["host"] = q.AMQP.URL()
		} else if q.AMQP.Stored.User == nil {
			entries["username"] = pulumi.String(q.AMQP.User)
		}
		if q.AMQP.CA != nil {
			entries["tls"] = pulumi.String("enable")
			entries["ca"] = q.AMQP.CA
		}
		return entries
	}
	if q.Redis.Password != nil {
		entries["password"] = q.Redis.Password
	}
	if q.Redis.User != "" {
		entries["username"] = pulumi.String(q.Redis.User)
	}
	if q.Redis.TLS && q.Redis.CA != nil {
		entries["tls"] = pulumi.String("enable")
		entries["ca"] = q.Redis.CA
	}
	return entries
}

// stored are the parameters that entries of existing Secrets hold. KEDA takes user and password
// of RabbitMQ apart from its address since version 2.16
// (https://keda.sh/docs/2.16/scalers/rabbitmq-queue/).
func (q *Queue) stored() map[string]connection.SecretKey {
	stored := q.credentials()
	if stored == nil {
		return nil
	}
	parameters := map[string]connection.SecretKey{"password": *stored.Password}
	if stored.User != nil {
		parameters["username"] = *stored.User
	}
	return parameters
}

func (q *Queue) credentials() *connection.Stored {
	if q.AMQP != nil {
		return q.AMQP.Stored
	}
	return q.Redis.Stored
}
