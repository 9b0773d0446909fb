package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

// rabbitmq is a broker. Erlang makes its base large, so it is a separate one.
func rabbitmq() recipe {
	const home = "/var/lib/rabbitmq"
	return recipe{
		name:     "rabbitmq",
		tag:      "docker.io/library/rabbitmq:4",
		packages: []string{"rabbitmq-server"},
		files: func(string) ([]file, error) {
			return withEntrypoint("rabbitmq", append(accountFiles("rabbitmq", 999, home), folder(home, 999, 0o755)))
		},
		config: v1.Config{
			User: "999:999",
			// Debian's scripts in /usr/sbin demand the user's name; those of the package below do not.
			Env:          []string{"PATH=/usr/lib/rabbitmq/bin:" + searchPath, "LANG=C.UTF-8", "HOME=" + home},
			Entrypoint:   []string{"docker-entrypoint.sh"},
			Cmd:          []string{"rabbitmq-server"},
			ExposedPorts: map[string]struct{}{"5672/tcp": {}, "5671/tcp": {}},
			Labels:       labels("RabbitMQ, configured like the official rabbitmq image"),
		},
	}
}
