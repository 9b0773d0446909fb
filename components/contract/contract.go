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
	// DatabaseURLPassword is the password as a URL has it, percent-encoded, for a URL that the
	// app's variables compose. CacheURLPassword, BrokerURLPassword and SearchURLPassword are as
	// well.
	DatabaseURLPassword Path = "database.urlPassword"
	// DatabasePooling is the pool mode of the connection pooler: transaction. It is not set
	// without a pooler.
	DatabasePooling Path = "database.pooling"
	// DatabaseDirectURL bypasses the connection pooler.
	DatabaseDirectURL Path = "database.directURL"
	// DatabaseReplicaURL leads to the first read replica of a managed server.
	DatabaseReplicaURL Path = "database.replicaURL"

	CacheURL Path = "cache.url"
	// CacheRedisURL is the URL of a Redis; an environment whose cache is Memcached has none.
	CacheRedisURL Path = "cache.redisURL"
	CacheBackend  Path = "cache.backend"
	// CacheLocation is the server. CacheLocations are the server and its replicas, the
	// server first, separated by spaces or commas. Of Memcached both are all servers, as
	// HOST:PORT.
	CacheLocation  Path = "cache.location"
	CacheLocations Path = "cache.locations"
	// CachePlainURL is the URL without options, for django-environ and django-cache-url, which
	// do not hand them to redis-py. A server with a private authority has one only where
	// OpenSSLCertDir is bound.
	CachePlainURL Path = "cache.plainURL"
	// CacheNumber is the number of the database on the server, and CacheTLS true or false.
	CacheHost        Path = "cache.host"
	CachePort        Path = "cache.port"
	CacheUser        Path = "cache.user"
	CachePassword    Path = "cache.password"
	CacheURLPassword Path = "cache.urlPassword"
	CacheNumber      Path = "cache.number"
	CacheTLS         Path = "cache.tls"
	CacheCAFile      Path = "cache.caFile"

	BrokerURL     Path = "broker.url"
	ResultBackend Path = "broker.resultBackend"
	// VisibilityTimeout is the time in seconds after which Redis redelivers a task that no
	// worker has acknowledged.
	VisibilityTimeout Path = "broker.visibilityTimeout"
	// BrokerQueueType is the type of RabbitMQ's queues, which Celery must know if it is
	// quorum.
	BrokerQueueType Path = "broker.queueType"

	// BrokerNumber is the number of a Redis database, and BrokerVirtualHost the virtual host of
	// RabbitMQ.
	BrokerHost        Path = "broker.host"
	BrokerPort        Path = "broker.port"
	BrokerUser        Path = "broker.user"
	BrokerPassword    Path = "broker.password"
	BrokerURLPassword Path = "broker.urlPassword"
	BrokerNumber      Path = "broker.number"
	BrokerVirtualHost Path = "broker.virtualHost"
	BrokerTLS         Path = "broker.tls"
	// BrokerCAFile is the file with the certificates of the broker's private authority. Celery
	// reads that of RabbitMQ from broker_use_ssl only.
	BrokerCAFile Path = "broker.caFile"

	SearchURL         Path = "search.url"
	SearchHost        Path = "search.host"
	SearchPort        Path = "search.port"
	SearchUser        Path = "search.user"
	SearchPassword    Path = "search.password"
	SearchURLPassword Path = "search.urlPassword"
	// SearchTLS is true or false.
	SearchTLS Path = "search.tls"
	// SearchCAFile is the file with the certificates of the private authority of an OpenSearch in
	// the cluster. Its clients read it from no URL, so the app passes it as ca_certs.
	SearchCAFile Path = "search.caFile"

	// OpenSSLCertDir is for OpenSSL's SSL_CERT_DIR: the folders in which it finds the public
	// authorities and the private ones. Clients that have no setting for an authority's file
	// trust them by it, such as redis-py behind an app's own settings.
	OpenSSLCertDir Path = "openssl.certDir"

	SecretKey          Path = "django.secretKey"
	AllowedHosts       Path = "django.allowedHosts"
	CSRFTrustedOrigins Path = "django.csrfTrustedOrigins"
	SettingsModule     Path = "django.settingsModule"
	// ScriptName is the path of the app's public address; not set for an app at the root of its
	// host. Gunicorn reads SCRIPT_NAME.
	ScriptName Path = "django.scriptName"

	// AppRelease is the tag or digest of the app's image, and AppEnvironment the stack's name.
	AppRelease     Path = "app.release"
	AppEnvironment Path = "app.environment"

	StaticURL  Path = "static.url"
	StaticRoot Path = "static.root"

	StaticBucket Path = "static.bucket"
	MediaBucket  Path = "media.bucket"
	MediaURL     Path = "media.url"
	// MediaEndpoint, MediaAccessKeyID and MediaSecretAccessKey are for clients that speak the S3 protocol only, and
	// MediaChecksums for boto3, which otherwise sends checksums that Cloud Storage does not know
	// (https://github.com/boto/boto3/issues/4400).
	MediaEndpoint        Path = "media.endpoint"
	MediaAccessKeyID     Path = "media.accessKeyID"
	MediaSecretAccessKey Path = "media.secretAccessKey"
	MediaChecksums       Path = "media.checksums"
	BucketRegion         Path = "bucket.region"
	// BucketBackend is the django-storages class for the buckets.
	BucketBackend Path = "bucket.backend"

	WebConcurrency    Path = "server.webConcurrency"
	ForwardedAllowIPs Path = "server.forwardedAllowIPs"
	GunicornArgs      Path = "server.gunicornArgs"
	Port              Path = "server.port"
)

