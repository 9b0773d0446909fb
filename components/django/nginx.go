package django

import (
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/components/validate"
)

// NGINX is a sidecar in each web pod. It serves the static files and proxies every other
// request to the app.
type NGINX struct {
	// Image of NGINX that runs without root.
	Image     string
	Resources pod.Resources
	// AppPort is the port that the app listens on.
	AppPort int
	// Reuse sends several requests over one connection to the app, whose server keeps an idle
	// one for longer than NGINX does. One that closes it earlier, as uWSGI does after each
	// response, would be answered with 502.
	Reuse bool
	// StaticURL is the path prefix of the static files.
	StaticURL string
	// Folders are served beside the static files.
	Folders []NGINXFolder
	// KeepAlive is how long idle connections of the load balancer stay open, in seconds.
	KeepAlive int
	// Timeouts are the seconds that responses and WebSockets below a path may last, by path,
	// instead of the longest request.
	Timeouts map[string]int
}

// NGINXFolder is a volume of the web pods whose files NGINX serves below a path.
type NGINXFolder struct {
	// Prefix of the paths, which begins and ends with a slash.
	Prefix string
	Volume pod.Volume
}

// servedFolders is the folder in the container of NGINX in which it finds the volumes of Folders.
const servedFolders = "/srv/djangostack"

// root is where the container of NGINX has the files.
func (f NGINXFolder) root() string { return servedFolders + "/" + f.Volume.Name }

// mounts are the volumes of Folders as the container of NGINX has them.
func (n *NGINX) mounts() []pod.Volume {
	var mounts []pod.Volume
	mounted := map[string]bool{}
	for _, folder := range n.Folders {
		mount := folder.Volume
		if mounted[mount.Name] {
			continue
		}
		mounted[mount.Name] = true
		mount.Path, mount.ReadOnly = folder.root(), true
		mounts = append(mounts, mount)
	}
	return mounts
}

//go:embed nginx.conf
var nginxConf string

const (
	nginxPart   = "nginx"
	nginxFolder = "/etc/djangostack/nginx"
)

func (n *NGINX) check(static Static) error {
	if n == nil {
		return nil
	}
	if static.Store != StaticInPod && static.Store != StaticInVolume {
		return fmt.Errorf("Web: NGINX sees the files of Static.Store %q or %q, not of %q", StaticInPod, StaticInVolume, static.Store)
	}
	return validate.Check("Web",
		validate.Required("NGINX.Image", n.Image != ""),
		validate.Required("NGINX.AppPort", n.AppPort > 0),
		validate.Required("NGINX.StaticURL", n.StaticURL != ""),
		validate.Required("NGINX.KeepAlive", n.KeepAlive > 0),
	)
}

// nginx registers NGINX's configuration and returns the name of its ConfigMap, or nil
// without NGINX.
func (a *WebArgs) nginx(ctx *pulumi.Context, name string, parent pulumi.Resource) (pulumi.StringInput, error) {
	if a.NGINX == nil {
		return nil, nil
	}
	configuration, err := a.nginxConfiguration()
	if err != nil {
		return nil, err
	}
	return configMap(ctx, name+"-nginx", a.metadata(WebPart), pulumi.StringMap{"nginx.conf": pulumi.String(configuration)}, parent)
}

func (a *WebArgs) nginxConfiguration() (string, error) {
	parsed, err := template.New("nginx.conf").Parse(nginxConf)
	if err != nil {
		return "", fmt.Errorf("reading NGINX's configuration: %w", err)
	}
	var written strings.Builder
	err = parsed.Execute(&written, map[string]any{
		"Port":       a.Port,
		"AppPort":    a.NGINX.AppPort,
		"Reuse":      a.NGINX.Reuse,
		"StaticURL":  a.NGINX.StaticURL,
		"StaticRoot": strings.TrimRight(a.Static.Root, "/"),
		"Folders":    a.NGINX.locations(),
		"KeepAlive":  a.NGINX.KeepAlive,
		"DrainFile":  drainFile,
		"Timeouts":   a.NGINX.timeouts(),
		"Timeout":    a.Shutdown.Graceful + shutdownMargin,
	})
	if err != nil {
		return "", fmt.Errorf("writing NGINX's configuration: %w", err)
	}
	return written.String(), nil
}

// nginxContainer is NGINX as a sidecar container: it starts before the app and stops after
// the app has finished its last request
// (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/).
func (a *WebArgs) nginxContainer() corev1.ContainerArgs {
	volumes := append([]pod.Volume{{Name: "tmp", Path: "/tmp"}, {Name: nginxPart, Path: nginxFolder, ReadOnly: true}}, slices.Concat(a.Static.volumes(true), a.NGINX.mounts())...)
	return corev1.ContainerArgs{
		Name:            pulumi.String(nginxPart),
		Image:           pulumi.String(a.NGINX.Image),
		ImagePullPolicy: pulumi.String("IfNotPresent"),
		RestartPolicy:   pulumi.String("Always"),
		Command:         pulumi.ToStringArray([]string{"nginx", "-c", nginxFolder + "/nginx.conf", "-g", "daemon off;"}),
		Resources:       a.NGINX.Resources.Requirements(),
		SecurityContext: pod.ContainerSecurityContext(),
		VolumeMounts:    pod.Mounts(volumes),
		StartupProbe:    pod.TCP(pod.Timing{Period: 1, Timeout: 3, FailureThreshold: 30}, a.Port),
		ReadinessProbe:  pod.TCP(pod.Timing{Period: 5, Timeout: 10, FailureThreshold: 3}, a.Port),
		LivenessProbe:   pod.TCP(pod.Timing{Period: 10, Timeout: 5, FailureThreshold: 6}, a.Port),
	}
}

// nginxLocation is a location of files.
type nginxLocation struct{ Prefix, Root string }

func (n *NGINX) locations() []nginxLocation {
	var all []nginxLocation
	for _, folder := range n.Folders {
		all = append(all, nginxLocation{Prefix: folder.Prefix, Root: folder.root()})
	}
	return all
}

// nginxTimeout is a location with a separate timeout.
type nginxTimeout struct {
	// Pattern is the path as a regular expression, without a slash at its end.
	Pattern string
	Seconds int
}

// timeouts returns the locations with the longest path first: NGINX takes the first regular
// expression that matches.
func (n *NGINX) timeouts() []nginxTimeout {
	paths := slices.SortedFunc(maps.Keys(n.Timeouts), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	var all []nginxTimeout
	for _, path := range paths {
		all = append(all, nginxTimeout{Pattern: regexp.QuoteMeta(strings.TrimRight(path, "/")), Seconds: n.Timeouts[path]})
	}
	return all
}
