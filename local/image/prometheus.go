package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

// prometheus is the server, which the operator of users runs. Only the long forms need it.
func prometheus() recipe {
	const home = "/var/lib/prometheus"
	return recipe{
		name:     "prometheus",
		tag:      "djangostack.local/prometheus:debian",
		packages: []string{"prometheus"},
		files: func(string) ([]file, error) {
			return append(accountFiles("prometheus", 65534, home), folder(home, 65534, 0o755)), nil
		},
		config: v1.Config{
			User:         "65534:65534",
			Env:          environment(),
			Cmd:          []string{"prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=" + home},
			ExposedPorts: map[string]struct{}{"9090/tcp": {}},
			Labels:       labels("Prometheus"),
		},
	}
}
