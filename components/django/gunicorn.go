package django

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
)

// Server is the program that serves HTTP in the web pods.
type Server string

// Gunicorn serves WSGI, Uvicorn ASGI.
const (
	Gunicorn Server = "gunicorn"
	Uvicorn  Server = "uvicorn"
)

func (s Server) check() error {
	if s == Gunicorn || s == Uvicorn {
		return nil
	}
	return fmt.Errorf("Web: Server is %q; allowed are %q and %q", s, Gunicorn, Uvicorn)
}

//go:embed gunicorn.conf.py
var gunicornConf string

const (
	gunicornPart   = "gunicorn"
	gunicornFolder = "/etc/djangostack/gunicorn"
	gunicornFile   = "gunicorn.conf.py"
	// lastOrders is how long a worker that is to stop still answers on kept connections,
	// in seconds.
	drainSeconds = 2
	// lastOrdersSign is there meanwhile, in the folder that NGINX shares with the app.
	drainFile = "/tmp/djangostack-last-orders"
)

// GunicornCommand starts Gunicorn for a WSGI module. Its arguments stand in the
// environment, where the process' own command line can still override them.
func GunicornCommand(wsgiModule string) []string {
	return []string{"gunicorn", wsgiModule + ":application"}
}

// GunicornArgs is the value of GUNICORN_CMD_ARGS. The number of worker
// processes stands in WEB_CONCURRENCY. The idle connection of a proxy is kept for
// keepAlive seconds. The configuration file stands in every web pod whose Server is
// Gunicorn, and reads the app's own first.
func GunicornArgs(port, threads int, shutdown Shutdown, keepAlive int) string {
	return strings.Join([]string{
		"--config=" + gunicornFolder + "/" + gunicornFile,
		fmt.Sprintf("--bind=0.0.0.0:%d", port),
		"--worker-class=gthread",
		fmt.Sprintf("--threads=%d", threads),
		// A heartbeat on a disk can block, and then the worker is killed
		// (https://docs.gunicorn.org/en/stable/faq.html#how-do-i-avoid-gunicorn-excessively-blocking-in-os-fchmod).
		"--worker-tmp-dir=/dev/shm",
		fmt.Sprintf("--timeout=%d", shutdown.Graceful+shutdownMargin),
		// The longest request may begin with the last orders.
		fmt.Sprintf("--graceful-timeout=%d", shutdown.Graceful+drainSeconds),
		fmt.Sprintf("--keep-alive=%d", keepAlive),
		"--access-logfile=-",
	}, " ")
}

// gunicorn registers Gunicorn's configuration, and returns the volume that shows it;
// none with another server.
func (a *WebArgs) gunicorn(ctx *pulumi.Context, name string, parent pulumi.Resource) ([]pod.Volume, error) {
	if a.Server != Gunicorn {
		return nil, nil
	}
	written := strings.NewReplacer("{{.Seconds}}", strconv.Itoa(drainSeconds), "{{.Sign}}", drainFile).Replace(gunicornConf)
	made, err := configMap(ctx, name+"-gunicorn", a.metadata("", webPart), pulumi.StringMap{gunicornFile: pulumi.String(written)}, parent)
	if err != nil {
		return nil, err
	}
	return []pod.Volume{{Name: gunicornPart, Path: gunicornFolder, ReadOnly: true, ConfigMap: made}}, nil
}
