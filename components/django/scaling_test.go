package django_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/tests/mocks"
)

func byCPU() *django.Scaling {
	return &django.Scaling{Min: 2, Max: 6, CPUPercent: 70, DownWindow: 300, DownPercent: 50}
}

func byQueue(redis *connection.Redis) *django.Scaling {
	return &django.Scaling{Min: 0, Max: 6, DownPercent: 50, Queue: &django.Queue{Redis: redis, Names: []string{"mail", "reports"}, Celery: true, Length: 10}}
}

func redis() *connection.Redis {
	return &connection.Redis{Host: pulumi.String("redis"), Port: 6379, Password: pulumi.ToSecret(pulumi.String("hunter2")).(pulumi.StringOutput)}
}

func scaledWorker(scaling *django.Scaling) *django.WorkerArgs {
	return &django.WorkerArgs{Runtime: runtime(), Name: "mail", Command: []string{"celery"}, Grace: 65, Scaling: scaling}
}

func TestAnAutoscalerDecidesHowManyPodsServe(t *testing.T) {
	for _, outputs := range mocks.Both() {
		args := webArgs()
		args.Replicas, args.Scaling = 0, byCPU()
		ran := mocks.Run(t, outputs, withWeb(args))

		deployment, scaler := ran.Find(t, "Deployment", "blog-web"), ran.Find(t, "HorizontalPodAutoscaler", "blog-web")
		assert.Equal(t, 2.0, deployment.At(t, "spec.replicas"), "it begins with the least")
		assert.Equal(t, []string{"spec.replicas"}, deployment.Ignored, "an update does not undo what the autoscaler did")
		assert.Equal(t, deployment.At(t, "metadata.name"), scaler.At(t, "spec.scaleTargetRef.name"))
		assert.Equal(t, 2.0, scaler.At(t, "spec.minReplicas"))
		assert.Equal(t, 6.0, scaler.At(t, "spec.maxReplicas"))
		assert.Equal(t, 70.0, scaler.At(t, "spec.metrics[0].resource.target.averageUtilization"))
		assert.Equal(t, 300.0, scaler.At(t, "spec.behavior.scaleDown.stabilizationWindowSeconds"))
		assert.Equal(t, 50.0, scaler.At(t, "spec.behavior.scaleDown.policies[0].value"))
		ran.Find(t, "PodDisruptionBudget", "blog-web")
	}
}

func TestAnAutoscalerFollowsTheMemory(t *testing.T) {
	args := webArgs()
	args.Replicas, args.Scaling = 0, byCPU()
	args.Scaling.MemoryPercent = 80
	scaler := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "HorizontalPodAutoscaler", "blog-web")
	assert.Equal(t, "cpu", scaler.At(t, "spec.metrics[0].resource.name"), "and the CPU")
	assert.Equal(t, "memory", scaler.At(t, "spec.metrics[1].resource.name"))
	assert.Equal(t, 80.0, scaler.At(t, "spec.metrics[1].resource.target.averageUtilization"))

	args.Scaling.CPUPercent = 0
	scaler = mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "HorizontalPodAutoscaler", "blog-web")
	assert.Equal(t, "memory", scaler.At(t, "spec.metrics[0].resource.name"), "alone")
}

func TestAFixedNumberOfPodsIsKeptByPulumi(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withWeb(webArgs()))
	assert.Empty(t, ran.Find(t, "Deployment", "blog-web").Ignored)
	assert.Empty(t, ran.OfKind("HorizontalPodAutoscaler"))
}

func TestAWorkerFollowsItsQueues(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withWorker(scaledWorker(byQueue(redis()))))

		scaled := ran.Find(t, "ScaledObject", "blog-worker-mail-queue")
		assert.Equal(t, "blog-worker-mail", scaled.At(t, "spec.scaleTargetRef.name"))
		assert.Equal(t, 0.0, scaled.At(t, "spec.minReplicaCount"))
		assert.Equal(t, "redis.blog-dev.svc:6379", scaled.At(t, "spec.triggers[0].metadata.address"))
		for i, list := range []string{"mail", "mail\x06\x163", "mail\x06\x166", "mail\x06\x169", "reports"} {
			assert.Equal(t, list, scaled.At(t, fmt.Sprintf("spec.triggers[%d].metadata.listName", i)), "Celery keeps tasks with a priority in other lists")
		}
		assert.Equal(t, "keda-hpa-blog-worker-mail", scaled.At(t, "spec.advanced.horizontalPodAutoscalerConfig.name"))
		deployment := ran.Find(t, "Deployment", "blog-worker-mail")
		assert.Equal(t, []string{"spec.replicas"}, deployment.Ignored)
		assert.Equal(t, 1.0, deployment.At(t, "spec.replicas"), "the first pod shows that a worker starts")
		assert.Empty(t, ran.OfKind("HorizontalPodAutoscaler"), "KEDA makes one itself")
	}
}

