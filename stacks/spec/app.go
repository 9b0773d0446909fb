package spec

import "github.com/djangostack/djangostack/components/contract"

// Profile is a set of additional variable names for the values of the environment contract,
// for apps that read other names than the canonical ones.
type Profile string

// The profiles. DjangoAppPrefix adds names such as DJANGO_APP_DB_NAME, ServiceHost names such as
// DATABASE_SERVICE_HOST and SECRET_KEY, Unprefixed names such as DB_HOST and SECRET_KEY, and
// Cookiecutter those of the buckets of the cookiecutter-django template, whose other names every
// app gets. RedisQueue makes REDIS_URL the broker, for queues that read it.
const (
	DjangoAppPrefix Profile = contract.ProfileDjangoAppPrefix
	ServiceHost     Profile = contract.ProfileServiceHost
	Cookiecutter    Profile = contract.ProfileCookiecutter
	Unprefixed      Profile = contract.ProfileUnprefixed
	RedisQueue      Profile = contract.ProfileRedisQueue
)

// App is the Django app: its image and what all its processes share.
type App struct {
	// Name of the app: the prefix of its resources and the value of its labels.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,30}[a-z0-9])?$"`
	// The image that every process runs.
	Image ImageName `json:"image"`
	// Pull policy of the image.
	ImagePullPolicy string `json:"imagePullPolicy,omitempty" jsonschema:"enum=IfNotPresent,enum=Always,enum=Never"`
	// Names of Secrets in the namespace with registry credentials.
	ImagePullSecrets []string `json:"imagePullSecrets,omitempty" jsonschema:"minLength=1,uniqueItems=true"`
	// The Python module of the settings (DJANGO_SETTINGS_MODULE).
	SettingsModule string `json:"settingsModule" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$"`
	// The Python module of the WSGI application, which holds a callable named application.
	WSGIModule string `json:"wsgiModule,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$" default:"the first part of settingsModule, followed by .wsgi; wsgi if it has one part"`
	// The app's Procfile, as a path relative to the directory of Pulumi.yaml or as text. It defines the commands of web, worker, worker-NAME, beat, release and all other processes; the configuration adds to them by name. A leading REMAP_SIGTERM=SIGQUIT, Celery's cold shutdown, is left out, because a worker may finish its longest task here.
	Procfile string `json:"procfile,omitempty" jsonschema:"minLength=1"`
	// The Python module of the ASGI application, which holds a callable named application; with web.server uvicorn.
	ASGIModule string `json:"asgiModule,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$" default:"the first part of settingsModule, followed by .asgi; asgi if it has one part"`
	// The Celery application, as in celery -A; required with workers or beat.
	CeleryApp string `json:"celeryApp,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*(:[A-Za-z_][A-Za-z0-9_]*)?$"`
	// The command that runs management commands.
	ManageCommand []string `json:"manageCommand,omitempty" jsonschema:"minItems=1,minLength=1"`
	SecurityContext
	// Public address of the app: scheme and host, for instance https://blog.example.com, and the path that the app is below, if any (SCRIPT_NAME, DJANGO_FORCE_SCRIPT_NAME).
	URL string `json:"url,omitempty" jsonschema:"pattern=^https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$" default:"the Service's address in the cluster"`
	// Host names that the app answers to besides the host of url and those of routes (DJANGO_ALLOWED_HOSTS).
	Hosts []string `json:"hosts,omitempty" jsonschema:"minLength=1,uniqueItems=true"`
	// Origins that may POST besides url and the hosts of routes, with scheme (DJANGO_CSRF_TRUSTED_ORIGINS).
	CSRFTrustedOrigins []string `json:"csrfTrustedOrigins,omitempty" jsonschema:"pattern=^https?://[A-Za-z0-9.*-]+(:[0-9]+)?$,uniqueItems=true"`
	// Plain environment variables of every process, in a ConfigMap. They override variables of the environment contract. $(NAME) in a value is replaced by the value of another variable; $$(NAME) stays as $(NAME). $(process:NAME.url) is replaced by the address of a process in the cluster, http://HOST:PORT of its Service, and $(process:NAME.host) and $(process:NAME.port) by its parts; NAME is web, or one of processes that has a port.
	Env map[string]string `json:"env,omitempty"`
	// Secret environment variables of every process, in a Secret. Set them with djangostack config secret.
	SecretEnv map[string]string `json:"secretEnv,omitempty" secret:"true"`
	// Environment variables of every process with values from existing Secrets of the namespace.
	SecretKeyRefs map[string]SecretKeyRef `json:"secretKeyRefs,omitempty"`
	// Files of every process by path, in a ConfigMap, for instance /etc/newrelic.ini: text. $(process:NAME.url) is replaced as in env. $$(PORT), or another variable of the environment contract, is $(PORT) in the file, for a program such as uWSGI that replaces it itself.
	Files map[string]string `json:"files,omitempty"`
	// Sets of additional variable names for the values of the environment contract. django-app-prefix: DJANGO_APP_DB_NAME; service-host: DATABASE_SERVICE_HOST, SECRET_KEY; unprefixed: DB_HOST, SECRET_KEY, ALLOWED_HOSTS; cookiecutter-django: DJANGO_AWS_STORAGE_BUCKET_NAME; redis-queue: REDIS_URL is the broker, which evicts nothing, for RQ, Huey, Dramatiq and other queues that read it.
	Profiles []Profile `json:"profiles,omitempty" jsonschema:"enum=django-app-prefix,enum=service-host,enum=unprefixed,enum=cookiecutter-django,enum=redis-queue,uniqueItems=true"`
	// Variables that hold single values of the environment contract, for instance MY_DB: database.url. They override what the contract sets under the same name: REDIS_URL: broker.url.
	Bindings map[string]string `json:"bindings,omitempty"`
	// Variables of the environment contract that no process gets, for instance GS_BUCKET_NAME.
	Unset []string `json:"unset,omitempty" jsonschema:"minLength=1,uniqueItems=true"`
}

// SecretKeyRef names one entry of a Secret.
type SecretKeyRef struct {
	// Name of the Secret.
	Name string `json:"name" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"`
	// Key of the entry.
	Key string `json:"key" jsonschema:"pattern=^[A-Za-z0-9._-]+$"`
}
