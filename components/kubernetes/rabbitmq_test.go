package kubernetes_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

func rabbitArgs() *kubernetes.RabbitMQArgs {
	return &kubernetes.RabbitMQArgs{
		Namespace: pulumi.String("blog-dev"), Labels: testLabels(), Image: "docker.io/library/rabbitmq:4", User: "blog",
		Memory: "256Mi", CPU: "15m", QueueType: kubernetes.QuorumQueues, ConsumerTimeout: 3600, Size: "1Gi",
		Data:    data.Held{Parts: []data.Part{data.Broker}, Loss: "the tasks", Protected: true},
		Callers: []map[string]string{{"app": "keda-operator"}},
	}
}

func withRabbit(args *kubernetes.RabbitMQArgs, tls bool) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		if tls {
			authority, err := kubernetes.NewAuthority(ctx, "blog", &kubernetes.AuthorityArgs{Generation: 1})
			if err != nil {
				return err
			}
			args.Authority = authority
		}
		_, err := kubernetes.NewRabbitMQ(ctx, "blog", args)
		return err
	}
}

func TestRabbitMQHasAUserOfTheAppAndQuorumQueues(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withRabbit(rabbitArgs(), false))

	secret := ran.OfKind("Secret")[0]
	assert.True(t, secret.Secret("stringData"))
	configuration := secret.At(t, `stringData["rabbitmq.conf"]`)
	for _, line := range []string{
		"listeners.tcp.default = 5672\n", "default_queue_type = quorum\n", "vm_memory_high_watermark.absolute = 268435456\n", "consumer_timeout = 3600000\n", "heartbeat = 20\n",
	} {
		assert.Contains(t, configuration, line)
	}
	definitions := secret.At(t, `stringData["definitions.json"]`)
	assert.Contains(t, definitions, `"name":"blog"`)
	assert.Contains(t, definitions, `"tags":""`, "the app does not administer the server")
	assert.Contains(t, definitions, `"delivery-limit":-1`)
	container := ran.OfKind("StatefulSet")[0].At(t, "spec.template.spec.containers[0]").(map[string]any)
	assert.NotContains(t, container["env"], "generated-", "no password in a variable")
	assert.Equal(t, "512Mi", container["resources"].(map[string]any)["limits"].(map[string]any)["memory"])
}

func TestRabbitMQsMessagesAreUnderTheGuard(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withRabbit(rabbitArgs(), false))
		for _, kind := range []string{"PersistentVolumeClaim", "StatefulSet", "RandomPassword"} {
			found := ran.OfKind(kind)
			require.Len(t, found, 1, kind)
			assert.True(t, found[0].Protect, kind)
		}
	}
}

func TestRabbitMQWithACertificateListensByTLSOnly(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, withRabbit(rabbitArgs(), true))

	for _, secret := range ran.OfKind("Secret") {
		if secret.Name == "blog-rabbitmq" {
			assert.Contains(t, secret.At(t, `stringData["rabbitmq.conf"]`), "listeners.tcp = none\nlisteners.ssl.default = 5671\n")
		}
	}
	assert.Equal(t, float64(5671), ran.OfKind("Service")[0].At(t, "spec.ports[0].port"))
	policy := ran.OfKind("NetworkPolicy")[0]
	assert.Equal(t, float64(5671), policy.At(t, "spec.ingress[0].ports[0].port"))
	assert.Len(t, policy.At(t, "spec.ingress[0].from"), 2, "the app and KEDA")
}

func TestAWrongRabbitMQIsRefused(t *testing.T) {
	args := rabbitArgs()
	args.User, args.Memory, args.QueueType = "", "much", "stream"

	mocks.Refused(t, withRabbit(args, false), "User", "much", "QueueType")
}
