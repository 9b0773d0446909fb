package spec

import "strings"

// StaticServer says who serves the static files of a web pod.
type StaticServer string

// WhiteNoise is part of the app. NGINX is a container next to it.
const (
	WhiteNoise   StaticServer = "whitenoise"
	StaticsNGINX StaticServer = "nginx"
)

// NGINX is a container next to the app in each web pod. It serves the static files and
// buffers requests, so slow clients do not block threads of the app.
type NGINX struct {
	// Image of NGINX; it must run without root.
	Image ImageName `json:"image,omitempty"`
	// Resources of the container.
	Resources Resources `json:"resources,omitempty"`
	// Folders of volumes that it serves too, such as uploads.
	Folders []ServedFolder `json:"folders,omitempty"`
}

// ServedFolder is a folder that NGINX serves beside the static files, to everyone.
type ServedFolder struct {
	// Path of the requests, for instance /media: the files are below it.
	Path string `json:"path" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$"`
	// Name of the volume of web.volumes that has the files.
	Volume string `json:"volume" jsonschema:"minLength=1"`
}

// Prefix is the path with a slash at its end.
func (f ServedFolder) Prefix() string { return strings.TrimRight(f.Path, "/") + "/" }

// checkFolders reports folders that NGINX cannot serve, or that two of its locations would.
func (e *Environment) checkFolders(problems *Problems) {
	taken := map[string]string{strings.TrimRight(e.Static.URL, "/") + "/": "static.url"}
	for i, folder := range e.Static.NGINX.Folders {
		at := indexed("static.nginx.folders", i)
		if strings.Contains(folder.Prefix(), "/../") || folder.Prefix() == "/" {
			problems.add(at+".path", folder.Path, "must be a path below /, without ..")
		}
		if owner := taken[folder.Prefix()]; owner != "" {
			problems.add(at+".path", folder.Path, "is the path of %s already", owner)
		}
		taken[folder.Prefix()] = at
		if e.webVolume(folder.Volume) == nil {
			var names []string
			for _, volume := range e.Web.Volumes {
				names = append(names, volume.Name)
			}
			problems.add(at+".volume", folder.Volume, "is not the name of a volume in web.volumes%s", didYouMean(folder.Volume, names))
		}
	}
}

// webVolume returns the volume of the web pods with a name; nil if there is none.
func (e *Environment) webVolume(name string) *MountedVolume {
	for i := range e.Web.Volumes {
		if e.Web.Volumes[i].Name == name {
			return &e.Web.Volumes[i]
		}
	}
	return nil
}

func defaultNGINX() NGINX {
	return NGINX{Image: "docker.io/nginxinc/nginx-unprivileged:1.29-alpine", Resources: resources("25m", "32Mi", "128Mi", "64Mi")}
}

// ServedPort returns the port that the app itself listens on. With NGINX in front of it,
// NGINX listens on web.port.
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
	e.checkFolders(problems)
	const highest = 65535
	if e.Web.Port == highest {
		problems.add("web.port", e.Web.Port, "must be below %d with static.server nginx: the app listens on the next one", highest)
	}
}

// StaticStore says where collected static files are stored.
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

// Static configures static files. The app serves them (WhiteNoise), or NGINX, or a CDN.
type Static struct {
	// pod: each web pod collects them when it starts; volume: a release command collects them into a volume that the web pods share; image: the image contains them; bucket: a release command collects them into a bucket behind a CDN.
	Store StaticStore `json:"store,omitempty" jsonschema:"enum=pod,enum=volume,enum=image,enum=bucket"`
	// whitenoise: the app serves them itself; nginx: a container beside the app in each web pod does, and hands everything else on; with store pod or volume. With store bucket the CDN does.
	Server StaticServer `json:"server,omitempty" jsonschema:"enum=whitenoise,enum=nginx"`
	// on: a CDN caches the static files, whether pods or a bucket serve them. With store bucket, and on AWS, it has a separate host, static.host; otherwise it is part of the load balancer and needs Kubernetes 1.35 or later. Needs a cloud.
	CDN Switch `json:"cdn,omitempty" jsonschema:"enum=on,enum=off" default:"on with store bucket, otherwise off"`
	// Host of the CDN, in dns.zone. No other environment in the zone may have the same.
	Host string `json:"host,omitempty" jsonschema:"pattern=^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$" default:"static. and the host of app.url"`
	// The container of server nginx.
	NGINX NGINX `json:"nginx,omitempty"`
	// CORS rules of the bucket; with store bucket.
	CORS []CORSRule `json:"cors,omitempty"`
	// URL prefix (STATIC_URL). With cdn on it is a path; the host of the CDN is put in front of it.
	URL string `json:"url,omitempty" jsonschema:"pattern=^(/|https?://).*/$" default:"/static/; with store bucket the CDN's address"`
	// The command that collects them.
	Command []string `json:"command,omitempty" jsonschema:"minItems=1,minLength=1" default:"manage.py collectstatic --noinput"`
	// The folder into which they are collected (STATIC_ROOT).
	Root string `json:"root,omitempty" jsonschema:"pattern=^/[A-Za-z0-9._/-]+$"`
	// The shared volume; with store volume.
	Volume Volume `json:"volume,omitempty"`
	// Access mode of the shared volume; ReadWriteOnce suits clusters with one node only.
	AccessMode string `json:"accessMode,omitempty" jsonschema:"enum=ReadWriteMany,enum=ReadWriteOnce"`
}

func (e *Environment) checkStatic(problems *Problems) {
	root := e.Static.Root
	checkCleanPath(problems, "static.root", root)
	for _, used := range []string{"/tmp", "/dev", "/proc", "/sys", "/etc", "/var/run"} {
		if root == used || strings.HasPrefix(root, used+"/") {
			problems.add("static.root", root, "may not lie in %s", used)
		}
	}
	if e.Static.Store == StaticInVolume && e.CreatesCluster() {
		problems.add("static.store", string(StaticInVolume), "needs a volume that several nodes mount, which a cluster that this stack creates does not have: its disks belong to one node at a time; use bucket, pod or image")
	}
	one := e.Static.AccessMode == "ReadWriteOnce"
	if e.Static.Store == StaticInVolume && one && e.Tier == Production && e.Web.MostPods() > 1 {
		problems.add("static.accessMode", "ReadWriteOnce", "with several web pods production needs ReadWriteMany, or static.store pod or image")
	}
}
