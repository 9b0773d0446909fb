package django_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/django"
)

func TestAServerHasThreadsWhereItsInterfaceHas(t *testing.T) {
	shutdown := django.Shutdown{PreStop: 15, Graceful: 90, Grace: 110}
	granian := django.Granian{Interface: "wsgi", Module: "blog.wsgi", Port: 8000, Workers: 2, Threads: 4, Shutdown: shutdown}
	assert.Equal(t, []string{
		"granian", "blog.wsgi:application", "--interface=wsgi", "--host=0.0.0.0", "--port=8000", "--workers=2",
		"--workers-kill-timeout=90", "--respawn-failed-workers", "--access-log", "--blocking-threads=4",
	}, django.GranianCommand(granian))
	granian.Interface, granian.Module = "asgi", "blog.asgi"
	assert.NotContains(t, django.GranianCommand(granian), "--blocking-threads=4")

	assert.Contains(t, django.GunicornArgs(8000, "gthread", 4, shutdown, 75), "--worker-class=gthread --threads=4 ")
	assert.NotContains(t, django.GunicornArgs(8000, "uvicorn_worker.UvicornWorker", 4, shutdown, 75), "--threads")
}
