package image

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

//go:embed services
var entrypoints embed.FS

// recipe describes an image: its layer above the base, and its configuration.
type recipe struct {
	name   string // file name of the archive, without .tar
	tag    string
	files  func(appDir string) ([]file, error)
	config v1.Config
	// packages are the Debian packages of a separate base. Nil means the shared base.
	packages []string
}

// builtOnlyByName reports whether Build skips the image unless it is named: a separate base takes a minute to build.
func (r recipe) builtOnlyByName() bool { return r.packages != nil }

func (r recipe) debian() []string {
	if r.packages == nil {
		return packages()
	}
	return r.packages
}

// Names returns the names of all images, in the order in which Build builds them.
func Names() []string {
	names := make([]string, 0, len(recipes()))
	for _, r := range recipes() {
		names = append(names, r.name)
	}
	return names
}

func recipes() []recipe {
	return []recipe{blog("orange"), blog("maroon"), postgres(), redis(), memcached(), pgbouncer(), nginx(), graphite(), mailman(), debusine(), rabbitmq(), readers(), bind(), prometheus()}
}

func selectRecipes(names []string) ([]recipe, error) {
	if len(names) == 0 {
		return slices.DeleteFunc(recipes(), recipe.builtOnlyByName), nil
	}
	known := map[string]recipe{}
	for _, r := range recipes() {
		known[r.name] = r
	}
	chosen := make([]recipe, 0, len(names))
	for _, name := range names {
		r, found := known[name]
		if !found {
			return nil, fmt.Errorf("unknown image %q; known images are %s", name, strings.Join(Names(), ", "))
		}
		chosen = append(chosen, r)
	}
	return chosen, nil
}

func blog(release string) recipe {
	return recipe{
		name: "blog-" + release,
		tag:  "djangostack.local/blog:" + release,
		files: func(appDir string) ([]file, error) {
			app, err := appFiles(appDir, release)
			return append(accountFiles("app", 1000, "/app"), app...), err
		},
		config: v1.Config{
			User:       "1000:1000",
			WorkingDir: "/app",
			Env: environment(
				"DJANGO_SETTINGS_MODULE=blog.settings", "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"),
			Cmd:          []string{"gunicorn", "blog.wsgi:application", "--bind", "0.0.0.0:8000"},
			ExposedPorts: map[string]struct{}{"8000/tcp": {}},
			Labels:       labels("Sample Django blog, release " + release),
		},
	}
}

func postgres() recipe {
	const home = "/var/lib/postgresql"
	return recipe{
		name: "postgres",
		tag:  "docker.io/library/postgres:17",
		files: func(string) ([]file, error) {
			folders := []file{
				folder(home, 999, 0o755), folder(home+"/data", 999, 0o700), folder("/run/postgresql", 999, 0o755),
			}
			return withEntrypoint("postgres", append(accountFiles("postgres", 999, home), folders...))
		},
		config: v1.Config{
			User: "999:999",
			Env: []string{
				// Before /usr/bin, which has Debian's wrappers for clusters in /etc/postgresql.
				"PATH=/usr/lib/postgresql/17/bin:" + searchPath, "LANG=C.UTF-8", "PGDATA=" + home + "/data",
			},
			Entrypoint:   []string{"docker-entrypoint.sh"},
			Cmd:          []string{"postgres"},
			ExposedPorts: map[string]struct{}{"5432/tcp": {}},
			// On SIGTERM, PostgreSQL waits for all clients to disconnect. On SIGINT, it disconnects them and writes a checkpoint.
			StopSignal: "SIGINT",
			Labels:     labels("PostgreSQL, configured like the official postgres image"),
		},
	}
}

func redis() recipe {
	return recipe{
		name: "redis",
		tag:  "docker.io/library/redis:8",
		files: func(string) ([]file, error) {
			return withEntrypoint("redis", append(accountFiles("redis", 999, "/data"), folder("/data", 999, 0o755)))
		},
		config: v1.Config{
			User:         "999:999",
			WorkingDir:   "/data",
			Env:          environment(),
			Entrypoint:   []string{"docker-entrypoint.sh"},
			Cmd:          []string{"redis-server"},
			ExposedPorts: map[string]struct{}{"6379/tcp": {}},
			Labels:       labels("Redis, configured like the official redis image"),
		},
	}
}

func pgbouncer() recipe {
	return recipe{
		name:  "pgbouncer",
		tag:   "docker.io/edoburu/pgbouncer:v1.24.1-p1",
		files: func(string) ([]file, error) { return accountFiles("postgres", 70, "/var/lib/postgresql"), nil },
		config: v1.Config{
			User:         "70:70",
			Env:          environment(),
			Cmd:          []string{"pgbouncer", "/etc/pgbouncer/pgbouncer.ini"},
			ExposedPorts: map[string]struct{}{"5432/tcp": {}},
			Labels:       labels("PgBouncer"),
		},
	}
}

func nginx() recipe {
	return recipe{
		name:  "nginx",
		tag:   "docker.io/nginxinc/nginx-unprivileged:1.29-alpine",
		files: func(string) ([]file, error) { return accountFiles("nginx", 101, "/var/cache/nginx"), nil },
		config: v1.Config{
			User:         "101:101",
			Env:          environment(),
			Cmd:          []string{"nginx", "-g", "daemon off;"},
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
			// On SIGTERM, NGINX aborts running requests. On SIGQUIT, it completes them.
			StopSignal: "SIGQUIT",
			Labels:     labels("NGINX without root"),
		},
	}
}

const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func environment(more ...string) []string {
	return append([]string{"PATH=" + searchPath, "LANG=C.UTF-8"}, more...)
}

func labels(what string) map[string]string {
	return map[string]string{"org.opencontainers.image.description": what + ", built from Debian 13 packages"}
}

func withEntrypoint(name string, files []file) ([]file, error) {
	script, err := fs.ReadFile(entrypoints, "services/"+name+"/docker-entrypoint.sh")
	if err != nil {
		return nil, fmt.Errorf("reading the entry point of %s: %w", name, err)
	}
	return append(files, file{path: "/usr/local/bin/docker-entrypoint.sh", mode: 0o755, data: script}), nil
}

// accountFiles replaces the users and groups of the base with the few that a container needs.
func accountFiles(name string, id int, home string) []file {
	passwd := fmt.Sprintf("root:x:0:0:root:/root:/bin/sh\n%s:x:%d:%d::%s:/bin/sh\n"+
		"nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n", name, id, id, home)
	group := fmt.Sprintf("root:x:0:\n%s:x:%d:\nnogroup:x:65534:\n", name, id)
	return []file{
		{path: "/etc/passwd", mode: 0o644, data: []byte(passwd)},
		{path: "/etc/group", mode: 0o644, data: []byte(group)},
	}
}
