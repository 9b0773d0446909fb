package node

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/djangostack/djangostack/local/cluster"
)

// The limits are generous: a loaded machine with two cores takes several times as long as an idle one.
const (
	runtimeWait = time.Minute
	serverWait  = 3 * time.Minute
	nodeWait    = 3 * time.Minute
)

// logMegabytes is the size at which a log is rotated. One old log is kept.
const logMegabytes = 20

// Ready is the progress line that Run writes when the cluster is ready. Every other line describes the current step.
const Ready = "ready"

// Run starts the node's services in order and restarts them whenever they end, until ctx is done. It writes one line per
// step to progress. If a component does not start, the error names the component and its log.
func Run(ctx context.Context, cgroupName string, progress *log.Logger) error {
	started := time.Now()
	if err := writeConfig(home.Path("config"), currentSettings(cgroupName)); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	launch := func(services ...service) {
		for _, s := range services {
			go s.keepRunning(ctx, &lumberjack.Logger{Filename: home.Log(s.name), MaxSize: logMegabytes, MaxBackups: 1})
		}
	}

	progress.Print("starting containerd and etcd")
	launch(containerd(), etcd())
	if err := waitListening(ctx, "etcd", "tcp", cluster.EtcdAddress); err != nil {
		return err
	}
	progress.Print("starting the API server")
	launch(apiServer())
	if err := waitListening(ctx, "containerd", "unix", cluster.RuntimeSocket); err != nil {
		return err
	}
	if err := importPause(ctx); err != nil {
		return err
	}
	client, err := administrator()
	if err != nil {
		return err
	}
	if err := waitServerReady(ctx, client); err != nil {
		return err
	}
	progress.Print("starting controllers, kubelet, proxy, DNS and storage")
	launch(controllerManager(), scheduler(), kubelet(), proxy())
	if err := retry(ctx, serverWait, "applying RBAC rules, Services and the storage class", applyAddons); err != nil {
		return err
	}
	launch(dns(), storage(), metrics())
	progress.Print("waiting for the node")
	if err := waitNodeReady(ctx, client, started); err != nil {
		return err
	}
	if _, err := os.Stat(home.EnforcedPolicies()); err == nil {
		launch(networkPolicies())
	}
	if err := waitListening(ctx, "coredns", "tcp", net.JoinHostPort(cluster.NodeAddress, "53")); err != nil {
		return err
	}
	progress.Print(Ready)
	<-ctx.Done()
	return nil
}

func administrator() (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", home.ClientConfig("admin"))
	if err != nil {
		return nil, fmt.Errorf("reading the administrator's kubeconfig: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("creating a client: %w", err)
	}
	return client, nil
}

func waitServerReady(ctx context.Context, client kubernetes.Interface) error {
	return retry(ctx, serverWait, "waiting for kube-apiserver (see its log)", func() error {
		return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

// waitNodeReady waits until the kubelet has reported since the start of this run that the node is ready, and until pods can use
// the default service account.
func waitNodeReady(ctx context.Context, client kubernetes.Interface, since time.Time) error {
	return retry(ctx, nodeWait, "waiting for the node (see the log of kubelet)", func() error {
		if _, err := client.CoreV1().ServiceAccounts(metav1.NamespaceDefault).Get(ctx, "default", metav1.GetOptions{}); err != nil {
			return err
		}
		node, err := client.CoreV1().Nodes().Get(ctx, cluster.NodeName, metav1.GetOptions{})
		if err != nil {
			return err
		}
		for _, condition := range node.Status.Conditions {
			if condition.Type != v1.NodeReady {
				continue
			}
			if condition.Status != v1.ConditionTrue {
				return fmt.Errorf("the node is not ready: %s", condition.Message)
			}
			// After a restart, the condition may be from an earlier run. Its time is in whole seconds.
			if condition.LastHeartbeatTime.Time.Before(since.Truncate(time.Second)) {
				return fmt.Errorf("the node has not reported since %s", condition.LastHeartbeatTime.Time)
			}
			return nil
		}
		return errors.New("the node has not reported yet")
	})
}

func waitListening(ctx context.Context, name, network, address string) error {
	return retry(ctx, runtimeWait, fmt.Sprintf("waiting for %s (see its log)", name), func() error {
		conn, err := net.DialTimeout(network, address, time.Second)
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// retry calls try until it succeeds. After limit, it returns the last error of try, prefixed with doing.
func retry(ctx context.Context, limit time.Duration, doing string, try func() error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, limit, true, func(context.Context) (bool, error) {
		last = try()
		return last == nil, nil
	})
	if err == nil {
		return nil
	}
	if last == nil {
		last = err
	}
	return fmt.Errorf("%s: gave up after %s: %w", doing, limit, last)
}
