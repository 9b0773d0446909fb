package spec

import (
	"encoding/json"

	"github.com/djangostack/djangostack/components/contract"
)

// Profile is a set of additional variable names for the values of the environment contract,
// for apps that read other names than the canonical ones.
type Profile string

// The profiles. DjangoAppPrefix adds names such as DJANGO_APP_DB_NAME, ServiceHost adds
// names such as DATABASE_SERVICE_HOST and SECRET_KEY. Apps from the cookiecutter-django
// template need no profile.
const (
	DjangoAppPrefix Profile = contract.ProfileDjangoAppPrefix
	ServiceHost     Profile = contract.ProfileServiceHost
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
	WSGIModule string `json:"wsgiModule,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$" default:"the first part of settingsModule, followed by .wsgi"`
	// The app's Procfile, as a path relative to the directory of Pulumi.yaml or as text. It defines the commands of web, worker, worker-NAME, beat, release and all other processes; the configuration adds to them by name.
	Procfile string `json:"procfile,omitempty" jsonschema:"minLength=1"`
	// The Python module of the ASGI application, which holds a callable named application; with web.server uvicorn.
	ASGIModule string `json:"asgiModule,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$" default:"the first part of settingsModule, followed by .asgi"`
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
	// Plain environment variables of every process, in a ConfigMap. They override variables of the environment contract. $(NAME) in a value is replaced by the value of another variable; $$(NAME) stays as $(NAME).
	Env map[string]string `json:"env,omitempty"`
	// Secret environment variables of every process, in a Secret. Set them with djangostack config secret.
	SecretEnv map[string]string `json:"secretEnv,omitempty" secret:"true"`
	// Environment variables of every process with values from existing Secrets of the namespace.
	SecretKeyRefs map[string]SecretKeyRef `json:"secretKeyRefs,omitempty"`
	// Files of every process by path, in a ConfigMap, for instance /etc/newrelic.ini: text.
	Files map[string]string `json:"files,omitempty"`
	// Sets of additional variable names for the values of the environment contract.
	Profiles []Profile `json:"profiles,omitempty" jsonschema:"enum=django-app-prefix,enum=service-host,uniqueItems=true"`
	// Variables that hold single values of the environment contract, for instance MY_DB: database.url. They override what the contract sets under the same name: REDIS_URL: broker.url.
	Bindings map[string]string `json:"bindings,omitempty"`
	// Variables of the environment contract that no process gets, for instance GS_BUCKET_NAME.
	Unset []string `json:"unset,omitempty" jsonschema:"minLength=1,uniqueItems=true"`
}

// Command is one command of a release.
type Command struct {
	// Name of the command, part of its Job's name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// The command as a list of words.
	Command []string `json:"command" jsonschema:"minItems=1,minLength=1"`
	// pooled: the command connects like the processes; direct: it bypasses database.pooler, as migrations must.
	Database DatabaseConnection `json:"database,omitempty" jsonschema:"enum=pooled,enum=direct"`
}

// UnmarshalJSON fills in the defaults of a command before decoding it.
func (c *Command) UnmarshalJSON(raw []byte) error {
	type plain Command
	command := plain{Database: Pooled}
	if err := json.Unmarshal(raw, &command); err != nil {
		return err
	}
	*c = Command(command)
	return nil
}

// DatabaseConnection is how a command connects to the database.
type DatabaseConnection string

// Pooled connects through the pooler, if there is one. Direct bypasses it.
const (
	Pooled DatabaseConnection = "pooled"
	Direct DatabaseConnection = "direct"
)

// SecretKeyRef names one entry of a Secret.
type SecretKeyRef struct {
	// Name of the Secret.
	Name string `json:"name" jsonschema:"pattern=^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"`
	// Key of the entry.
	Key string `json:"key" jsonschema:"pattern=^[A-Za-z0-9._-]+$"`
}

// Release holds the commands that run once for each release, in this order: check, before,
// migrate, collect static files, first superuser, after.
type Release struct {
	// The lowest level at which check --deploy stops the release; OFF skips the check.
	Check string `json:"check,omitempty" jsonschema:"enum=CRITICAL,enum=ERROR,enum=WARNING,enum=INFO,enum=DEBUG,enum=OFF"`
	// Additional commands before migrate, in this order.
	Before []Command `json:"before,omitempty"`
	// Additional commands after all others and before the processes start, in this order; the release command of the Procfile is the first.
	After []Command `json:"after,omitempty"`
	// The first superuser, created once with a generated password; none when left out.
	Superuser *Superuser `json:"superuser,omitempty"`
	// Seconds that migrate waits for a lock before it fails. All other queries on the table wait behind it in the meantime. 0 waits without limit. Statements with CONCURRENTLY let queries pass and wait for old transactions, so the limit does not apply to them.
	LockTimeoutSeconds int `json:"lockTimeoutSeconds,omitempty" jsonschema:"minimum=0,maximum=3600"`
	// Seconds that each command may take.
	ActiveDeadlineSeconds int `json:"activeDeadlineSeconds,omitempty" jsonschema:"minimum=10,maximum=86400"`
	// Resources of each command's container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// Superuser is the first administrator of the app.
type Superuser struct {
	// The value of the user model's USERNAME_FIELD.
	Username string `json:"username" jsonschema:"minLength=1,maxLength=150"`
	// The administrator's e-mail address.
	Email string `json:"email" jsonschema:"pattern=^[^@\\s]+@[^@\\s]+$"`
}
