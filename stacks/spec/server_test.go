package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/stacks/spec"
)

func TestAServerServesAnInterface(t *testing.T) {
	for _, c := range []struct {
		web    map[string]any
		served spec.WebInterface
		class  string
	}{
		{object(), spec.WSGI, "gthread"},
		{object("interface", "asgi"), spec.ASGI, "uvicorn_worker.UvicornWorker"},
		{object("interface", "asgi", "workerClass", "asgi"), spec.ASGI, "asgi"},
		{object("workerClass", "gevent"), spec.WSGI, "gevent"},
		{object("server", "uvicorn"), spec.ASGI, ""},
		{object("server", "granian"), spec.WSGI, ""},
		{object("server", "granian", "interface", "asgi"), spec.ASGI, ""},
		{object("server", "image"), "", ""},
	} {
		e, err := parse(t, changed(t, minimal, "web", c.web))
		require.NoError(t, err, "%v", c.web)
		assert.Equal(t, c.served, e.Web.Interface, "%v", c.web)
		assert.Equal(t, c.class, e.Web.WorkerClass, "%v", c.web)
	}
}

func serverMistakes() []wrong {
	return []wrong{
		{"WSGI of Uvicorn", minimal, "web", object("server", "uvicorn", "interface", "wsgi"), `web.interface: "wsgi": is not served by uvicorn, whose interface is asgi; use server gunicorn or granian`},
		{"threads of ASGI", minimal, "web", object("interface", "asgi", "workerClass", "gthread"), `web.workerClass: "gthread": serves wsgi; for interface asgi leave it out`},
		{"threads that nothing has", minimal, "web", object("interface", "asgi", "threads", 4), `web.threads: would be ignored, because the web server has no threads for requests`},
		{"threads of gevent", minimal, "web", object("workerClass", "gevent", "threads", 4), `web.threads: would be ignored`},
		{"threads of a command", minimal, "web", object("command", list("uwsgi", "--ini", "app.ini"), "threads", 4), `web.threads: would be ignored, because web.command is set; say in web.databaseConnections what its pods hold`},
		{"worker class of Granian", minimal, "web", object("server", "granian", "workerClass", "gevent"), `web.workerClass: would be ignored, because web.server is not gunicorn`},
		{"interface of a command", minimal, "web", object("command", list("serve"), "interface", "asgi"), `web.interface: would be ignored, because web.server is image, or web.command is set`},
		{"ASGI module of WSGI", minimal, "", object("web.server", "granian", "app.asgiModule", "blog.asgi"), `app.asgiModule: would be ignored, because web.interface is not asgi`},
		{"connections of ASGI in production", production, "web.interface", "asgi", `web.databaseConnections: is required in production with web.interface asgi, which opens one for each request that is served at once`},
		{"connections of gevent in production", production, "web.workerClass", "gevent", `web.databaseConnections: is required in production with web.workerClass gevent`},
		{"server that does not exist", minimal, "web.server", "daphne", `web.server: "daphne": must be one of gunicorn, uvicorn, granian, image`},
	}
}
