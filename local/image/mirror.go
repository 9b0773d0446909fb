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

// sources gives the apt lines of Debian 13 on the mirrors this machine already uses.
func sources(ctx context.Context) ([]string, error) {
	targets, err := exec.CommandContext(ctx, "apt-get", "indextargets",
		"--format", "$(LABEL)\t$(SITE)", "Created-By: Packages").Output()
	if err != nil {
		return nil, fmt.Errorf("asking apt for its mirrors (is this a Debian machine?): %w", err)
	}
	return sourcesOf(string(targets))
}

// sourcesOf turns lines of "label, tab, site" into apt lines, each site once.
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
		return nil, errors.New("apt knows no Debian mirror: add one to /etc/apt/sources.list.d and run apt-get update")
	}
	return lines, nil
}

func aptLine(site, suite string) string {
	return fmt.Sprintf("deb [signed-by=%s] %s %s main", keyring, site, suite)
}

// installTools puts mmdebstrap, which builds the base, and Debian's keys onto this machine.
func installTools(ctx context.Context, say func(string, ...any)) error {
	_, missing := exec.LookPath("mmdebstrap")
	_, noKeys := os.Stat(keyring)
	if missing == nil && noKeys == nil {
		return nil
	}
	say("installing mmdebstrap")
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
