package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

// graphite is a Django application that somebody else wrote and packaged, as it is: what differs is in its environment.
func graphite() recipe {
	return recipe{
		name: "graphite",
		tag:  "djangostack.local/graphite:1.1",
		// The server and the driver are no dependencies of the application's package, which leaves that choice to who runs it.
		packages: []string{"graphite-web", "gunicorn", "python3-psycopg", "python3-whitenoise"},
		files:    func(string) ([]file, error) { return account("app", 1000, "/nonexistent"), nil },
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