// The profiles are sets of further names. ProfileDjangoAppPrefix has names such as
// DJANGO_APP_DB_NAME, ProfileServiceHost names such as DATABASE_SERVICE_HOST and SECRET_KEY,
// ProfileCookiecutter the names of cookiecutter-django's buckets, and ProfileUnprefixed names
// such as DB_HOST and SECRET_KEY. With ProfileRedisQueue REDIS_URL is the broker, which evicts
// nothing, and not the cache.
const (
	ProfileDjangoAppPrefix = "django-app-prefix"
	ProfileServiceHost     = "service-host"
	ProfileCookiecutter    = "cookiecutter-django"
	ProfileUnprefixed      = "unprefixed"
	ProfileRedisQueue      = "redis-queue"
)

// Profiles lists the profiles.
func Profiles() []string {
	return []string{ProfileDjangoAppPrefix, ProfileServiceHost, ProfileCookiecutter, ProfileUnprefixed, ProfileRedisQueue}
}

// The clouds whose names for a bucket only their own apps get.
const (
	aws = "aws"
	gcp = "gcp"
)

// Value is one value of the contract and the variables that hold it.
type Value struct {
	Path Path
	// Names are the variables that every app gets, whatever its profiles.
	Names []string
	// Profiles are additional variables, by profile.
	Profiles map[string][]string
	// Cloud is the only cloud on which a variable is set, by its name; a variable that is not
	// here is set on all.
	Cloud map[string]string
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
		{Path: DatabaseName, Names: []string{"POSTGRES_DB", "PGDATABASE"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_NAME"}, ProfileServiceHost: {"DATABASE_NAME"}, ProfileUnprefixed: {"DB_NAME"}}},
		{Path: DatabaseUser, Names: []string{"POSTGRES_USER", "PGUSER"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_USER"}, ProfileServiceHost: {"DATABASE_USER"}, ProfileUnprefixed: {"DB_USER"}}},
		{Path: DatabasePassword, Names: []string{"POSTGRES_PASSWORD", "PGPASSWORD"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_PASSWORD"}, ProfileServiceHost: {"DATABASE_PASSWORD"}, ProfileUnprefixed: {"DB_PASSWORD"}}, Secret: true},
		{Path: DatabaseHost, Names: []string{"POSTGRES_HOST", "PGHOST"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_HOST"}, ProfileServiceHost: {"DATABASE_SERVICE_HOST"}, ProfileUnprefixed: {"DB_HOST"}}},
		{Path: DatabasePort, Names: []string{"POSTGRES_PORT", "PGPORT"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_DB_PORT"}, ProfileUnprefixed: {"DB_PORT"}}},
		{Path: DatabaseSSLMode, Names: []string{"PGSSLMODE"}},
		{Path: DatabaseCAFile, Names: []string{"PGSSLROOTCERT"}},
		{Path: DatabaseURLPassword, Secret: true},
		{Path: DatabasePooling, Names: []string{"DATABASE_POOLING"}},
		{Path: DatabaseDirectURL, Names: []string{"DIRECT_DATABASE_URL"}, Secret: true},
		{Path: DatabaseReplicaURL, Secret: true},

		{Path: CacheURL, Names: []string{"CACHE_URL"}, Secret: true},
		{Path: CacheRedisURL, Names: []string{"REDIS_URL"}, Secret: true},
		{Path: CacheBackend, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_CACHE_BACKEND"}}},
		{Path: CacheLocation, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_CACHE_LOCATION"}}, Secret: true},
		{Path: CacheLocations, Names: []string{"CACHE_LOCATION"}, Secret: true},
		{Path: CachePlainURL, Secret: true},
		{Path: CacheHost}, {Path: CachePort}, {Path: CacheUser},
		{Path: CachePassword, Secret: true}, {Path: CacheURLPassword, Secret: true},
		{Path: CacheNumber}, {Path: CacheTLS}, {Path: CacheCAFile},

		{Path: BrokerURL, Names: []string{"CELERY_BROKER_URL"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"BROKER_URL"}, ProfileRedisQueue: {"REDIS_URL"}}, Secret: true},
		{Path: ResultBackend, Names: []string{"CELERY_RESULT_BACKEND"}, Secret: true},
		{Path: VisibilityTimeout, Names: []string{"CELERY_VISIBILITY_TIMEOUT"}},
		{Path: BrokerQueueType, Names: []string{"CELERY_TASK_DEFAULT_QUEUE_TYPE"}},

		{Path: BrokerHost}, {Path: BrokerPort}, {Path: BrokerUser},
		{Path: BrokerPassword, Secret: true}, {Path: BrokerURLPassword, Secret: true},
		{Path: BrokerNumber}, {Path: BrokerVirtualHost}, {Path: BrokerTLS}, {Path: BrokerCAFile, Names: []string{"CELERY_BROKER_CA_FILE"}},

		{Path: SearchURL, Names: []string{"SEARCH_URL", "ELASTICSEARCH_URL"}, Secret: true},

		{Path: SearchHost}, {Path: SearchPort}, {Path: SearchUser},
		{Path: SearchPassword, Secret: true}, {Path: SearchURLPassword, Secret: true},
		{Path: SearchTLS}, {Path: SearchCAFile, Names: []string{"SEARCH_CA_FILE"}},

		{Path: OpenSSLCertDir},

		{Path: SecretKey, Names: []string{"DJANGO_SECRET_KEY"}, Profiles: map[string][]string{ProfileServiceHost: {"SECRET_KEY"}, ProfileUnprefixed: {"SECRET_KEY"}}, Secret: true},
		{Path: AllowedHosts, Names: []string{"DJANGO_ALLOWED_HOSTS"}, Profiles: map[string][]string{ProfileServiceHost: {"ALLOWED_HOSTS"}, ProfileUnprefixed: {"ALLOWED_HOSTS"}}},
		{Path: CSRFTrustedOrigins, Names: []string{"DJANGO_CSRF_TRUSTED_ORIGINS"}, Profiles: map[string][]string{ProfileServiceHost: {"CSRF_TRUSTED_ORIGINS"}, ProfileUnprefixed: {"CSRF_TRUSTED_ORIGINS"}}},
		{Path: ScriptName, Names: []string{"SCRIPT_NAME", "DJANGO_FORCE_SCRIPT_NAME"}, Profiles: map[string][]string{ProfileServiceHost: {"FORCE_SCRIPT_NAME"}, ProfileUnprefixed: {"FORCE_SCRIPT_NAME"}}},
		{Path: SettingsModule, Names: []string{"DJANGO_SETTINGS_MODULE"}},

		{Path: AppRelease},
		{Path: AppEnvironment},

		{Path: StaticURL, Names: []string{"STATIC_URL"}, Profiles: map[string][]string{ProfileDjangoAppPrefix: {"DJANGO_APP_STATIC_URL"}}},
		{Path: StaticRoot, Names: []string{"STATIC_ROOT"}},
		{Path: StaticBucket, Names: []string{"STATIC_BUCKET_NAME"}},
		{
			Path: MediaBucket, Names: []string{"MEDIA_BUCKET_NAME", "AWS_STORAGE_BUCKET_NAME", "GS_BUCKET_NAME"},
			Profiles: map[string][]string{ProfileCookiecutter: {"DJANGO_AWS_STORAGE_BUCKET_NAME", "DJANGO_GCP_STORAGE_BUCKET_NAME"}},
			Cloud: map[string]string{
				"AWS_STORAGE_BUCKET_NAME": aws, "DJANGO_AWS_STORAGE_BUCKET_NAME": aws,
				"GS_BUCKET_NAME": gcp, "DJANGO_GCP_STORAGE_BUCKET_NAME": gcp,
			},
		},
		{Path: MediaURL, Names: []string{"MEDIA_URL"}},
		{Path: MediaEndpoint, Names: []string{"AWS_S3_ENDPOINT_URL"}},
		{Path: MediaAccessKeyID, Names: []string{"AWS_ACCESS_KEY_ID"}},
		{Path: MediaSecretAccessKey, Names: []string{"AWS_SECRET_ACCESS_KEY"}, Secret: true},
		{Path: MediaChecksums, Names: []string{"AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"}},
		{
			Path: BucketRegion, Names: []string{"AWS_S3_REGION_NAME"},
			Profiles: map[string][]string{ProfileCookiecutter: {"DJANGO_AWS_S3_REGION_NAME"}},
			Cloud:    map[string]string{"AWS_S3_REGION_NAME": aws, "DJANGO_AWS_S3_REGION_NAME": aws},
		},
		{Path: BucketBackend, Names: []string{"DJANGO_STORAGE_BACKEND"}},

		{Path: WebConcurrency, Names: []string{"WEB_CONCURRENCY"}, Process: Web},
		{Path: ForwardedAllowIPs, Names: []string{"FORWARDED_ALLOW_IPS"}, Process: Web},
		{Path: GunicornArgs, Names: []string{"GUNICORN_CMD_ARGS"}, Process: Web},
		{Path: Port, Names: []string{"PORT"}, Process: Web},
	}
}

// NamesFor lists the variables that hold the value with the given profiles on a cloud. Without
// a cloud it lists those of all clouds. A name that one of the profiles gives to another value is
// that value's.
func (v Value) NamesFor(profiles []string, cloud string) []string {
	var names []string
	for _, name := range v.Names {
		if owner := profileOwner(name, profiles); owner == "" || owner == v.Path {
			names = append(names, name)
		}
	}
	for _, profile := range profiles {
		for _, name := range v.Profiles[profile] {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return slices.DeleteFunc(names, func(name string) bool {
		only := v.Cloud[name]
		return cloud != "" && only != "" && only != cloud
	})
}

// profileOwner returns the value to which one of the profiles gives a variable; empty for none.
func profileOwner(name string, profiles []string) Path {
	for _, value := range Values() {
		for _, profile := range profiles {
			if slices.Contains(value.Profiles[profile], name) {
				return value.Path
			}
		}
	}
	return ""
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
// path if the contract does not set the variable on any cloud.
func PathOf(name string, profiles []string) Path {
	for _, value := range Values() {
		if slices.Contains(value.NamesFor(profiles, ""), name) {
			return value.Path
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
