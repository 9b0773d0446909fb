// Command outdated names what has grown old in this repository: modules that have newer releases, and versions whose support has ended or ends soon.
package main

import (
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
	if err := reportModules(ctx, out, root); err != nil {
		return false, err
	}
	return t.report(out, used, today), nil
}
