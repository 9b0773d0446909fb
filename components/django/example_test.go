package django_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/tests/mocks"
)

// A program registers the settings of an app and a worker that reads them. The mocks
// replace a cluster.
func Example() {
	program := func(ctx *pulumi.Context) error {
		namespace, app := pulumi.String("blog-staging"), labels.Labels{labels.NameLabel: "blog", labels.InstanceLabel: "blog"}
		settings, err := django.NewSettings(ctx, "blog", &django.SettingsArgs{
			Namespace: namespace,
			Labels:    app,
			Values:    django.Values{contract.BrokerURL: pulumi.String("amqp://blog:secret@rabbitmq:5672/%2F")},
		})
		if err != nil {
			return err
		}
		_, err = django.NewWorker(ctx, "blog", &django.WorkerArgs{
			Runtime: django.Runtime{
				Namespace: namespace, Labels: app, Image: "registry.example.com/blog:1", PullPolicy: "IfNotPresent",
				Environment: settings.Environment,
			},
			Name:     "default",
			Command:  django.WorkerCommand("blog", []string{"celery"}, 2),
			Replicas: 2,
			Grace:    60,
		})
		return err
	}
	ran, err := mocks.Try(mocks.Known, nil, program)
	fmt.Println(len(ran.OfKind("Deployment")), "Deployment,", len(ran.OfKind("Secret")), "Secret,", err)
	// Output: 1 Deployment, 1 Secret, <nil>
}
