package app

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// externalDatabase returns the connection to the server that the configuration names.
func (w wiring) externalDatabase() connection.Database {
	wanted := w.environment.Database
	database := connection.Database{
		Host:    pulumi.String(wanted.External.Host),
		Port:    wanted.External.Port,
		Name:    wanted.Name,
		User:    wanted.User,
		SSLMode: wanted.External.SSLMode,
	}
	database.Password, database.Stored = w.credentials("DATABASE", wanted.External.Credentials)
	return database
}

// externalCache returns the cache that the configuration names; nil for none.
func (w wiring) externalCache() *connection.Redis {
	wanted := w.environment.Cache.External
	if wanted == nil {
		return nil
	}
	redis := w.externalRedis("CACHE", wanted.Host, wanted.Port, wanted.ExternalLogin)
	redis.Number = wanted.Number
	for _, host := range wanted.Replicas {
		redis.Readers = append(redis.Readers, pulumi.String(host))
	}
	return redis
}

// externalBroker returns the Redis that the configuration names as the broker; nil for none.
func (w wiring) externalBroker() *connection.Redis {
	wanted := w.environment.Broker.External
	if wanted == nil {
		return nil
	}
	redis := w.externalRedis("BROKER", wanted.Host, wanted.Port, wanted.ExternalLogin)
	redis.Number = wanted.Number
	return redis
}

func (w wiring) externalRedis(service, host string, port int, login spec.ExternalLogin) *connection.Redis {
	redis := &connection.Redis{Host: pulumi.String(host), Port: port, User: login.User, TLS: login.TLS == "required"}
	if login.Auth == spec.PasswordAuth {
		redis.Password, redis.Stored = w.credentials(service, login.Credentials)
	}
	return redis
}

// externalQueue returns the RabbitMQ that the configuration names.
func (w wiring) externalQueue() *connection.AMQP {
	wanted := w.environment.Broker.External
	queue := &connection.AMQP{
		Host:        pulumi.String(wanted.Host),
		Port:        wanted.Port,
		User:        wanted.User,
		VirtualHost: wanted.VirtualHost,
		TLS:         wanted.TLS == "required",
	}
	queue.Password, queue.Stored = w.credentials("BROKER", wanted.Credentials)
	return queue
}

// credentials returns the password of the configuration, or the entries of Secrets that hold it.
func (w wiring) credentials(service string, wanted spec.Credentials) (pulumi.StringInput, *connection.Stored) {
	if wanted.PasswordSecretKeyRef == nil {
		return secret(wanted.Password), nil
	}
	return nil, &connection.Stored{
		Service:     service,
		User:        w.secretKey(wanted.UserSecretKeyRef),
		Password:    w.secretKey(wanted.PasswordSecretKeyRef),
		URLPassword: w.secretKey(wanted.URLPasswordSecretKeyRef),
	}
}

func (w wiring) secretKey(ref *spec.SecretKeyRef) *connection.SecretKey {
	if ref == nil {
		return nil
	}
	return &connection.SecretKey{Name: w.stored.objects.Secret(ref.Name), Key: ref.Key}
}

// checkedCredentials registers the check of entries of Secrets that Kubernetes puts into URLs,
// which the release waits for. It returns nothing if there are none.
func (w wiring) checkedCredentials() ([]pulumi.Resource, error) {
	args := &kubernetes.CredentialsArgs{
		Namespace: w.namespace,
		Labels:    w.labels,
		Image:     string(w.environment.Database.Image),
		Release:   string(w.environment.App.Image),
		Resources: resources(w.environment.Release.Resources),
	}
	for _, stored := range w.environment.StoredForms() {
		args.Entries = append(args.Entries, kubernetes.CredentialsEntry{SecretKey: *w.secretKey(&stored.Ref), Form: string(stored.Form), Wrong: stored.Wrong})
	}
	if len(args.Entries) == 0 {
		return nil, nil
	}
	checked, err := kubernetes.NewCredentials(w.ctx, w.name, args, w.options...)
	if err != nil {
		return nil, err
	}
	return []pulumi.Resource{checked}, nil
}
