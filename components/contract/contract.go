// Package contract lists the environment variables that an environment sets for the Django
// app: each value, and the names of the variables that hold it.
//
// The package holds data only and imports only the standard library, so that a
// configuration is checked against it without any SDK.
package contract

import "slices"

// Path is the name of one value of the contract, for instance database.url.
type Path string

// The values of the contract.
const (
	DatabaseURL      Path = "database.url"
	DatabaseEngine   Path = "database.engine"
	DatabaseName     Path = "database.name"
	DatabaseUser     Path = "database.user"
	DatabasePassword Path = "database.password"
	DatabaseHost     Path = "database.host"
	DatabasePort     Path = "database.port"
	DatabaseSSLMode  Path = "database.sslMode"
	// DatabaseCAFile is the file with the certificates of the server's private authority.
	DatabaseCAFile Path = "database.caFile"
	// DatabasePooling is the pool mode of the connection pooler: transaction. It is not set
	// without a pooler.
	DatabasePooling Path = "database.pooling"
	// DatabaseDirectURL bypasses the connection pooler.
	DatabaseDirectURL Path = "database.directURL"

	CacheURL     Path = "cache.url"
	CacheBackend Path = "cache.backend"
	// CacheLocation is the server. CacheLocations are the server and its replicas, the
	// server first, separated by spaces or commas.
	CacheLocation  Path = "cache.location"
	CacheLocations Path = "cache.locations"

	BrokerURL     Path = "broker.url"
	ResultBackend Path = "broker.resultBackend"
	// VisibilityTimeout is the time in seconds after which Redis redelivers a task that no
	// worker has acknowledged.
	VisibilityTimeout Path = "broker.visibilityTimeout"
	// BrokerQueueType is the type of RabbitMQ's queues, which Celery must know if it is
	// quorum. BrokerCAFile is the file with the certificates of RabbitMQ's private authority,
	// for Celery's broker_use_ssl.
	BrokerQueueType Path = "broker.queueType"
	BrokerCAFile    Path = "broker.caFile"

	SearchURL Path = "search.url"

	SecretKey          Path = "django.secretKey"
	AllowedHosts       Path = "django.allowedHosts"
	CSRFTrustedOrigins Path = "django.csrfTrustedOrigins"
	SettingsModule     Path = "django.settingsModule"

	// AppRelease is the tag or digest of the app's image, and AppEnvironment the stack's name.
	AppRelease     Path = "app.release"
	AppEnvironment Path = "app.environment"

	StaticURL  Path = "static.url"
	StaticRoot Path = "static.root"

	StaticBucket Path = "static.bucket"
	MediaBucket  Path = "media.bucket"
	MediaURL     Path = "media.url"
	BucketRegion Path = "bucket.region"
	// BucketBackend is the django-storages class for the buckets.
	BucketBackend Path = "bucket.backend"

	WebConcurrency    Path = "server.webConcurrency"
	ForwardedAllowIPs Path = "server.forwardedAllowIPs"
	GunicornArgs      Path = "server.gunicornArgs"
	Port              Path = "server.port"
)

// The profiles are sets of further names. ProfileDjangoAppPrefix has names such as
// DJANGO_APP_DB_NAME, ProfileServiceHost names such as DATABASE_SERVICE_HOST and SECRET_KEY.
const (
	ProfileDjangoAppPrefix = "django-app-prefix"
	ProfileServiceHost     = "service-host"
)

// Profiles lists the profiles.
func Profiles() []string { return []string{ProfileDjangoAppPrefix, ProfileServiceHost} }

// Value is one value of the contract and the variables that hold it.
type Value struct {
	Path Path
	// Names are the variables that every app gets, whatever its profiles.
	Names []string
	// Profiles are additional variables, by profile.
	Profiles map[string][]string
	// Secret values are stored in a Secret, the others in a ConfigMap.
	Secret bool
	// Process is the only process that reads the value, so that a change restarts no other;
	// empty for all processes.
	Process string
}

// Web is the process that serves HTTP.
const Web = "web"

