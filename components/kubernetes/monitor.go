package kubernetes

import (
	_ "embed"
	"fmt"
	"strconv"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/random"
	"github.com/djangostack/djangostack/components/sizes"
)

// monitor is a role that reads the statistics of the server and no row of a table. Without a Secret
// there is none.
type monitor struct {
	secret   *corev1.Secret
	password pulumi.StringInput
}

// postgresMonitor is the name of the role. It stays on the server when nothing monitors it any more,
// and then no one has its password.
const postgresMonitor = "djangostack_monitor"

// monitorScript runs after roleScript, once.
//
//go:embed monitor.sh
var monitorScript string

// monitor registers the password of the role.
func (a *PostgresArgs) monitor(ctx *pulumi.Context, name string, parent pulumi.Resource, after pulumi.ResourceOption) (monitor, error) {
	if !a.Monitored {
		return monitor{}, nil
	}
	password, err := random.NewPassword(ctx, name+"-"+a.Component+"-monitor-password", false, parent, after)
	if err != nil {
		return monitor{}, err
	}
	secret, err := newSecret(ctx, name+"-"+a.Component+"-monitor", a.Component, a.Namespace, a.Labels, pulumi.StringMap{"password": password.Result}, parent, after)
	return monitor{secret: secret, password: password.Result}, err
}

// checkMonitor reports an app whose role would be the exporter's.
func (a *PostgresArgs) checkMonitor() error {
	if a.Monitored && a.User == postgresMonitor {
		return fmt.Errorf("Postgres: User is %q, the role of the exporter; the app needs a separate role", a.User)
	}
	return nil
}

// script is what the Job that creates the app's role runs for this one; empty without it.
func (m monitor) script() string {
	if m.secret == nil {
		return ""
	}
	return monitorScript
}

func (m monitor) environment() corev1.EnvVarArray {
	if m.secret == nil {
		return nil
	}
	return corev1.EnvVarArray{
		pod.Env("MONITOR_NAME", pulumi.String(postgresMonitor)),
		pod.Env("MONITOR_CONNECTIONS", pulumi.String(strconv.Itoa(sizes.PostgresMonitorConnections))),
		pod.EnvFromSecret("MONITOR_PASSWORD", m.secret.Metadata.Name().Elem(), "password"),
	}
}
