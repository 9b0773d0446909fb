package image

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

const suite = "trixie"

// packages are what the images of the shared base run, together: the app's libraries, those that other apps read the environment with, and the servers.
func packages() []string {
	return []string{
		"python3-django", "python3-django-environ", "python3-psycopg", "python3-redis", "python3-whitenoise",
		"python3-dj-database-url", "celery", "gunicorn", "uvicorn", "python-is-python3",
		"postgresql-17", "redis-server", "pgbouncer", "nginx",
		"libjs-jquery", // the admin links to it, and collectstatic fails on links that lead nowhere
	}
}

// unused is what no image needs of the packages: documentation, translations, and the compiler behind PostgreSQL's just-in-time
// compilation, which PostgreSQL does without when it is not there. Also what differs from build to build.
func unused() *regexp.Regexp {
	return regexp.MustCompile(`^(` + strings.Join([]string{
		`dev/.+`, `etc/(apt/sources\.list.*|hostname|resolv\.conf|machine-id|ssl/(certs|private)/.+)`,
		`usr/share/(doc|man|info|locale|i18n|lintian|bug)/.+`,
		`usr/lib/[^/]+/lib(LLVM|z3)[^/]*`, `usr/lib/llvm-.+`,
		`usr/lib/postgresql/[^/]+/lib/(llvmjit.*|bitcode/.+)`,
		`usr/lib/[^/]+/perl/[^/]+/CORE/.+`,
		`var/(cache|log)/.+`, `var/lib/apt/lists/.+`,
	}, "|") + `)$`)
}

// baseKey names a base layer by all that its content depends on, but for the state of Debian's archive.
func baseKey(packages []string) string {
	return shortHash(suite, runtime.GOARCH, strings.Join(packages, " "), unused().String(), buildTime().String())
}

// buildBase has Debian's packages installed into a new root by mmdebstrap, and writes that root as a layer.
func (b *Builder) buildBase(ctx context.Context, file string, packages []string) (*storedLayer, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("building images needs root: run this as root, or with sudo")
	}
	if err := installTools(ctx, b.say); err != nil {
		return nil, fmt.Errorf("installing what builds images: %w", err)
	}
	lines, err := sources(ctx)
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp(b.cache(), workPrefix)
	if err != nil {
		return nil, fmt.Errorf("making a working folder: %w", err)
	}
	defer b.remove(work)
	// Downloads run as apt's own user, which must be able to pass.
	if err := os.Chmod(work, 0o755); err != nil {
		return nil, fmt.Errorf("opening the working folder: %w", err)
	}

	command := b.mmdebstrap(ctx, work, packages, lines)
	layer, err := newLayerFile(file)
	if err != nil {
		return nil, err
	}
	defer layer.discard()
	root, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting mmdebstrap: %w", err)
	}
	log := &progressLog{say: b.say}
	command.Stderr = log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting mmdebstrap: %w", err)
	}
	packErr := packBase(root, layer)
	// Read on after a failure, or mmdebstrap would wait for a reader for ever.
	_, drainErr := io.Copy(io.Discard, root)
	if err := command.Wait(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("installing Debian's packages (are apt's mirrors reachable?): %w\n%s", err, lastLines(log.text.String(), 15))
	}
	if err := errors.Join(packErr, drainErr); err != nil {
		return nil, err
	}
	// Only now: what a failed mmdebstrap left can look like the whole of a smaller root.
	return layer.finish()
}

func (b *Builder) mmdebstrap(ctx context.Context, work string, packages, sources []string) *exec.Cmd {
	args := []string{
		"--mode=root", "--variant=minbase", "--format=tar", "--aptopt=APT::Install-Recommends false",
		// The server's own cluster is made at run time, where its volume is.
		`--essential-hook=mkdir -p "$1/etc/postgresql-common" && ` +
			`echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"`,
		"--include=" + strings.Join(packages, ","),
		suite, "-",
	}
	command := contained(ctx, `mount -t proc proc /proc; exec mmdebstrap "$@"`, append(args, sources...)...)
	command.Env = append(os.Environ(), "TMPDIR="+work, "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
		// Dates in the root are cut to this one, and Python's bytecode is tied to its source by a hash, not by a date.
		fmt.Sprintf("SOURCE_DATE_EPOCH=%d", buildTime().Unix()))
	return command
}

// packBase copies the root file system without what is unused into a layer, in one pass.
func packBase(root io.Reader, out io.Writer) error {
	skip := unused()
	r, w := tar.NewReader(root), tar.NewWriter(out)
	for {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading the new root: %w", err)
		}
		name := filepath.Clean(header.Name)
		if name == "." || skip.MatchString(name) {
			continue
		}
		header.Name = name
		if header.Typeflag == tar.TypeDir {
			header.Name += "/"
		}
		header.Uname, header.Gname, header.Format = "", "", tar.FormatUnknown
		if err := w.WriteHeader(header); err != nil {
			return fmt.Errorf("packing %s: %w", name, err)
		}
		if _, err := io.Copy(w, r); err != nil {
			return fmt.Errorf("packing %s: %w", name, err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("packing the base layer: %w", err)
	}
	return nil
}
