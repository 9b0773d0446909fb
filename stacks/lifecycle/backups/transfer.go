package backups

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/streaming/pkg/httpstream"

	"github.com/djangostack/djangostack/components/labels"
)

// transferPipe is where the script in the pod reads an upload and writes a download. It knows where the backups are.
const transferPipe = "/tmp/transfer"

// upload is a dump that was taken elsewhere.
type upload struct {
	path string
	// name is the backup that it becomes.
	name string
	size int64
}

var unnamed = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

func newUpload(path, name string) (upload, error) {
	info, err := os.Stat(path)
	if err != nil {
		return upload{}, fmt.Errorf("reading the dump: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return upload{}, fmt.Errorf("reading the dump: %s is not a file with a dump in it", path)
	}
	if name == "" || name == Latest {
		base := filepath.Base(path)
		for _, suffix := range []string{".gz", ".dump", ".sql", ".pgdump", ".backup"} {
			base = strings.TrimSuffix(base, suffix)
		}
		name = strings.Trim(unnamed.ReplaceAllString(base, "-"), "-.")
	}
	if name == "" || unnamed.MatchString(name) || strings.HasPrefix(name, ".") {
		return upload{}, fmt.Errorf("%q is no name of a backup: letters, digits, dots, hyphens and underscores, with no dot at the beginning", name)
	}
	return upload{path: path, name: name, size: info.Size()}, nil
}

// upload writes the dump into the pod, which makes it a backup once it is whole.
func (c *Client) upload(ctx context.Context, pod string, dump upload) error {
	file, err := os.Open(dump.path)
	if err != nil {
		return fmt.Errorf("reading the dump: %w", err)
	}
	defer func() { _ = file.Close() }()
	c.progress(fmt.Sprintf("Uploading %s, %d bytes", dump.path, dump.size))
	counted := &progressReader{reader: file, size: dump.size, progress: c.progress, verb: "Uploaded"}
	if err := c.exec(ctx, pod, counted, io.Discard, "sh", "-c", `cat >"$1"`, "upload", transferPipe); err != nil {
		return fmt.Errorf("uploading %s: %w", dump.path, err)
	}
	return nil
}

// Download writes the dump of one database of a backup, in the custom format of pg_dump. Without a database that is the
// first of the backup.
func (c *Client) Download(ctx context.Context, name, database string, to io.Writer) (Backup, error) {
	var written int64
	variables := map[string]string{"BACKUP_ACTION": "send", "BACKUP_NAME": name}
	if database != "" {
		variables[databaseVariable] = database
	}
	found, err := c.run(ctx, labels.Restore, variables, func(ctx context.Context, pod string) error {
		counted := &countingWriter{writer: to}
		err := c.exec(ctx, pod, nil, counted, "sh", "-c", `cat "$1" && touch /tmp/sent`, "download", transferPipe)
		written = counted.written
		return err
	})
	if err != nil {
		return Backup{}, fmt.Errorf("downloading the backup %s: %w", name, err)
	}
	if len(found.backups) == 0 || found.backups[0].Dump(database).Bytes != written {
		return Backup{}, fmt.Errorf("downloading the backup %s: %d bytes came, which are not all", name, written)
	}
	return c.comparedTo(found.backups)[0], nil
}

// Dump is what a backup holds of a database; of the first without one.
func (b *Backup) Dump(database string) DatabaseDump {
	for _, dump := range b.Databases {
		if database == "" || dump.Name == database {
			return dump
		}
	}
	return DatabaseDump{Name: database, Bytes: b.Bytes, Tables: b.Tables, Rows: b.Rows}
}

// exec runs a command in the pod of a Job.
func (c *Client) exec(ctx context.Context, pod string, in io.Reader, out io.Writer, command ...string) error {
	url := c.kubernetes.CoreV1().RESTClient().Post().Resource("pods").Namespace(c.namespace).Name(pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: command, Stdin: in != nil, Stdout: true, Stderr: true}, scheme.ParameterCodec).URL()
	executor, err := newExecutor(c.config, url)
	if err != nil {
		return fmt.Errorf("connecting to the pod %s: %w", pod, err)
	}
	var said bytes.Buffer
	if err := executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: in, Stdout: out, Stderr: &said}); err != nil {
		return errors.Join(fmt.Errorf("running a command in the pod %s: %w", pod, err), errors.New(strings.TrimSpace(said.String())))
	}
	return nil
}

// newExecutor prefers WebSocket, as kubectl does, and falls back to SPDY for an older server or proxy.
func newExecutor(config *rest.Config, url *url.URL) (remotecommand.Executor, error) {
	websocket, err := remotecommand.NewWebSocketExecutor(config, http.MethodGet, url.String())
	if err != nil {
		return nil, err
	}
	spdy, err := remotecommand.NewSPDYExecutor(config, http.MethodPost, url)
	if err != nil {
		return nil, err
	}
	return remotecommand.NewFallbackExecutor(websocket, spdy, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
}

type countingWriter struct {
	writer  io.Writer
	written int64
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.writer.Write(p)
	w.written += int64(n)
	return n, err
}

// progressReader reports each tenth of a file.
type progressReader struct {
	reader   io.Reader
	size     int64
	read     int64
	reported int64
	verb     string
	progress func(string)
}

func (r *progressReader) Read(p []byte) (int, error) {
	n, err := r.reader.Read(p)
	r.read += int64(n)
	if tenth := r.read * 10 / r.size; tenth > r.reported {
		r.reported = tenth
		r.progress(fmt.Sprintf("%s %d of %d bytes", r.verb, r.read, r.size))
	}
	return n, err
}
