package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

// graphite is an unmodified third-party Django application from Debian. Tests configure it only through its environment.
func graphite() recipe {
	return recipe{
		name: "graphite",
		tag:  "djangostack.local/graphite:1.1",
		// The application's package does not depend on a web server or a database driver, so they are listed here.
		packages: []string{"graphite-web", "gunicorn", "python3-psycopg", "python3-whitenoise"},
		files:    func(string) ([]file, error) { return accountFiles("app", 1000, "/nonexistent"), nil },
		config: v1.Config{
			User:         "1000:1000",
			WorkingDir:   "/",
			Env:          environment("PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"),
			Cmd:          []string{"gunicorn", "graphite.wsgi:application", "--bind", "0.0.0.0:8000"},
			ExposedPorts: map[string]struct{}{"8000/tcp": {}},
			Labels:       labels("Graphite's web application"),
		},
	}
}
