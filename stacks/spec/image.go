package spec

import (
	"strings"
)

// checkImage requires a tag or a digest, because an image without either can change without
// a change of the configuration.
func (e *Environment) checkImage(problems *Problems) {
	images := map[string]string{"app.image": e.App.Image, "database.image": e.Database.Image, "cache.image": e.Cache.Image, "broker.image": e.Broker.Image}
	for _, process := range e.podsByPath() {
		if process.pods.Image != "" {
			images[process.path+".image"] = process.pods.Image
		}
	}
	if e.Database.Pooler.Kind == PgBouncer {
		images["database.pooler.image"] = e.Database.Pooler.Image
	}
	if e.Static.Server == StaticsNGINX {
		images["static.nginx.image"] = e.Static.NGINX.Image
	}
	for path, image := range images {
		tag := imageTag(image)
		if tag == "" {
			problems.add(path, image, "must end in a tag or a digest, for instance %s:1.0", image)
		}
		if tag == "latest" && e.Tier == Production {
			problems.add(path, image, "must name one release in production, not latest")
		}
	}
}

func imageTag(image string) string {
	if at := strings.LastIndex(image, "@"); at >= 0 {
		return image[at+1:]
	}
	colon := strings.LastIndex(image, ":")
	if colon <= strings.LastIndex(image, "/") {
		return ""
	}
	return image[colon+1:]
}
