package spec

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Release holds the commands that run once for each release, in this order: check, before,
// migrate, collect static files, first superuser, after; or those of Steps in the order of
// that list.
type Release struct {
	// The lowest level at which check --deploy stops the release; OFF skips the check.
	Check string `json:"check,omitempty" jsonschema:"enum=CRITICAL,enum=ERROR,enum=WARNING,enum=INFO,enum=DEBUG,enum=OFF"`
	// Additional commands before migrate, in this order.
	Before []Command `json:"before,omitempty"`
	// How the databases are migrated.
	Migrate Migrate `json:"migrate,omitempty"`
	// Additional commands after all others and before the processes start, in this order; the release command of the Procfile is the first.
	After []Command `json:"after,omitempty"`
	// Every step of the release in the order in which they run, one after the other, instead of before and after. check, migrate, collectstatic and superuser are the program's own steps and run only if the list has them; any other name is a command. The release command of the Procfile is the step procfile, by default the last.
	Steps []Step `json:"steps,omitempty" default:"check, before, migrate and beside them collectstatic, superuser, after"`
	// The first superuser, created once with a generated password; none when left out.
	Superuser *Superuser `json:"superuser,omitempty"`
	// Seconds that migrate waits for a lock before it fails. All other queries on the table wait behind it in the meantime. 0 waits without limit. Statements with CONCURRENTLY let queries pass and wait for old transactions, so the limit does not apply to them, except in a migrate.command.
	LockTimeoutSeconds int `json:"lockTimeoutSeconds,omitempty" jsonschema:"minimum=0,maximum=3600" default:"10; with migrate.command 0"`
	// Seconds that each command may take.
	ActiveDeadlineSeconds int `json:"activeDeadlineSeconds,omitempty" jsonschema:"minimum=10,maximum=86400"`
	// Resources of each command's container.
	Resources Resources `json:"resources,omitempty"`
	Pods
}

// Command is one command of a release.
type Command struct {
	// Name of the command, part of its Job's name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// The command as a list of words.
	Command []string `json:"command" jsonschema:"minItems=1,minLength=1"`
	// pooled: the command connects like the processes; direct: it bypasses database.pooler, as migrations must.
	Database DatabaseConnection `json:"database,omitempty" jsonschema:"enum=pooled,enum=direct"`
	// Whether the command writes files into static.root, as a compressor does: with static.store volume into the volume that the web pods share; with static.store pod in each web pod as it starts, after collectstatic, or before it for a command of release.before.
	WritesStatic bool `json:"writesStatic,omitempty"`
}

// UnmarshalJSON fills in the defaults of a command before decoding it.
func (c *Command) UnmarshalJSON(raw []byte) error {
	type plain Command
	command := plain{Database: Pooled}
	if err := json.Unmarshal(raw, &command); err != nil {
		return fmt.Errorf("decoding a command of the release: %w", err)
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

// The steps of a release that the program knows by name. ProcfileStep is the release command
// of the Procfile.
const (
	CheckStep     = "check"
	MigrateStep   = "migrate"
	CollectStep   = "collectstatic"
	SuperuserStep = "superuser"
	ProcfileStep  = "procfile"
)

// builtInSteps are the steps that need no command.
func builtInSteps() []string { return []string{CheckStep, MigrateStep, CollectStep, SuperuserStep} }

// Step is one step of a release: one of the program's own by its name, or a command. What it
// leaves out is as in the release.
type Step struct {
	// check, migrate, collectstatic, superuser, or the name of a command, part of its Job's name.
	Name string `json:"name" jsonschema:"pattern=^[a-z]([a-z0-9-]{0\\,18}[a-z0-9])?$"`
	// The command as a list of words; not for the program's own steps, whose commands are release.migrate.command, static.command and release.superuser.command.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
	// pooled: the command connects like the processes; direct: it bypasses database.pooler, as migrations must.
	Database DatabaseConnection `json:"database,omitempty" jsonschema:"enum=pooled,enum=direct" default:"pooled; direct for migrate and procfile"`
	// Whether the command writes files into static.root, as a compressor does. With static.store pod it runs in each web pod as it starts, before collectstatic if that comes later in the list, otherwise after it.
	WritesStatic bool `json:"writesStatic,omitempty"`
	// Seconds that the step may take.
	ActiveDeadlineSeconds int `json:"activeDeadlineSeconds,omitempty" jsonschema:"minimum=10,maximum=86400" default:"release.activeDeadlineSeconds"`
	// Resources of the step's container.
	Resources Resources `json:"resources,omitempty" default:"release.resources"`
	Pods
}

// builtIn reports whether the step is one of the program's own.
func (s *Step) builtIn() bool { return slices.Contains(builtInSteps(), s.Name) }

// Migrate is how the databases are migrated.
type Migrate struct {
	// The app's own command instead of manage.py migrate. It bypasses database.pooler.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1" default:"manage.py migrate for each of databases"`
	// Aliases in DATABASES of the databases that are migrated, in this order.
	Databases []string `json:"databases,omitempty" jsonschema:"minItems=1,minLength=1,uniqueItems=true" default:"[default]"`
	// Whether migrate runs Django's system checks first.
	SystemChecks Switch `json:"systemChecks,omitempty" jsonschema:"enum=on,enum=off"`
	// Key of an advisory lock of PostgreSQL that migrate holds in each database, so that no other program with this lock migrates at the same time. It waits for the lock until its deadline.
	AdvisoryLock *int64 `json:"advisoryLock,omitempty" default:"none"`
}

// Superuser is the first administrator of the app. The model is asked for the names of its
// fields.
type Superuser struct {
	// The value of the user model's USERNAME_FIELD.
	Username string `json:"username,omitempty" jsonschema:"minLength=1,maxLength=254" default:"email, if that is the user model's USERNAME_FIELD"`
	// The administrator's e-mail address.
	Email string `json:"email" jsonschema:"pattern=^[^@\\s]+@[^@\\s]+$"`
	// Values of the user model's other REQUIRED_FIELDS by their names, for instance full_name: Ada Lovelace.
	Fields map[string]string `json:"fields,omitempty"`
	// The app's own command that creates the superuser if it does not exist. It gets DJANGO_SUPERUSER_USERNAME, DJANGO_SUPERUSER_EMAIL, DJANGO_SUPERUSER_PASSWORD, and DJANGO_SUPERUSER_NAME for each of fields, as manage.py createsuperuser --noinput reads them.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1"`
}

// Login is what the superuser signs in with.
func (s *Superuser) Login() string {
	if s.Username != "" {
		return s.Username
	}
	return s.Email
}
