package app

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// search registers the search engine in the cluster; nil if the environment has none there.
func (w wiring) search() (*connection.Search, []pulumi.Resource, error) {
	if !w.environment.RunsSearch() {
		return nil, nil, nil
	}
	wanted := w.environment.Search
	engine, err := kubernetes.NewOpenSearch(w.ctx, w.name, &kubernetes.OpenSearchArgs{
		Namespace:    w.namespace,
		Labels:       w.labels,
		Image:        string(wanted.Image),
		User:         w.environment.App.Name,
		Memory:       string(wanted.Memory),
		CPU:          string(wanted.CPU),
		Size:         string(wanted.Volume.Size),
		StorageClass: wanted.Volume.StorageClassName,
		Data:         w.environment.Held(data.Search),
		Authority:    w.authority,
		TLS:          wanted.TLS != string(spec.Off),
	}, w.options...)
	if err != nil {
		return nil, nil, err
	}
	return &engine.Server, []pulumi.Resource{engine}, nil
}
