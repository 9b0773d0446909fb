package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

// mailman is Mailman 3 from Debian, unmodified: its core, which speaks REST and LMTP, and its web interface, which is a Django app with
// Django REST framework and a queue that is not Celery. Tests configure it only as an administrator does.
func mailman() recipe {
	return recipe{
		name:     "mailman",
		tag:      "djangostack.local/mailman:3.3",
		packages: []string{"mailman3-web", "mailman3", "python3-mailman-hyperkitty", "dbconfig-no-thanks", "python3-psycopg2"},
		files:    func(string) ([]file, error) { return nil, nil },
		config: v1.Config{
			User:         "33:33",
			WorkingDir:   "/usr/share/mailman3-web",
			Env:          environment("PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"),
			Cmd:          []string{"uwsgi", "--ini", "/etc/mailman3/uwsgi.ini"},
			ExposedPorts: map[string]struct{}{"8000/tcp": {}},
			Labels:       labels("Mailman 3 with its web interface"),
		},
	}
}
