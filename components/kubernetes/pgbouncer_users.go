package kubernetes

import (
	_ "embed"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// bouncerUsers is the folder, in memory, of the file with user and password that the pod itself
// writes.
const bouncerUsers = "/run/djangostack/pgbouncer"

// bouncerUserlist writes PgBouncer's file of users from the variables SERVER_USER and
// SERVER_PASSWORD.
//
//go:embed pgbouncer_users.sh
var bouncerUserlist string

// userlist is PgBouncer's file of users, with a password that this program knows.
func (a *PgBouncerArgs) userlist() pulumi.StringOutput {
	quoted := a.Server.Password.ToStringOutput().ApplyT(func(password string) string {
		return strings.ReplaceAll(password, `"`, `""`)
	}).(pulumi.StringOutput)
	return pulumi.ToSecret(pulumi.Sprintf("\"%s\" \"%s\"\n", a.Server.User, quoted)).(pulumi.StringOutput)
}

// initContainers returns the container that writes the file of users from existing Secrets; nil
// if the file is in the configuration.
func (a *PgBouncerArgs) initContainers(volumes []pod.Volume) corev1.ContainerArrayInput {
	stored := a.Server.Stored
	if stored == nil {
		return nil
	}
	user := pod.Env("SERVER_USER", pulumi.String(a.Server.User))
	if stored.User != nil {
		user = pod.EnvFromSecret("SERVER_USER", stored.User.Name, stored.User.Key)
	}
	return corev1.ContainerArray{corev1.ContainerArgs{
		Name:                     pulumi.String("users"),
		Image:                    pulumi.String(a.Image),
		Command:                  pulumi.ToStringArray([]string{"sh", "-c", bouncerUserlist}),
		Env:                      corev1.EnvVarArray{user, pod.EnvFromSecret("SERVER_PASSWORD", stored.Password.Name, stored.Password.Key), pod.Env("USERS", pulumi.String(bouncerUsers+"/userlist.txt"))},
		Resources:                a.Resources.Requirements(),
		SecurityContext:          pod.ContainerSecurityContext(),
		TerminationMessagePolicy: pulumi.String("FallbackToLogsOnError"),
		VolumeMounts:             pod.Mounts(volumes),
	}}
}
