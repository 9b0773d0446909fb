package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

// debusine is the server of Debusine from Debian, unmodified: a Django app with Django REST framework, websockets by Channels, and
// several workers of Celery. Tests configure it only as an administrator does.
func debusine() recipe {
	return recipe{
		name:     "debusine",
		tag:      "djangostack.local/debusine:0.11",
		packages: []string{"debusine-server", "dbconfig-no-thanks"},
		files:    func(string) ([]file, error) { return nil, nil },
		config: v1.Config{
			User:         "100:101",
			WorkingDir:   "/var/lib/debusine/server",
			Env:          environment("PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"),
			Cmd:          []string{"daphne", "--bind", "0.0.0.0", "--port", "8000", "debusine.project.asgi:application"},
			ExposedPorts: map[string]struct{}{"8000/tcp": {}},
			Labels:       labels("Debusine's server"),
		},
	}
}
