package node

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/template"

	"golang.org/x/sys/unix"

	"github.com/djangostack/djangostack/local/cluster"
)

//go:embed config
var configFiles embed.FS

// settings are the values for the templates in config.
type settings struct {
	Home           cluster.Home
	CgroupName     string
	Snapshotter    string
	NetworkPlugins string
	RuntimeSocket  string
	PauseImage     string
	NodeName       string
	NodeAddress    string
	PodRange       string
	DNSService     string
	Domain         string
}

func currentSettings(cgroupName string) settings {
	return settings{
		Home:           home,
		CgroupName:     cgroupName,
		Snapshotter:    snapshotter(),
		NetworkPlugins: NetworkPlugins,
		RuntimeSocket:  cluster.RuntimeSocket,
		PauseImage:     cluster.PauseImage,
		NodeName:       cluster.NodeName,
		NodeAddress:    cluster.NodeAddress,
		PodRange:       cluster.PodRange,
		DNSService:     cluster.DNSService,
		Domain:         cluster.Domain,
	}
}

// NetworkPlugins is the directory where Debian installs the CNI plugins.
const NetworkPlugins = "/usr/lib/cni"

// writeConfig renders the embedded configuration files and writes them below dir.
func writeConfig(dir string, values settings) error {
	return fs.WalkDir(configFiles, "config", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		filled, err := template.New(entry.Name()).Option("missingkey=error").ParseFS(configFiles, path)
		if err != nil {
			return fmt.Errorf("reading the embedded %s: %w", path, err)
		}
		var content bytes.Buffer
		if err := filled.Execute(&content, values); err != nil {
			return fmt.Errorf("rendering %s: %w", path, err)
		}
		relative, err := filepath.Rel("config", path)
		if err != nil {
			return err
		}
		target := filepath.Join(dir, relative)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, content.Bytes(), 0o644)
	})
}

// snapshotter returns the containerd snapshotter: overlayfs if the file system of home supports it, otherwise native, which
// copies files. An overlay file system does not support another overlay on top.
func snapshotter() string {
	dir, err := os.MkdirTemp(home.Path("var", "lib"), "overlay-")
	if err != nil {
		return "native"
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, sub := range []string{"lower", "upper", "work", "merged"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o755); err != nil {
			return "native"
		}
	}
	merged := filepath.Join(dir, "merged")
	data := fmt.Sprintf("lowerdir=%[1]s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", dir)
	if err := unix.Mount("overlay", merged, "overlay", 0, data); err != nil {
		return "native"
	}
	_ = unix.Unmount(merged, unix.MNT_DETACH)
	return "overlayfs"
}
