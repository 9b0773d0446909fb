package spec

import (
	"encoding/json"

	"github.com/djangostack/djangostack/components/contract"
)

// Profile is a set of further names for the values of the environment
// contract, for apps that read other names than the canonical ones.
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
	Image string `json:"image" jsonschema:"pattern=^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0\\,127})?(@sha256:[a-f0-9]{64})?$"`
	// When the node pulls the image.
	ImagePullPolicy string `json:"imagePullPolicy,omitempty" jsonschema:"enum=IfNotPresent,enum=Always,enum=Never"`
	// Names of Secrets in the namespace that hold registry credentials.
	ImagePullSecrets []string `json:"imagePullSecrets,omitempty" jsonschema:"minLength=1,uniqueItems=true"`
	// The Python module of the settings (DJANGO_SETTINGS_MODULE).
	SettingsModule string `json:"settingsModule" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$"`
	// The Python module of the WSGI application, which holds a callable named application.
	WSGIModule string `json:"wsgiModule,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$" default:"the first part of settingsModule, followed by .wsgi"`
	// The app's Procfile, which gives web, worker, worker-NAME, beat, release and every other process its command: a path relative to the directory of Pulumi.yaml, or its text. The configuration refines the processes by name.
	Procfile string `json:"procfile,omitempty" jsonschema:"minLength=1"`
	// The Python module of the ASGI application, which holds a callable named application; with web.server uvicorn.
	ASGIModule string `json:"asgiModule,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$" default:"the first part of settingsModule, followed by .asgi"`
	// The Celery application, as given to celery -A; needed by workers and beat.
	CeleryApp string `json:"celeryApp,omitempty" jsonschema:"pattern=^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*(:[A-Za-z_][A-Za-z0-9_]*)?$"`
	// How management commands are started.
	ManageCommand []string `json:"manageCommand,omitempty" jsonschema:"minItems=1,minLength=1"`
	// The user id that the processes run as; never 0.
	RunAsUser int `json:"runAsUser,omitempty" jsonschema:"minimum=1,maximum=65535"`
	// Where users reach the app, scheme and host, for instance https://blog.example.com.
	URL string `json:"url,omitempty" jsonschema:"pattern=^https?://[A-Za-z0-9.-]+(:[0-9]+)?$" default:"the Service's address in the cluster"`
	// Host names the app answers to besides the URL's (DJANGO_ALLOWED_HOSTS).
	Hosts []string `json:"hosts,omitempty" jsonschema:"minLength=1,uniqueItems=true"`
	// Further origins trusted for POST, with scheme (DJANGO_CSRF_TRUSTED_ORIGINS); the URL's is always there.
	CSRFTrustedOrigins []string `json:"csrfTrustedOrigins,omitempty" jsonschema:"pattern=^https?://[A-Za-z0-9.*-]+(:[0-9]+)?$,uniqueItems=true"`
	// Plain environment variables of every process; they stand in a ConfigMap. $(NAME) in a value is the value of another variable, $$(NAME) that text itself.
	Env map[string]string `json:"env,omitempty"`
	// Secret environment variables of every process; they stand in a Secret. Set them with djangostack config secret.
	SecretEnv map[string]string `json:"secretEnv,omitempty"`
	// Environment variables of every process whose values stand in Secrets that the namespace has.
	SecretKeyRefs map[string]SecretKeyRef `json:"secretKeyRefs,omitempty"`
	// Files of every process by their paths, for instance /etc/newrelic.ini: text; they stand in a ConfigMap.
	Files map[string]string `json:"files,omitempty"`
	// Sets of further names for the values of the environment contract.
	Profiles []Profile `json:"profiles,omitempty" jsonschema:"enum=django-app-prefix,enum=service-host,uniqueItems=true"`
	// Further names for single values: variable name to contract path, for instance MY_DB: database.url.
	Bindings map[string]string `json:"bindings,omitempty"`
}

// Command is one command of a release.
type Command struct {
	// Name of the command, part of its Job's name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// The command, each word for itself.
	Command []string `json:"command" jsonschema:"minItems=1,minLength=1"`
	// pooled: it reaches the database as the processes do; direct: it passes database.pooler by, as a migration must.
	Database DatabaseConnection `json:"database,omitempty" jsonschema:"enum=pooled,enum=direct"`
}

// UnmarshalJSON fills in a command's defaults before reading it.
func (c *Command) UnmarshalJSON(raw []byte) error {
	type plain Command
	command := plain{Database: Pooled}
	if err := json.Unmarshal(raw, &command); err != nil {
		return err
	}
	*c = Command(command)
	return nil
}

// Way is how a command reaches the database.
type DatabaseConnection string

// Pooled goes through the pool, if there is one; Direct passes it by.
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

// Release is the commands run once for each release, in this order: check, those
// before, migrate, collect static files, first superuser, those after.
type Release struct {
	// The lowest level at which check --deploy stops the release; OFF skips the check.
	Check string `json:"check,omitempty" jsonschema:"enum=CRITICAL,enum=ERROR,enum=WARNING,enum=INFO,enum=DEBUG,enum=OFF"`
	// Further commands, in this order, before migrate.
	Before []Command `json:"before,omitempty"`
	// Further commands, in this order, after all others and before the processes; the Procfile's release command is the first of them.
	After []Command `json:"after,omitempty"`
	// The first superuser, made once with a generated password; none when left out.
	Superuser *Superuser `json:"superuser,omitempty"`
	// Seconds that migrate waits for a lock before it fails; everybody else who wants the table queues up behind it meanwhile. 0 waits for ever.
	LockTimeoutSeconds int `json:"lockTimeoutSeconds,omitempty" jsonschema:"minimum=0,maximum=3600"`
	// How long each command may take, in seconds.
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
