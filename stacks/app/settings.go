package app

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/contract"
	"github.com/djangostack/djangostack/components/django"
	"github.com/djangostack/djangostack/stacks/spec"
)

// secretKeyLength is what django-admin startproject generates.
const secretKeyLength = 50

func (w wiring) settings(d data, account pulumi.StringInput) (django.Runtime, error) {
	secretKey, err := random.NewRandomPassword(w.ctx, w.name+"-secret-key", &random.RandomPasswordArgs{
		Length:  pulumi.Int(secretKeyLength),
		Special: pulumi.Bool(false),
	}, w.options...)
	if err != nil {
		return django.Runtime{}, fmt.Errorf("registering the Django secret key: %w", err)
	}
	args := &django.SettingsArgs{
		Namespace: w.namespace,
		Labels:    w.labels,
		Values:    w.values(d, secretKey.Result),
		Bindings:  map[string]contract.Path{},
		Direct:    direct(d),
		Plain:     w.e.App.Env,
		Secret:    w.e.App.SecretEnv,
		Files:     w.e.App.Files,

		FromSecrets: map[string]django.SecretEntry{},
		Authorities: d.authorities(),
	}
	for name, entry := range w.e.App.SecretKeyRefs {
		args.FromSecrets[name] = django.SecretEntry{Name: entry.Name, Key: entry.Key}
	}
	for _, profile := range w.e.App.Profiles {
		args.Profiles = append(args.Profiles, string(profile))
	}
	for name, path := range w.e.App.Bindings {
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
		Image:          w.e.App.Image,
		PullPolicy:     w.e.App.ImagePullPolicy,
		PullSecrets:    w.e.App.ImagePullSecrets,
		User:           w.e.App.RunAsUser,
		Environment:    settings.Environment,
	}, nil
}

// account makes the service account that the platform has given rights to; nil where
// it has given none.
func (w wiring) account() (pulumi.StringInput, error) {
	if w.platform.ServiceAccount == "" {
		return nil, nil
	}
	account, err := corev1.NewServiceAccount(w.ctx, w.name+"-account", &corev1.ServiceAccountArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(w.platform.ServiceAccount),
			Namespace: w.namespace,
			Labels:    w.labels.For("account"),

			Annotations: w.platform.AccountAnnotations,
		},
		// Rights on the cloud come by another way; none on the cluster are wanted.
		AutomountServiceAccountToken: pulumi.Bool(false),
	}, w.options...)
	if err != nil {
		return nil, fmt.Errorf("registering the service account %s: %w", w.platform.ServiceAccount, err)
	}
	return account.Metadata.Name().Elem(), nil
}

func (w wiring) values(d data, secretKey pulumi.StringInput) django.Values {
	app, web, static := w.e.App, w.e.Web, w.e.Static
	values := django.Values{
		contract.DatabaseURL:      d.database.URL(),
		contract.DatabaseEngine:   pulumi.String("postgresql"),
		contract.DatabaseName:     pulumi.String(d.database.Name),
		contract.DatabaseUser:     pulumi.String(d.database.User),
		contract.DatabasePassword: d.database.Password,
		contract.DatabaseHost:     d.database.Host,
		contract.DatabasePort:     pulumi.String(strconv.Itoa(d.database.Port)),
		contract.DatabaseSSLMode:  pulumi.String(d.database.SSLMode),

		contract.SecretKey:          secretKey,
		contract.AllowedHosts:       pulumi.String(strings.Join(w.e.AllowedHosts(), ",")),
		contract.CSRFTrustedOrigins: pulumi.String(strings.Join(w.e.TrustedOrigins(), ",")),
		contract.SettingsModule:     pulumi.String(app.SettingsModule),

		contract.AppRelease:     pulumi.String(w.e.ReleaseName()),
		contract.AppEnvironment: pulumi.String(w.ctx.Stack()),

		contract.StaticURL:  pulumi.String(static.URL),
		contract.StaticRoot: pulumi.String(static.Root),

		contract.WebConcurrency: pulumi.String(strconv.Itoa(web.Workers)),
		// The address of the proxy in front is not known beforehand, and only pods of
		// the cluster can reach the port.
		contract.ForwardedAllowIPs: pulumi.String("*"),
		contract.Port:              pulumi.String(strconv.Itoa(w.e.ServedPort())),
	}
	if web.Server == spec.Gunicorn {
		values[contract.GunicornArgs] = pulumi.String(django.GunicornArgs(w.e.ServedPort(), web.Threads, django.Shutdown(w.e.WebShutdown()), w.e.KeepAliveSeconds()))
	}
	if d.cache != nil {
		values[contract.CacheURL] = d.cache.URL(0)
		values[contract.CacheBackend] = pulumi.String("django.core.cache.backends.redis.RedisCache")
		// Django takes commas between the servers, the seed's settings spaces.
		values[contract.CacheLocation] = d.cache.URLs(0, " ")
		values[contract.CacheLocations] = d.cache.URLs(0, ",")
	}
	if d.broker != nil {
		values[contract.BrokerURL] = d.broker.URL(0)
		values[contract.ResultBackend] = d.broker.URL(1)
		values[contract.VisibilityTimeout] = pulumi.String(strconv.Itoa(w.e.Broker.VisibilityTimeoutSeconds))
	}
	if d.direct != nil {
		values[contract.DatabasePooling] = pulumi.String("transaction")
		values[contract.DatabaseDirectURL] = d.direct.URL()
	}
	if d.queue != nil {
		values[contract.BrokerURL] = d.queue.URL()
		// Results come back over the same connection, as messages.
		values[contract.ResultBackend] = pulumi.String("rpc://")
	}
	if w.platform.SearchURL != nil {
		values[contract.SearchURL] = w.platform.SearchURL
	}
	w.files(values)
	return values
}

// files adds where static and uploaded files live when the platform has buckets or a CDN.
func (w wiring) files(values django.Values) {
	if static := w.platform.Static; static != nil {
		static.bucket(values, contract.StaticBucket)
		values[contract.StaticURL] = static.URL
	}
	if media := w.platform.Media; media != nil {
		media.bucket(values, contract.MediaBucket)
		if media.URL != nil {
			values[contract.MediaURL] = media.URL
		}
	}
}

// bucket adds how the app reaches the bucket, where there is one.
func (f *Files) bucket(values django.Values, name contract.Path) {
	if f.Bucket == nil {
		return
	}
	values[name] = f.Bucket
	values[contract.BucketRegion] = pulumi.String(f.Region)
	values[contract.BucketBackend] = pulumi.String(f.Backend)
}

// direct are the values of a process that passes the pool by; nil without a pool.
func direct(d data) django.Values {
	if d.direct == nil {
		return nil
	}
	return django.Values{
		contract.DatabaseURL:     d.direct.URL(),
		contract.DatabaseHost:    d.direct.Host,
		contract.DatabasePort:    pulumi.String(strconv.Itoa(d.direct.Port)),
		contract.DatabaseSSLMode: pulumi.String(d.direct.SSLMode),
	}
}
