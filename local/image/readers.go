package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

// readers has what reads the files and variables that the program writes: libraries for a cache on Redis that the sample app
// does not use, with a server, and Prometheus' tool for rules.
func readers() recipe {
	return recipe{
		name:     "readers",
		tag:      "djangostack.local/readers:1",
		packages: []string{"python3-django-redis", "python3-django", "python3-redis", "celery", "redis-server", "python-is-python3", "promtool"},
		files:    func(string) ([]file, error) { return accountFiles("app", 1000, "/nonexistent"), nil },
		config: v1.Config{
			User:       "1000:1000",
			WorkingDir: "/",
			Env:        environment("PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"),
			Cmd:        []string{"python"},
			Labels:     labels("Libraries for a cache on Redis, and promtool"),
		},
	}
}
