package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/djangostack/djangostack/local/cluster"
)

// errLocked means that a daemon with the same home is running.
var errLocked = errors.New("another daemon of this cluster is still running")

// lock locks the cluster for this process. The kernel releases the lock when the process ends.
func lock(home cluster.Home) (release func(), err error) {
	file, err := os.OpenFile(home.Path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the cluster's lock: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, fmt.Errorf("locking the cluster: %w", err)
	}
	return func() { _ = file.Close() }, nil
}

// listenAPI listens on the API server's port on 127.0.0.1. It reuses the last port if that is free, so that copies of the
// kubeconfig stay valid.
func listenAPI(home cluster.Home) (net.Listener, error) {
	file := home.Path("api-port")
	if last, err := os.ReadFile(file); err == nil {
		if listener, err := listen("127.0.0.1:" + strings.TrimSpace(string(last))); err == nil {
			return listener, nil
		}
	}
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	if err := os.WriteFile(file, []byte(port+"\n"), 0o600); err != nil {
		listener.Close()
		return nil, fmt.Errorf("saving the API server's port: %w", err)
	}
	return listener, nil
}

func publicationsFile(home cluster.Home) string { return home.Path("published.json") }

func savePublications(home cluster.Home, all []Publication) error {
	texts := []string{}
	for _, one := range all {
		texts = append(texts, one.String())
	}
	content, err := json.Marshal(texts)
	if err != nil {
		return err
	}
	if err := os.WriteFile(publicationsFile(home), content, 0o600); err != nil {
		return fmt.Errorf("saving the published ports: %w", err)
	}
	return nil
}

func loadPublications(home cluster.Home) ([]Publication, error) {
	content, err := os.ReadFile(publicationsFile(home))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the published ports: %w", err)
	}
	var texts []string
	if err := json.Unmarshal(content, &texts); err != nil {
		return nil, fmt.Errorf("reading the published ports from %s: %w", publicationsFile(home), err)
	}
	return parseAll(texts)
}

func parseAll(texts []string) ([]Publication, error) {
	var all []Publication
	for _, text := range texts {
		one, err := ParsePublication(text)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}