// Values lists the whole contract.
func Values() []Value {
	return []Value{
		{Path: DatabaseURL, Names: []string{"DATABASE_URL"}, Secret: true},
		{Path: DatabaseEngine, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_ENGINE"}}},
		{Path: DatabaseName, Names: []string{"POSTGRES_DB", "PGDATABASE"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_NAME"}, ProfileServiceHost: {"DATABASE_NAME"}}},
		{Path: DatabaseUser, Names: []string{"POSTGRES_USER", "PGUSER"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_USER"}, ProfileServiceHost: {"DATABASE_USER"}}},
		{Path: DatabasePassword, Names: []string{"POSTGRES_PASSWORD", "PGPASSWORD"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_PASSWORD"}, ProfileServiceHost: {"DATABASE_PASSWORD"}}, Secret: true},
		{Path: DatabaseHost, Names: []string{"POSTGRES_HOST", "PGHOST"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_HOST"}, ProfileServiceHost: {"DATABASE_SERVICE_HOST"}}},
		{Path: DatabasePort, Names: []string{"POSTGRES_PORT", "PGPORT"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_PORT"}}},
		{Path: DatabaseSSLMode, Names: []string{"PGSSLMODE"}},
		{Path: DatabaseCAFile, Names: []string{"PGSSLROOTCERT"}},
		{Path: DatabasePooling, Names: []string{"DATABASE_POOLING"}},
		{Path: DatabaseDirectURL, Names: []string{"DIRECT_DATABASE_URL"}, Secret: true},

		{Path: CacheURL, Names: []string{"CACHE_URL", "REDIS_URL"}, Secret: true},
		{Path: CacheBackend, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_CACHE_BACKEND"}}},
		{Path: CacheLocation, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_CACHE_LOCATION"}}, Secret: true},
		{Path: CacheLocations, Names: []string{"CACHE_LOCATION"}, Secret: true},

		{Path: BrokerURL, Names: []string{"CELERY_BROKER_URL"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"BROKER_URL"}}, Secret: true},
		{Path: ResultBackend, Names: []string{"CELERY_RESULT_BACKEND"}, Secret: true},
		{Path: VisibilityTimeout, Names: []string{"CELERY_VISIBILITY_TIMEOUT"}},
		{Path: BrokerQueueType, Names: []string{"CELERY_TASK_DEFAULT_QUEUE_TYPE"}},
		{Path: BrokerCAFile, Names: []string{"CELERY_BROKER_CA_FILE"}},

		{Path: SearchURL, Names: []string{"SEARCH_URL", "ELASTICSEARCH_URL"}, Secret: true},

		{Path: SecretKey, Names: []string{"DJANGO_SECRET_KEY"}, Profiles: map[string][]string{ProfileServiceHost: {"SECRET_KEY"}}, Secret: true},
		{Path: AllowedHosts, Names: []string{"DJANGO_ALLOWED_HOSTS"}, Profiles: map[string][]string{ProfileServiceHost: {"ALLOWED_HOSTS"}}},
		{Path: CSRFTrustedOrigins, Names: []string{"DJANGO_CSRF_TRUSTED_ORIGINS"}, Profiles: map[string][]string{ProfileServiceHost: {"CSRF_TRUSTED_ORIGINS"}}},
		{Path: SettingsModule, Names: []string{"DJANGO_SETTINGS_MODULE"}},

		{Path: AppRelease},
		{Path: AppEnvironment},

		{Path: StaticURL, Names: []string{"STATIC_URL"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_STATIC_URL"}}},
		{Path: StaticRoot, Names: []string{"STATIC_ROOT"}},
		{Path: StaticBucket, Names: []string{"STATIC_BUCKET_NAME"}},
		{Path: MediaBucket, Names: []string{"MEDIA_BUCKET_NAME", "AWS_STORAGE_BUCKET_NAME", "GS_BUCKET_NAME"}},
		{Path: MediaURL, Names: []string{"MEDIA_URL"}},
		{Path: BucketRegion, Names: []string{"AWS_S3_REGION_NAME"}},
		{Path: BucketBackend, Names: []string{"DJANGO_STORAGE_BACKEND"}},

		{Path: WebConcurrency, Names: []string{"WEB_CONCURRENCY"}, Process: Web},
		{Path: ForwardedAllowIPs, Names: []string{"FORWARDED_ALLOW_IPS"}, Process: Web},
		{Path: GunicornArgs, Names: []string{"GUNICORN_CMD_ARGS"}, Process: Web},
		{Path: Port, Names: []string{"PORT"}, Process: Web},
	}
}

// NamesFor lists the variables that hold the value with the given profiles.
func (v Value) NamesFor(profiles []string) []string {
	names := slices.Clone(v.Names)
	for _, profile := range profiles {
		names = append(names, v.Profiles[profile]...)
	}
	return names
}

// Paths lists every path of the contract in alphabetical order.
func Paths() []string {
	var paths []string
	for _, value := range Values() {
		paths = append(paths, string(value.Path))
	}
	slices.Sort(paths)
	return paths
}

// PathOf returns the path whose value a variable holds with the given profiles, or an empty
// path if the contract does not set the variable.
func PathOf(name string, profiles []string) Path {
	for _, value := range Values() {
		for _, known := range value.NamesFor(profiles) {
			if known == name {
				return value.Path
			}
		}
	}
	return ""
}

// PodVariables lists the variables that every pod sets. The app can override all but
// those of IdentityVariables.
func PodVariables() []string {
	return append(IdentityVariables(), "HOME", "XDG_RUNTIME_DIR")
}

// IdentityVariables lists the variables that describe the pod itself, which nothing can
// override.
func IdentityVariables() []string { return []string{"POD_NAME", "POD_IP"} }
