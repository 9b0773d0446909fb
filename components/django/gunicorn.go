package django

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// Server is the web server in the web pods.
type Server string

// Gunicorn and Granian serve WSGI or ASGI, and Uvicorn ASGI. ImageServer is whatever the image
// starts.
const (
	Gunicorn      Server = "gunicorn"
	Uvicorn       Server = "uvicorn"
	GranianServer Server = "granian"
	ImageServer   Server = "image"
)

func (s Server) check() error {
	if s == Gunicorn || s == Uvicorn || s == GranianServer || s == ImageServer {
		return nil
	}
	return fmt.Errorf("Web: Server is %q; allowed are %q, %q, %q and %q", s, Gunicorn, Uvicorn, GranianServer, ImageServer)
}

//go:embed gunicorn.conf.py
var gunicornConf string

const (
	gunicornPart   = "gunicorn"
	gunicornFolder = "/etc/djangostack/gunicorn"
	gunicornFile   = "gunicorn.conf.py"
	// drainSeconds is how long a stopping worker still answers on keep-alive connections,
	// in seconds.
	drainSeconds = 2
	// drainFile exists during that time, in the folder that NGINX shares with the app.
	drainFile = "/tmp/djangostack-draining"
	// threadClass is the worker class with threads, whose number is the argument threadsAt.
	threadClass = "gthread"
	threadsAt   = 3
)

// GunicornCommand starts Gunicorn for a WSGI or ASGI module. Its settings come from
// GUNICORN_CMD_ARGS, so that the arguments of the process can override them.
func GunicornCommand(module string) []string {
	return []string{"gunicorn", module + ":application"}
}

// GunicornArgs is the value of GUNICORN_CMD_ARGS. WEB_CONCURRENCY sets the number of worker
// processes, and only the class gthread has threads. Idle connections of a proxy stay open for keepAlive seconds. The configuration
// file exists in every web pod with the Server Gunicorn, and loads the app's own first.
func GunicornArgs(port int, class string, threads int, shutdown Shutdown, keepAlive int) string {
	arguments := []string{
		"--config=" + gunicornFolder + "/" + gunicornFile,
		fmt.Sprintf("--bind=0.0.0.0:%d", port),
		"--worker-class=" + class,
		// A heartbeat file on a disk can block, and Gunicorn then kills the worker
		// (https://docs.gunicorn.org/en/stable/faq.html#how-do-i-avoid-gunicorn-excessively-blocking-in-os-fchmod).
		"--worker-tmp-dir=/dev/shm",
		fmt.Sprintf("--timeout=%d", shutdown.Graceful+shutdownMargin),
		// The longest request may start at the end of the drain time.
		fmt.Sprintf("--graceful-timeout=%d", shutdown.Graceful+drainSeconds),
		fmt.Sprintf("--keep-alive=%d", keepAlive),
		"--access-logfile=-",
	}
	if class == threadClass {
		arguments = slices.Insert(arguments, threadsAt, fmt.Sprintf("--threads=%d", threads))
	}
	return strings.Join(arguments, " ")
}

// gunicorn registers Gunicorn's configuration and returns its volume, or none with another
// server.
func (a *WebArgs) gunicorn(ctx *pulumi.Context, name string, parent pulumi.Resource) ([]pod.Volume, error) {
	if a.Server != Gunicorn {
		return nil, nil
	}
	configuration := strings.NewReplacer("{{.Seconds}}", strconv.Itoa(drainSeconds), "{{.DrainFile}}", drainFile).Replace(gunicornConf)
	files, err := configMap(ctx, name+"-gunicorn", a.metadata(WebPart), pulumi.StringMap{gunicornFile: pulumi.String(configuration)}, parent)
	if err != nil {
		return nil, err
	}
	return []pod.Volume{{Name: gunicornPart, Path: gunicornFolder, ReadOnly: true, ConfigMap: files}}, nil
}
