package django

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// Superuser is the first administrator of the app.
type Superuser struct {
	// Username is the value of the user model's USERNAME_FIELD.
	Username string
	Email    string
}

// createSuperuser creates the administrator if it does not exist. It never changes an
// existing one: a person may have changed the password.
const createSuperuser = `
import os
from django.contrib.auth import get_user_model
user_model = get_user_model()
username = os.environ["DJANGO_SUPERUSER_USERNAME"]
email = os.environ["DJANGO_SUPERUSER_EMAIL"]
if user_model._default_manager.filter(**{user_model.USERNAME_FIELD: username}).exists():
    print("The superuser exists.")
else:
    fields = {user_model.USERNAME_FIELD: username}
    if user_model.get_email_field_name() in [field.name for field in user_model._meta.fields]:
        fields.setdefault(user_model.get_email_field_name(), email)
    user_model._default_manager.create_superuser(password=os.environ["DJANGO_SUPERUSER_PASSWORD"], **fields)
    print("Created the superuser.")
`

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
	return process{
		component: "superuser",
		pods:      a.Pods,
		command:   a.manage("shell", "-c", createSuperuser),
		env: map[string]string{
			"DJANGO_SUPERUSER_USERNAME": a.Superuser.Username,
			"DJANGO_SUPERUSER_EMAIL":    a.Superuser.Email,
		},
		secretEnv: map[string]corev1.EnvVarSourceArgs{
			"DJANGO_SUPERUSER_PASSWORD": pod.SecretKey(secret.Metadata.Name().Elem(), "password"),
		},
	}, password.Result, nil
}
