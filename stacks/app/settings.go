package app

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

// secretKeyLength is the length that django-admin startproject generates
// (https://docs.djangoproject.com/en/stable/ref/settings/#secret-key).
const secretKeyLength = 50

// contractValues returns the values of the environment contract, and registers the secret key.
func (w wiring) contractValues(d dataServices) (django.Values, error) {
	secretKey, err := random.NewRandomPassword(w.ctx, w.name+"-secret-key", &random.RandomPasswordArgs{
		Length:  pulumi.Int(secretKeyLength),
		Special: pulumi.Bool(false),
	}, w.options...)
	if err != nil {
		return nil, fmt.Errorf("registering the Django secret key: %w", err)
	}
	return w.values(d, secretKey.Result), nil
}

func (w wiring) settings(d dataServices, values django.Values, account pulumi.StringInput) (django.Runtime, error) {
	args := &django.SettingsArgs{
		Namespace:   w.namespace,
		Labels:      w.labels,
		Stored:      d.stored(values),
		Values:      values,
		Bindings:    map[string]contract.Path{},
		Unset:       w.environment.UnsetVariables(),
		Direct:      direct(d),
		Cloud:       string(w.environment.Cloud),
		Plain:       w.environment.WithAddresses(w.environment.App.Env),
		Secret:      w.environment.App.SecretEnv,
		Made:        w.furtherURLs(d.database),
		DirectMade:  w.furtherDirectURLs(d),
		Files:       w.environment.FileTexts(w.environment.App.Files),
		FromSecrets: secretEntries(w.environment.App.SecretKeyRefs),
		Objects:     w.stored.objects,
		Authorities: d.authorities(),

		HashedAuthorities: w.environment.TrustsByOpenSSL(),
	}
	for _, profile := range w.environment.App.Profiles {
		args.Profiles = append(args.Profiles, string(profile))
	}
	for name, path := range w.environment.App.Bindings {
		args.Bindings[name] = contract.Path(path)
	}
	settings, err := django.NewSettings(w.ctx, w.name, args, w.options...)
	if err != nil {
		return django.Runtime{}, err
	}
	return django.Runtime{
		ServiceAccount: account,
		Namespace:      w.namespace,
		Labels:         w.labels,
		Image:          string(w.environment.App.Image),
		PullPolicy:     w.environment.App.ImagePullPolicy,
		PullSecrets:    w.environment.App.ImagePullSecrets,
		Environment:    settings.Environment,
		Running:        w.running(),
	}, nil
}

// account registers the service account that has rights on the cloud, and returns its name;
// nil if there is none.
func (w wiring) account() (pulumi.StringInput, error) {
	if w.platform.ServiceAccount == "" {
		return nil, nil
	}
	account, err := corev1.NewServiceAccount(w.ctx, w.name+"-account", &corev1.ServiceAccountArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(w.platform.ServiceAccount),
			Namespace:   w.namespace,
			Labels:      w.labels.For("account"),
			Annotations: w.platform.AccountAnnotations,
		},
		// The pods get the cloud's token, not the cluster's; they need no rights on the cluster.
		AutomountServiceAccountToken: pulumi.Bool(false),
	}, w.options...)
	if err != nil {
		return nil, fmt.Errorf("registering the service account %s: %w", w.platform.ServiceAccount, err)
	}
	return account.Metadata.Name().Elem(), nil
}

func (w wiring) values(d dataServices, secretKey pulumi.StringInput) django.Values {
	app, web, static := w.environment.App, w.environment.Web, w.environment.Static
	values := django.Values{
		contract.SecretKey:          secretKey,
		contract.AllowedHosts:       pulumi.String(strings.Join(w.environment.AllowedHosts(), ",")),
		contract.CSRFTrustedOrigins: pulumi.String(strings.Join(w.environment.TrustedOrigins(), ",")),
		contract.SettingsModule:     pulumi.String(app.SettingsModule),

		contract.AppRelease:     pulumi.String(w.environment.ReleaseName()),
		contract.AppEnvironment: pulumi.String(w.ctx.Stack()),

		contract.StaticURL:  w.staticURL(),
		contract.StaticRoot: pulumi.String(static.Root),

		contract.WebConcurrency: pulumi.String(strconv.Itoa(web.Workers)),
		// The proxy's address is not known in advance, and only the cluster's pods reach
		// the port.
		contract.ForwardedAllowIPs: pulumi.String("*"),
		contract.Port:              pulumi.String(strconv.Itoa(w.environment.ServedPort())),
	}
	if web.Server == spec.Gunicorn {
		values[contract.GunicornArgs] = pulumi.String(django.GunicornArgs(w.environment.ServedPort(), web.WorkerClass, web.Threads, django.Shutdown(w.environment.WebShutdown()), w.environment.KeepAliveSeconds()))
	}
	if path := w.environment.BasePath(); path != "" {
		values[contract.ScriptName] = pulumi.String(path)
	}
	w.addDatabase(values, d.database)
	if len(d.authorities()) > 0 {
		values[contract.OpenSSLCertDir] = pulumi.String(connection.OpenSSLCertDir)
	}
	if d.direct != nil {
		values[contract.DatabasePooling] = pulumi.String("transaction")
		values[contract.DatabaseDirectURL] = d.direct.URL()
	}
	if replicas := w.platform.DatabaseReplicas; w.environment.Database.Kind == spec.Managed && len(replicas) > 0 {
		values[contract.DatabaseReplicaURL] = d.server().At(replicas[0]).URL()
	}
	addSearch(values, w.searchURL(d.search))
	if d.search != nil && d.search.CA != nil {
		values[contract.SearchCAFile] = pulumi.String(d.search.CAFile())
	}
	w.addCache(values, d.cache)
	addMemcached(values, d.memcached)
	w.addBroker(values, d)
	w.addFiles(values)
	return values
}

