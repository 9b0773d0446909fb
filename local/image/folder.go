package image

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// appPackages are the Debian packages of the base of images of folders: what apps are usually made of.
func appPackages() []string {
	return []string{
		"python3-django", "python3-psycopg", "python3-whitenoise", "python3-argon2", "python3-django-environ", "python3-redis", "python3-django-redis",
		"python3-django-allauth", "python3-django-crispy-forms", "python3-django-celery-beat", "python3-django-anymail", "python3-websockets",
		"celery", "gunicorn", "uvicorn", "nginx", "python-is-python3",
		"libjs-jquery", // as in the shared base
	}
}

// Folder builds an image from the folder of an app, whose files are in /app of the image. The image and its archive have the
// folder's name. The command is that of the image.
func (b *Builder) Folder(ctx context.Context, dir string, command ...string) (Archive, error) {
	b.started = time.Now()
	if err := os.MkdirAll(b.cache(), 0o755); err != nil {
		return Archive{}, fmt.Errorf("creating the image folder: %w", err)
	}
	unlock, err := b.lock()
	if err != nil {
		return Archive{}, err
	}
	defer unlock()
	return b.build(ctx, ofFolder(dir, command))
}

func ofFolder(dir string, command []string) recipe {
	name := filepath.Base(dir)
	return recipe{
		name:     name,
		tag:      "djangostack.local/" + name + ":folder",
		packages: appPackages(),
		files: func(string) ([]file, error) {
			app, err := readTree(dir)
			if err != nil {
				return nil, err
			}
			return append(accountFiles("app", 1000, "/app"), underApp(app)...), nil
		},
		config: v1.Config{
			User:       "1000:1000",
			WorkingDir: "/app",
			Env:        environment("PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1"),
			Cmd:        command,
			Labels:     labels("The app " + name),
		},
	}
}
