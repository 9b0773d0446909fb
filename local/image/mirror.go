package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// sources returns the apt source lines for Debian 13, on the mirrors that this machine uses.
func sources(ctx context.Context) ([]string, error) {
	targets, err := exec.CommandContext(ctx, "apt-get", "indextargets",
		"--format", "$(LABEL)\t$(SITE)", "Created-By: Packages").Output()
	if err != nil {
		return nil, fmt.Errorf("listing the mirrors of apt (is this a Debian machine?): %w", err)
	}
	return sourcesOf(string(targets))
}

// sourcesOf converts lines of "label<tab>site" into apt source lines. Of several sites with one label it uses the first.
func sourcesOf(targets string) ([]string, error) {
	var lines []string
	seen := map[string]bool{}
	for _, target := range strings.Split(strings.TrimSpace(targets), "\n") {
		label, site, found := strings.Cut(target, "\t")
		if !found || seen[label] {
			continue
		}
		seen[label] = true
		switch label {
		case "Debian":
			lines = append(lines, aptLine(site, suite), aptLine(site, suite+"-updates"))
		case "Debian-Security":
			lines = append(lines, aptLine(site, suite+"-security"))
		}
	}
	if !seen["Debian"] {
		return nil, errors.New("apt has no Debian mirror: add one to /etc/apt/sources.list.d and run apt-get update")
	}
	return lines, nil
}

func aptLine(site, suite string) string {
	return fmt.Sprintf("deb [signed-by=%s] %s %s main", keyring, site, suite)
}

// installTools installs mmdebstrap and Debian's archive keys if they are missing.
func installTools(ctx context.Context, logf func(string, ...any)) error {
	_, missing := exec.LookPath("mmdebstrap")
	_, noKeys := os.Stat(keyring)
	if missing == nil && noKeys == nil {
		return nil
	}
	logf("installing mmdebstrap")
	for _, args := range [][]string{
		{"update", "-qq"},
		{"install", "-y", "-qq", "--no-install-recommends", "mmdebstrap", "debian-archive-keyring"},
	} {
		command := exec.CommandContext(ctx, "apt-get", args...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w\n%s", strings.Join(args, " "), err, lastLines(string(output), 10))
		}
	}
	return nil
}
