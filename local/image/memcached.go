package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

func memcached() recipe {
	return recipe{
		name: "memcached",
		tag:  "docker.io/library/memcached:1.6",
		files: func(string) ([]file, error) {
			return withEntrypoint("memcached", accountFiles("memcache", 11211, "/nonexistent"))
		},
		config: v1.Config{
			User:         "11211:11211",
			Env:          environment(),
			Entrypoint:   []string{"docker-entrypoint.sh"},
			Cmd:          []string{"memcached"},
			ExposedPorts: map[string]struct{}{"11211/tcp": {}},
			Labels:       labels("Memcached, configured like the official memcached image"),
		},
	}
}
