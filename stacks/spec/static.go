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

// StaticStore says where collected static files live.
type StaticStore string

// The stores: collected into each web pod as it starts, collected once for each
// release into a volume that the web pods share, already in the image, or
// collected into a bucket behind a CDN.
const (
	StaticInPod    StaticStore = "pod"
	StaticInVolume StaticStore = "volume"
	StaticInImage  StaticStore = "image"
	StaticInBucket StaticStore = "bucket"
)

// Static is the static files. The app itself serves them (WhiteNoise), or a CDN
// in front of a bucket.
type Static struct {
	// pod: each web pod collects them as it starts; volume: a release command collects them into a volume that the web pods share; image: the image holds them; bucket: a release command collects them into a bucket behind a CDN.
	Store StaticStore `json:"store,omitempty" jsonschema:"enum=pod,enum=volume,enum=image,enum=bucket"`
	// whitenoise: the app serves them itself; nginx: a container beside the app in each web pod does, and hands everything else on; with store pod or volume. With store bucket the CDN does.
	Server StaticServer `json:"server,omitempty" jsonschema:"enum=whitenoise,enum=nginx"`
	// on: a CDN keeps the static files near their readers, also those that pods serve. On AWS it has a host of its own, static below dns.zone; on Google Cloud it is part of the load balancer, whose cluster must be of version 1.35 or later. Needs a cloud.
	CDN Switch `json:"cdn,omitempty" jsonschema:"enum=on,enum=off" default:"on with store bucket, otherwise off"`
	// The container of server nginx.
	NGINX NGINX `json:"nginx,omitempty"`
	// Pages of other origins that may read the bucket; only with store bucket.
	CORS []CORSRule `json:"cors,omitempty"`
	// The URL prefix (STATIC_URL); a path with cdn on, in front of which the app finds the CDN's host.
	URL string `json:"url,omitempty" jsonschema:"pattern=^(/|https?://).*/$" default:"/static/; with store bucket the CDN's address"`
	// The folder that they are collected into (STATIC_ROOT).
	Root string `json:"root,omitempty" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$"`
	// The shared volume; only with store volume.
	Volume Volume `json:"volume,omitempty"`
	// How nodes may mount the shared volume. ReadWriteOnce is for clusters of one node.
	AccessMode string `json:"accessMode,omitempty" jsonschema:"enum=ReadWriteMany,enum=ReadWriteOnce"`
}

func (e *Environment) checkStatic(problems *Problems) {
	root := e.Static.Root
	for _, used := range []string{"/tmp", "/dev", "/proc", "/sys", "/etc", "/var/run"} {
		if root == used || strings.HasPrefix(root, used+"/") {
			problems.add("static.root", root, "may not lie in %s", used)
		}
	}
	one := e.Static.AccessMode == "ReadWriteOnce"
	if e.Static.Store == StaticInVolume && one && e.Tier == Production && e.Web.MostPods() > 1 {
		problems.add("static.accessMode", "ReadWriteOnce", "with several web pods production needs ReadWriteMany, or static.store pod or image")
	}
}