// addDatabase adds the database, unless the app needs no PostgreSQL.
func (w wiring) addDatabase(values django.Values, database connection.Database) {
	if w.environment.Database.Kind == spec.None {
		return
	}
	values[contract.DatabaseURL] = database.URL()
	values[contract.DatabaseEngine] = pulumi.String("postgresql")
	values[contract.DatabaseName] = pulumi.String(database.Name)
	values[contract.DatabaseUser] = pulumi.String(database.User)
	if database.Password != nil {
		values[contract.DatabasePassword] = database.Password
		values[contract.DatabaseURLPassword] = database.URLPassword()
	}
	values[contract.DatabaseHost] = database.Host
	values[contract.DatabasePort] = pulumi.String(strconv.Itoa(database.Port))
	values[contract.DatabaseSSLMode] = pulumi.String(database.SSLMode)
	if database.CA != nil {
		values[contract.DatabaseCAFile] = pulumi.String(database.CAFile())
	}
}

// furtherURLs are the variables with the URLs of further databases. They differ from that of the
// first in its name only.
func (w wiring) furtherURLs(database connection.Database) map[string]pulumi.StringInput {
	urls := map[string]pulumi.StringInput{}
	for _, further := range w.environment.Database.Further {
		if further.URLVariable == "" {
			continue
		}
		database.Name = further.Name
		urls[further.URLVariable] = database.URL()
	}
	return urls
}

// furtherDirectURLs are furtherURLs for a process that bypasses the pooler; nil without a pooler.
func (w wiring) furtherDirectURLs(d dataServices) map[string]pulumi.StringInput {
	if d.direct == nil {
		return nil
	}
	return w.furtherURLs(*d.direct)
}

func (w wiring) addCache(values django.Values, cache *connection.Redis) {
	if cache == nil {
		return
	}
	addCacheParts(values, cache)
	values[contract.CacheURL] = cache.URL(cache.Number)
	values[contract.CacheRedisURL] = cache.URL(cache.Number)
	values[contract.CacheBackend] = pulumi.String("django.core.cache.backends.redis.RedisCache")
	// Django separates servers by commas, some settings by spaces.
	values[contract.CacheLocation] = cache.URLs(cache.Number, " ")
	values[contract.CacheLocations] = cache.URLs(cache.Number, ",")
}

// addBroker adds the broker, which is either a Redis or a RabbitMQ.
func (w wiring) addBroker(values django.Values, d dataServices) {
	addBrokerParts(values, d)
	if d.broker != nil {
		values[contract.BrokerURL] = d.broker.URL(d.broker.Number)
		values[contract.ResultBackend] = d.broker.URL(w.environment.ResultNumber())
		values[contract.VisibilityTimeout] = pulumi.String(strconv.Itoa(w.environment.Broker.VisibilityTimeoutSeconds))
	}
	if d.queue != nil {
		values[contract.BrokerURL] = d.queue.URL()
		// Results return over the same connection, as messages.
		values[contract.ResultBackend] = pulumi.String("rpc://")
	}
	if w.environment.RunsRabbitMQ() {
		values[contract.BrokerQueueType] = pulumi.String(string(w.environment.Broker.QueueType))
	}
}

// staticURL is the URL of the platform's CDN, or of the app itself.
func (w wiring) staticURL() pulumi.StringInput {
	if w.platform.Static != nil {
		return w.platform.Static.URL
	}
	return pulumi.String(w.environment.Static.URL)
}

// addFiles adds the platform's buckets of static and uploaded files.
func (w wiring) addFiles(values django.Values) {
	w.platform.Static.addBucket(values, contract.StaticBucket)
	media := w.platform.Media
	media.addBucket(values, contract.MediaBucket)
	if media != nil && media.URL != nil {
		values[contract.MediaURL] = media.URL
	}
	if keys := w.platform.MediaKeys; keys != nil {
		values[contract.MediaEndpoint] = pulumi.String(keys.Endpoint)
		values[contract.MediaAccessKeyID] = keys.ID
		values[contract.MediaSecretAccessKey] = keys.Secret
		values[contract.MediaChecksums] = pulumi.String("when_required")
	}
}

// addBucket adds the bucket, if there is one.
func (f *Files) addBucket(values django.Values, name contract.Path) {
	if f == nil || f.Bucket == nil {
		return
	}
	values[name] = f.Bucket
	values[contract.BucketRegion] = pulumi.String(f.Region)
	values[contract.BucketBackend] = pulumi.String(f.Backend)
}

// server returns the connection to the database server itself.
func (d dataServices) server() connection.Database {
	if d.direct != nil {
		return *d.direct
	}
	return d.database
}

// direct returns the values of a process that bypasses the pooler; nil without a pooler.
func direct(d dataServices) django.Values {
	if d.direct == nil {
		return nil
	}
	values := django.Values{
		contract.DatabaseURL:     d.direct.URL(),
		contract.DatabaseHost:    d.direct.Host,
		contract.DatabasePort:    pulumi.String(strconv.Itoa(d.direct.Port)),
		contract.DatabaseSSLMode: pulumi.String(d.direct.SSLMode),
	}
	if d.database.CA != nil {
		// libpq reads an empty file name as none. The pooler's authority has not signed
		// the certificate of a server outside of the cluster.
		values[contract.DatabaseCAFile] = pulumi.String(d.direct.CAFile())
	}
	return values
}
