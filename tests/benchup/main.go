// Command benchup measures the time from a ready cluster with the images to the app's first 200: once with djangostack
// up, once with kubectl apply of the same manifests in the same order with the same waits. The two take turns, and only
// the ratio is comparable.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"time"
)

func main() {
	bin := flag.String("bin", ".djangostack/bin", "folder of the programs")
	images := flag.String("images", ".djangostack/images", "folder of the image archives")
	runs := flag.Int("runs", 3, "runs of each")
	flag.Parse()
	if err := run(*bin, *images, *runs); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(bin, images string, runs int) error {
	state, err := os.MkdirTemp("", "djangostack-bench-")
	if err != nil {
		return fmt.Errorf("making a state directory: %w", err)
	}
	defer func() {
		if err := os.RemoveAll(state); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}()
	b, err := newBench(bin, images, state)
	if err != nil {
		return err
	}
	defer b.stopCluster()
	if err := b.startCluster(); err != nil {
		return err
	}
	var ups, applies []time.Duration
	for i := range runs {
		up, err := b.measure("djangostack up", b.up, b.destroy)
		if err != nil {
			return err
		}
		apply, err := b.measure("kubectl apply", b.apply, b.remove)
		if err != nil {
			return err
		}
		fmt.Printf("run %d: djangostack up %.1f s, kubectl apply %.1f s, ratio %.2f\n", i+1, up.Seconds(), apply.Seconds(), up.Seconds()/apply.Seconds())
		ups, applies = append(ups, up), append(applies, apply)
	}
	up, apply := median(ups), median(applies)
	fmt.Printf("median of %d: djangostack up %.1f s, kubectl apply %.1f s, ratio %.2f\n", runs, up.Seconds(), apply.Seconds(), up.Seconds()/apply.Seconds())
	return nil
}

func median(times []time.Duration) time.Duration {
	sorted := append([]time.Duration{}, times...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	return sorted[len(sorted)/2]
}

func absolute(path string) (string, error) {
	out, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("finding %s: %w", path, err)
	}
	return out, nil
}
