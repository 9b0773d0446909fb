package django

import (
	_ "embed"
	"fmt"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// Superuser is the first administrator of the app.
type Superuser struct {
	// Username is the value of the user model's USERNAME_FIELD; empty for Email.
	Username string
	Email    string
	// Fields are values of the user model's other fields by their names.
	Fields map[string]string
	// Command of the app's own that creates the superuser if it does not exist; empty for the
	// Release's, which asks the user model for its fields.
	Command []string
}

// createSuperuser creates the administrator if it does not exist.
//
//go:embed superuser.py
var createSuperuser string

// superuserPrefix begins the variables of manage.py createsuperuser
// (https://docs.djangoproject.com/en/stable/ref/django-admin/#createsuperuser).
const superuserPrefix = "DJANGO_SUPERUSER_"

// variables are those of createsuperuser, without the password.
func (s *Superuser) variables() map[string]string {
	variables := map[string]string{superuserPrefix + "EMAIL": s.Email}
	if s.Username != "" {
		variables[superuserPrefix+"USERNAME"] = s.Username
	} else if len(s.Command) > 0 {
		variables[superuserPrefix+"USERNAME"] = s.Email
	}
	for name, value := range s.Fields {
		variables[superuserPrefix+strings.ToUpper(name)] = value
	}
	if len(s.Fields) > 0 && len(s.Command) == 0 {
		variables["DJANGOSTACK_SUPERUSER_FIELDS"] = strings.Join(sortedKeys(s.Fields), " ")
	}
	return variables
}

// adminPasswordLength gives 119 bits from letters and digits, and is short enough to type.
const adminPasswordLength = 20

func (a *ReleaseArgs) superuser(ctx *pulumi.Context, name string, parent pulumi.Resource) (process, pulumi.StringOutput, error) {
	password, err := random.NewRandomPassword(ctx, name+"-superuser-password", &random.RandomPasswordArgs{
		Length:  pulumi.Int(adminPasswordLength),
		Special: pulumi.Bool(false),
	}, pulumi.Parent(parent))
	if err != nil {
		return process{}, pulumi.StringOutput{}, fmt.Errorf("registering the superuser's password: %w", err)
	}
	secret, err := corev1.NewSecret(ctx, name+"-superuser", &corev1.SecretArgs{
		Metadata:   a.metadata("superuser"),
		Immutable:  pulumi.Bool(true),
		StringData: pulumi.StringMap{"password": password.Result},
	}, pulumi.Parent(parent))
	if err != nil {
		return process{}, pulumi.StringOutput{}, fmt.Errorf("registering the superuser's Secret: %w", err)
	}
	command := a.Superuser.Command
	if len(command) == 0 {
		command = a.manage("shell", "-c", createSuperuser)
	}
	return process{
		component: "superuser",
		pods:      a.Pods,
		command:   command,
		env:       a.Superuser.variables(),
		secretEnv: map[string]corev1.EnvVarSourceArgs{
			superuserPrefix + "PASSWORD": pod.SecretKey(secret.Metadata.Name().Elem(), "password"),
		},
	}, password.Result, nil
}
