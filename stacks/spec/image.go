package spec

import (
	"strings"
)

// ImageName is the name of a container image: a registry, a repository, and a tag or digest
// (https://distribution.github.io/distribution/spec/api/).
type ImageName string

// ImageNamePattern is what an image's name must match.
const ImageNamePattern = `^[a-z0-9]+([._-]+[a-z0-9]+)*(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$`

// checkImage requires a tag or a digest, because an image without either can change without
// a change of the configuration.
func (e *Environment) checkImage(problems *Problems) {
	images := map[string]ImageName{"app.image": e.App.Image, "database.image": e.Database.Image, "cache.image": e.Cache.Image, "broker.image": e.Broker.Image, "search.image": e.Search.Image}
	if e.Upgrades() && e.Database.Move.Image != "" {
		images[moveImagePath] = e.Database.Move.Image
	}
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
	for _, each := range e.runningExporters() {
		images[each.path+".image"] = each.exporter.Image
	}
	for path, image := range images {
		tag := imageTag(string(image))
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
