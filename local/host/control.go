package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/djangostack/djangostack/local/cluster"
)

// errStopped means that no daemon answers.
var errStopped = errors.New("the cluster is not running; start it with: djangostack-local up")

// status is the daemon's answer to GET /status.
type status struct {
	// Phase describes what the node is doing. It is node.Ready when the cluster is ready.
	Phase string `json:"phase"`
	Ready bool   `json:"ready"`
	// NodePID is the id of the first process of the cluster's namespaces.
	NodePID   int      `json:"nodePID"`
	Published []string `json:"published"`
}

const socketName = "control"

// withShortPath calls use with a short path of the directory, because a socket's path is limited to 108 bytes (man 7 unix).
func withShortPath(dir string, use func(short string) error) error {
	opened, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = opened.Close() }()
	return use(fmt.Sprintf("/proc/self/fd/%d", opened.Fd()))
}

func listenControl(home cluster.Home) (net.Listener, error) {
	var listener net.Listener
	err := withShortPath(string(home), func(short string) error {
		path := filepath.Join(short, socketName)
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		opened, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			return err
		}
		// After the directory is closed, the short path can refer to another directory, so Close must not remove the file.
		opened.SetUnlinkOnClose(false)
		listener = opened
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("opening the daemon's control socket: %w", err)
	}
	return listener, nil
}

// control is a client of the daemon's control socket.
type control struct {
	home cluster.Home
}

func (c control) status(ctx context.Context) (status, error) {
	var s status
	err := c.call(ctx, http.MethodGet, "/status", nil, &s)
	return s, err
}

func (c control) publish(ctx context.Context, all []Publication) error {
	texts := []string{}
	for _, one := range all {
		texts = append(texts, one.String())
	}
	return c.call(ctx, http.MethodPut, "/published", texts, nil)
}

func (c control) stop(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, "/stop", nil, nil)
}

func (c control) call(ctx context.Context, method, path string, body, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, "http://daemon"+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	transport := &http.Transport{DialContext: c.dial, DisableKeepAlives: true}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return errStopped
	}
	if err != nil {
		return fmt.Errorf("asking the cluster's daemon: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(response.Body)
		return errors.New(string(bytes.TrimSpace(text)))
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

func (c control) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	var conn net.Conn
	err := withShortPath(string(c.home), func(short string) error {
		var dialer net.Dialer
		opened, err := dialer.DialContext(ctx, "unix", filepath.Join(short, socketName))
		conn = opened
		return err
	})
	return conn, err
}
