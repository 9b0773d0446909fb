package host

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/djangostack/djangostack/local/cgroup"
	"github.com/djangostack/djangostack/local/cluster"
)

// Down ends the cluster, however far it has come or whatever was left of it, and removes its data unless keepData is set.
// A cluster that is not there is no error.
func Down(ctx context.Context, home cluster.Home, keepData bool, out *log.Logger) error {
	if _, err := os.Stat(string(home)); errors.Is(err, os.ErrNotExist) {
		out.Print("no cluster in " + string(home))
		return nil
	}
	if os.Geteuid() != 0 {
		return UnsupportedError{Why: "this is not the root user"}
	}
	if err := (control{home}).stop(ctx); err != nil && !errors.Is(err, errStopped) {
		return fmt.Errorf("stopping the cluster: %w", err)
	}
	if err := waitUnlocked(ctx, home); err != nil {
		return err
	}
	// Only a daemon that was killed has left any.
	if err := cgroup.Remove(home.CgroupName(), cgroupWait); err != nil {
		return err
	}
	if keepData {
		out.Print("cluster stopped; its data is kept in " + string(home))
		return nil
	}
	if err := os.RemoveAll(string(home)); err != nil {
		return fmt.Errorf("removing the cluster's data: %w", err)
	}
	out.Print("cluster and its data removed")
	return nil
}