func TestAListOfOtherSoftwareIsCountedAlone(t *testing.T) {
	scaling := byQueue(redis())
	scaling.Queue.Names, scaling.Queue.Celery = []string{"rq:queue:default"}, false
	scaled := mocks.Run(t, mocks.Known, withWorker(scaledWorker(scaling))).Find(t, "ScaledObject", "blog-worker-mail-queue")
	assert.Equal(t, "rq:queue:default", scaled.At(t, "spec.triggers[0].metadata.listName"))
	assert.Nil(t, scaled.At(t, "spec.triggers[1]"))
}

func TestTheBrokersPasswordIsInASecretOnly(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withWorker(scaledWorker(byQueue(redis()))))

	secret := ran.Find(t, "Secret", "blog-worker-mail-queue")
	assert.Equal(t, mocks.Hidden, secret.Plain()["stringData"])
	assert.Equal(t, "hunter2", secret.At(t, "stringData.password"))
	access := ran.Find(t, "TriggerAuthentication", "blog-worker-mail-queue-access")
	assert.Equal(t, "password", access.At(t, "spec.secretTargetRef[0].parameter"))
	assert.Equal(t, "blog-worker-mail-queue-1a2b3c4d", access.At(t, "spec.secretTargetRef[0].name"))
	assert.NotContains(t, ran.Find(t, "ScaledObject", "blog-worker-mail-queue").Plain(), "hunter2")
}

func TestKEDASpeaksTLSAsTheBrokerDoes(t *testing.T) {
	public := redis()
	public.TLS = true
	ran := mocks.Run(t, mocks.Known, withWorker(scaledWorker(byQueue(public))))
	assert.Equal(t, "true", ran.Find(t, "ScaledObject", "blog-worker-mail-queue").At(t, "spec.triggers[0].metadata.enableTLS"))

	private := redis()
	private.TLS, private.CA = true, pulumi.String("-----BEGIN CERTIFICATE-----")
	ran = mocks.Run(t, mocks.Known, withWorker(scaledWorker(byQueue(private))))
	secret := ran.Find(t, "Secret", "blog-worker-mail-queue")
	assert.Equal(t, "enable", secret.At(t, "stringData.tls"))
	assert.Equal(t, "-----BEGIN CERTIFICATE-----", secret.At(t, "stringData.ca"))
	assert.Nil(t, ran.Find(t, "ScaledObject", "blog-worker-mail-queue").At(t, "spec.triggers[0].metadata.enableTLS"), "KEDA takes one of the two")
}

func TestAWorkerFollowsRabbitMQ(t *testing.T) {
	scaling := byQueue(nil)
	scaling.Queue.AMQP = &connection.AMQP{Host: pulumi.String("mq"), Port: 5671, User: "blog", Password: pulumi.String("hunter2"), TLS: true}
	ran := mocks.Run(t, mocks.Known, withWorker(scaledWorker(scaling)))

	scaled := ran.Find(t, "ScaledObject", "blog-worker-mail-queue")
	assert.Equal(t, "rabbitmq", scaled.At(t, "spec.triggers[0].type"))
	assert.Equal(t, "QueueLength", scaled.At(t, "spec.triggers[0].metadata.mode"))
	assert.Equal(t, "reports", scaled.At(t, "spec.triggers[1].metadata.queueName"))
	assert.Nil(t, scaled.At(t, "spec.triggers[2]"), "RabbitMQ has tasks of all priorities in one queue")
	assert.Equal(t, "amqps://blog:hunter2@mq.blog-dev.svc:5671/%2F", ran.Find(t, "Secret", "blog-worker-mail-queue").At(t, "stringData.host"))
}

// KEDA takes one ScaledObject for a Deployment, and its webhook refuses one for a Deployment that another autoscaler has.
func TestAWorkerChangesWhatItFollows(t *testing.T) {
	byRows := byQueue(nil)
	byRows.Queue, byRows.Rows = nil, &django.Rows{Database: connection.Database{Host: pulumi.String("db"), Password: pulumi.String("secret")}, Query: "SELECT 1", Length: 1}
	for _, scaling := range []*django.Scaling{byQueue(redis()), byRows} {
		ran := mocks.Run(t, mocks.Known, withWorker(scaledWorker(scaling)))
		ran.Find(t, "ScaledObject", "blog-worker-mail-queue")
		ran.Find(t, "TriggerAuthentication", "blog-worker-mail-queue-access")
	}
	const annotation = "validations.keda.sh/hpa-ownership"
	worker := mocks.Run(t, mocks.Known, withWorker(scaledWorker(byCPU()))).Find(t, "HorizontalPodAutoscaler", "blog-worker-mail")
	assert.Equal(t, "false", worker.At(t, "metadata.annotations").(map[string]any)[annotation])
	web := webArgs()
	web.Replicas, web.Scaling = 0, byCPU()
	assert.NotContains(t, mocks.Run(t, mocks.Known, withWeb(web)).Find(t, "HorizontalPodAutoscaler", "blog-web").At(t, "metadata.annotations"), annotation)
}

