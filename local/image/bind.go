package image

import v1 "github.com/google/go-containerregistry/pkg/v1"

// bind is a name server, which takes dynamic updates as the name servers of users do. Only the long forms need it.
func bind() recipe {
	const home = "/var/cache/bind"
	return recipe{
		name:     "bind",
		tag:      "djangostack.local/bind:debian",
		packages: []string{"bind9"},
		files: func(string) ([]file, error) {
			return append(accountFiles("named", 101, home), folder(home, 101, 0o755), folder("/run/named", 101, 0o755)), nil
		},
		config: v1.Config{
			User:         "101:101",
			Env:          environment(),
			Cmd:          []string{"named", "-g", "-c", "/etc/bind/named.conf"},
			ExposedPorts: map[string]struct{}{"53/udp": {}, "53/tcp": {}},
			Labels:       labels("BIND"),
		},
	}
}
