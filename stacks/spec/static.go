package spec

import "strings"

// StaticServer says who serves the static files of a web pod.
type StaticServer string

// WhiteNoise is part of the app, NGINX a container beside it.
const (
	WhiteNoise   StaticServer = "whitenoise"
	StaticsNGINX StaticServer = "nginx"
)

// NGINX is the container that serves static files beside the app, and takes its requests:
// slow clients keep no thread of the app waiting.
type NGINX struct {
	// An image of NGINX that runs without root.
	Image string `json:"image,omitempty" jsonschema:"pattern=^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0\\,127})?(@sha256:[a-f0-9]{64})?$"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
}

func defaultNGINX() NGINX {
	return NGINX{Image: "docker.io/nginxinc/nginx-unprivileged:1.29-alpine", Resources: resources("25m", "32Mi", "128Mi")}
}

// ServedPort is the port that the app itself listens on: NGINX takes the web's port when
// it stands before the app.
func (e *Environment) ServedPort() int {
	if e.Static.Server == StaticsNGINX {
		return e.Web.Port + 1
	}
	return e.Web.Port
}

func (e *Environment) checkStaticServer(problems *Problems) {
	if e.Static.Server != StaticsNGINX {
		return
	}
	if e.Static.Store != StaticInPod && e.Static.Store != StaticInVolume {
		problems.add("static.server", string(StaticsNGINX), "needs static.store pod or volume, whose files it sees; static.store is %s", e.Static.Store)
	}
	if !strings.HasPrefix(e.Static.URL, "/") || e.Static.URL == "/" {
		problems.add("static.url", e.Static.URL, "must be a path below / with static.server nginx, which serves it")
	}
	if tag := imageTag(e.Static.NGINX.Image); tag == "" {
		problems.add("static.nginx.image", e.Static.NGINX.Image, "must end in a tag or a digest")
	}
	const highest = 65535
	if e.Web.Port == highest {
		problems.add("web.port", e.Web.Port, "must be below %d with static.server nginx: the app listens on the next one", highest)
	}
}