func TestTheNameOfAnAutoscalerFitsALabel(t *testing.T) {
	assert.Equal(t, "keda-hpa-blog-worker-mail", django.KEDAAutoscaler("blog-worker-mail"))
	long := strings.Repeat("a", 63)
	assert.Len(t, django.KEDAAutoscaler(long), 63, "KEDA's webhook refuses more")
	assert.NotEqual(t, django.KEDAAutoscaler(long), django.KEDAAutoscaler(long[:62]+"b"))
}

func TestScalingThatContradictsItselfIsRefused(t *testing.T) {
	for want, scaling := range map[string]*django.Scaling{
		"Worker: Scaling.Min is 7 and Scaling.Max is 6":                                {Min: 7, Max: 6, CPUPercent: 70, DownPercent: 50},
		"Worker: Scaling needs CPUPercent, MemoryPercent or both, or a Queue, or Rows": {Min: 1, Max: 6, DownPercent: 50},
		"Worker: Scaling.Min is 0, which needs a Queue":                                {Max: 6, CPUPercent: 70, DownPercent: 50},
		"Scaling.Queue.Redis or Scaling.Queue.AMQP is required":                        byQueue(nil),
		"Worker: Scaling.DownPercent is required":                                      {Min: 1, Max: 6, CPUPercent: 70},
		"Worker: Scaling.Queue.Length is required":                                     {Max: 6, DownPercent: 50, Queue: &django.Queue{Redis: redis(), Names: []string{"a"}}},
		"Worker: Replicas is required":                                                 nil,
	} {
		ran, err := mocks.Try(mocks.Known, nil, withWorker(scaledWorker(scaling)))
		assert.ErrorContains(t, err, want)
		assert.Empty(t, ran.Resources)
	}
}

func TestPodsAreScheduledAsTheirProcessAsks(t *testing.T) {
	args := webArgs()
	args.Pods.NodeSelector = map[string]string{"pool": "web"}
	args.Pods.PriorityClass = "important"
	args.Pods.Tolerations = []django.Toleration{{Key: "dedicated", Value: "web", Effect: "NoSchedule"}, {}, {Effect: "NoExecute", Seconds: 30}}
	pod := mocks.Run(t, mocks.Known, withWeb(args)).Find(t, "Deployment", "blog-web")

	const spec = "spec.template.spec."
	assert.Equal(t, map[string]any{"pool": "web"}, pod.At(t, spec+"nodeSelector"))
	assert.Equal(t, "important", pod.At(t, spec+"priorityClassName"))
	assert.Equal(t, map[string]any{"key": "dedicated", "operator": "Equal", "value": "web", "effect": "NoSchedule"}, pod.At(t, spec+"tolerations[0]"))
	assert.Equal(t, map[string]any{"operator": "Exists"}, pod.At(t, spec+"tolerations[1]"))
	assert.Equal(t, 30.0, pod.At(t, spec+"tolerations[2].tolerationSeconds"))
}

func TestPodsOfASetKeepApartAndGoOneByOne(t *testing.T) {
	worker := scaledWorker(nil)
	worker.Replicas = 3
	ran := mocks.Run(t, mocks.Known, withWorker(worker))

	deployment := ran.Find(t, "Deployment", "blog-worker-mail")
	for i, key := range []string{"topology.kubernetes.io/zone", "kubernetes.io/hostname"} {
		at := "spec.template.spec.topologySpreadConstraints[" + string(rune('0'+i)) + "]"
		assert.Equal(t, key, deployment.At(t, at+".topologyKey"))
		assert.Equal(t, []any{"pod-template-hash"}, deployment.At(t, at+".matchLabelKeys"))
		assert.Equal(t, deployment.At(t, "spec.selector.matchLabels"), deployment.At(t, at+".labelSelector.matchLabels"))
	}
	budget := ran.Find(t, "PodDisruptionBudget", "blog-worker-mail")
	assert.Equal(t, 1.0, budget.At(t, "spec.maxUnavailable"))
	assert.Equal(t, "AlwaysAllow", budget.At(t, "spec.unhealthyPodEvictionPolicy"))
	assert.Equal(t, deployment.At(t, "spec.selector.matchLabels"), budget.At(t, "spec.selector.matchLabels"))
}
