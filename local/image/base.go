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

// packages are the Debian packages of the shared base: the libraries of the blog, libraries that other apps read
// connection URLs with, and the servers.
func packages() []string {
	return []string{
		"python3-django", "python3-django-environ", "python3-psycopg", "python3-redis", "python3-pymemcache", "python3-whitenoise",
		"python3-dj-database-url", "celery", "gunicorn", "uvicorn", "python-is-python3",
		"postgresql-17", "redis-server", "memcached", "pgbouncer", "nginx",
		"libjs-jquery", // Django's admin has links to its files, and collectstatic fails on broken links
	}
}

// excludedFromBase matches files that no image needs: documentation, translations and LLVM, which PostgreSQL needs only
// for just-in-time compilation and can run without. It also matches files that differ between builds.
func excludedFromBase() *regexp.Regexp {
	return regexp.MustCompile(`^(` + strings.Join([]string{
		`dev/.+`, `etc/(apt/sources\.list.*|hostname|resolv\.conf|machine-id|ssl/private/.+|ssl/certs/` + ownCertificate + `)`,
		`usr/share/(doc|man|info|locale|i18n|lintian|bug)/.+`,
		`usr/lib/[^/]+/lib(LLVM|z3)[^/]*`, `usr/lib/llvm-.+`,
		`usr/lib/postgresql/[^/]+/lib/(llvmjit.*|bitcode/.+)`,
		`usr/lib/[^/]+/perl/[^/]+/CORE/.+`,
		`var/(cache|log)/.+`, `var/lib/apt/lists/.+`,
	}, "|") + `)$`)
}

// ownCertificate is the certificate that Debian's package ssl-cert makes for this machine. The certificates of public
// authorities stay: Python's requests cannot even be imported without them.
const ownCertificate = "ssl-cert-snakeoil.pem"

// baseKey hashes everything that the content of a base layer depends on, except the state of Debian's archive.
func baseKey(packages []string) string {
	return shortHash(suite, runtime.GOARCH, strings.Join(packages, " "), excludedFromBase().String(), buildTime().String())
}

// buildBase runs mmdebstrap to install Debian packages into a new root file system and writes it as a layer.
func (b *Builder) buildBase(ctx context.Context, file string, packages []string) (*storedLayer, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("building images needs root: run this command as root or with sudo")
	}
	if err := installTools(ctx, b.logf); err != nil {
		return nil, fmt.Errorf("installing mmdebstrap: %w", err)
	}
	lines, err := sources(ctx)
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp(b.cache(), workPrefix)
	if err != nil {
		return nil, fmt.Errorf("creating the working folder: %w", err)
	}
	defer b.remove(work)
	// apt downloads as the user _apt, which needs access to the folder.
	if err := os.Chmod(work, 0o755); err != nil {
		return nil, fmt.Errorf("changing the mode of the working folder: %w", err)
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
	log := &progressLog{logf: b.logf}
	command.Stderr = log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting mmdebstrap: %w", err)
	}
	packErr := packBase(root, layer)
	// After a failure, drain the pipe: mmdebstrap would block on a write that no one reads.
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
	// Finish the layer only after mmdebstrap succeeded: a truncated root can look like a complete, smaller one.
	return layer.finish()
}

func (b *Builder) mmdebstrap(ctx context.Context, work string, packages, sources []string) *exec.Cmd {
	args := []string{
		"--mode=root", "--variant=minbase", "--format=tar", "--aptopt=APT::Install-Recommends false",
		// The entry point creates the database cluster in its volume, so the package must not create one.
		`--essential-hook=mkdir -p "$1/etc/postgresql-common" && ` +
			`echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"`,
		"--include=" + strings.Join(packages, ","),
		suite, "-",
	}
	command := isolated(ctx, `mount -t proc proc /proc; exec mmdebstrap "$@"`, append(args, sources...)...)
	command.Env = append(os.Environ(), "TMPDIR="+work, "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
		// mmdebstrap limits all dates to this one, and Python validates bytecode by a hash of the source, not by a date.
		fmt.Sprintf("SOURCE_DATE_EPOCH=%d", buildTime().Unix()))
	return command
}

// packBase copies the root file system into a layer in one pass and skips excluded files.
func packBase(root io.Reader, out io.Writer) error {
	skip := excludedFromBase()
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
		// A link to the certificate has its hash as a name, which differs between machines.
		if name == "." || skip.MatchString(name) || filepath.Base(header.Linkname) == ownCertificate {
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
