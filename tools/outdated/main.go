// Command outdated names what has grown old in this repository: modules that have newer releases, and versions whose support has ended or ends soon.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

// The exit codes: something is past its end; the program could not find out.
const (
	pastItsEnd = 1
	failed     = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := flag.String("root", ".", "the repository")
	page := flag.Bool("page", false, "only write docs/support.md from the table")
	flag.Parse()
	ended, err := run(ctx, os.Stdout, *root, *page, time.Now())
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "outdated:", err)
		os.Exit(failed)
	case ended:
		os.Exit(pastItsEnd)
	}
}

// run tells whether the support of anything that the repository uses has ended.
func run(ctx context.Context, out io.Writer, root string, page bool, today time.Time) (bool, error) {
	content, err := os.ReadFile(filepath.Join(root, tablePath))
	if err != nil {
		return false, fmt.Errorf("reading the table of support: %w", err)
	}
	t, err := parseTable(content)
	if err != nil {
		return false, err
	}
	used, err := t.used(os.DirFS(root))
	if err != nil {
		return false, err
	}
	if page {
		return false, os.WriteFile(filepath.Join(root, pagePath), t.page(used), 0o644)
	}
	var report bytes.Buffer
	if err := reportModules(ctx, &report, root); err != nil {
		return false, err
	}
	ended := t.report(&report, used, today)
	if _, err := report.WriteTo(out); err != nil {
		return false, fmt.Errorf("writing the report: %w", err)
	}
	return ended, nil
}
