package kubernetes

import (
	"fmt"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/djangostack/djangostack/components/pod"
)

// redisCA is the file with the certificates that a replica trusts the primary's by.
const redisCA = "/etc/redis/ca.pem"

// RedisReplicaPart returns the component label of a read replica, counted from 1, of the server
// with another one.
func RedisReplicaPart(server string, number int) string {
	return server + "-replica-" + strconv.Itoa(number)
}

// replicaBuffer is the most, in bytes, that the primary keeps for one replica that reads slowly.
// Redis does not count it as memory for keys, and its default of 256 MB is above the memory limit
// of a small server
// (https://redis.io/docs/latest/develop/reference/clients/#output-buffer-limits). The primary has
// the limit without a replica too, so that the first one does not restart it.
func replicaBuffer(memory resource.Quantity) int64 {
	const least = 32 << 20
	return max(least, memory.Value()/4)
}

// registerReplicas registers the read replicas, and returns their hosts. Each is a separate
// StatefulSet: one that is taken away is deleted at the end of an update, when the pods that run
// no longer have its address.
func (a *RedisArgs) registerReplicas(ctx *pulumi.Context, name string, password pulumi.StringOutput, primary pulumi.Resource, parent pulumi.Resource) ([]pulumi.StringInput, error) {
	var hosts []pulumi.StringInput
	for number := 1; number <= a.Replicas; number++ {
		part := RedisReplicaPart(a.Component, number)
		if err := a.registerReplica(ctx, name, part, password, primary, parent); err != nil {
			return nil, fmt.Errorf("the read replica %s: %w", part, err)
		}
		hosts = append(hosts, pulumi.String(a.Labels.ObjectName(part)))
	}
	return hosts, nil
}

func (a *RedisArgs) registerReplica(ctx *pulumi.Context, name, part string, password pulumi.StringOutput, primary, parent pulumi.Resource) error {
	memory, err := a.memory()
	if err != nil {
		return err
	}
	files := pulumi.StringMap{"password": password, "redis.conf": a.replicaConfiguration(memory, password)}
	if a.Authority != nil {
		files["ca.pem"] = a.Authority.Certificates
	}
	secret, err := newSecret(ctx, name+"-"+part, part, a.Namespace, a.Labels, files, parent)
	if err != nil {
		return err
	}
	s := server{
		component: part,
		namespace: a.Namespace,
		labels:    a.Labels,
		user:      redisUser,
		port:      redisPort,
		grace:     redisGrace,
		container: a.replicaContainer(memory, secret),
		volumes:   redisVolumes(redisData(), secret),
		after:     []pulumi.Resource{primary},
		callers:   a.Callers,
		upstream:  a.Component,
	}
	if a.Authority != nil {
		certificate, err := a.Authority.certificate(ctx, name, s, nil, parent)
		if err != nil {
			return err
		}
		s.volumes = append(s.volumes, certificate)
	}
	_, err = s.register(ctx, name, parent)
	return err
}

// replicaConfiguration returns redis.conf of a replica, which keeps nothing on disk: it copies
// everything from the primary when it starts.
func (a *RedisArgs) replicaConfiguration(memory resource.Quantity, password pulumi.StringInput) pulumi.StringOutput {
	primary := *a
	primary.Size = ""
	replication := ""
	if a.Authority != nil {
		replication = "tls-replication yes\ntls-ca-cert-file " + redisCA + "\n"
	}
	return pulumi.Sprintf("%sreplicaof %s %d\nmasterauth %s\n%s",
		primary.configuration(memory, password), a.Labels.ObjectName(a.Component), redisPort, password, replication)
}

// replicaContainer has started when the replica has all keys of the primary, so that an update
// gives the app no address of a server without them.
func (a *RedisArgs) replicaContainer(memory resource.Quantity, secret *corev1.Secret) corev1.ContainerArgs {
	container := a.container(memory, secret)
	client := fmt.Sprintf("redis-cli -p %d", redisPort)
	if a.Authority != nil {
		client += " --tls --cacert " + redisCA
	}
	container.StartupProbe = pod.Exec(pod.Timing{Period: 2, Timeout: 10, FailureThreshold: 300},
		"sh", "-c", client+" info replication | grep -q master_link_status:up")
	return container
}
