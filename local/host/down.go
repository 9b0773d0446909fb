package host

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/djangostack/djangostack/local/cgroup"
	"github.com/djangostack/djangostack/local/cluster"
)

// Down stops the cluster in any state, also after a kill, and removes its data unless keepData is true.
// A cluster that does not exist is not an error.
func Down(ctx context.Context, home cluster.Home, keepData bool, out *log.Logger) error {
	if _, err := os.Stat(string(home)); errors.Is(err, os.ErrNotExist) {
		out.Print("no cluster in " + string(home))
		return removeCgroups(home)
	}
	if os.Geteuid() != 0 {
		return UnsupportedError{Why: "this is not the root user"}
	}
	out.Print("stopping the cluster in " + string(home))
	if err := (control{home}).stop(ctx); err != nil && !errors.Is(err, errStopped) {
		return fmt.Errorf("stopping the cluster: %w", err)
	}
	if err := waitUnlocked(ctx, home); err != nil {
		return err
	}
	if err := removeCgroups(home); err != nil {
		return err
	}
	if keepData {
		out.Print("stopped the cluster; its data is kept in " + string(home))
		return nil
	}
	out.Print("removing its data")
	if err := os.RemoveAll(string(home)); err != nil {
		return fmt.Errorf("removing the cluster's data: %w", err)
	}
	out.Print("removed the cluster and its data")
	return nil
}

// startTime is far longer than a cluster needs from the creation of its cgroup to the first process in it.
const startTime = time.Minute

// removeCgroups removes the cgroups that a killed daemon left, also those of clusters whose directory was deleted: nothing else
// would ever remove them.
func removeCgroups(home cluster.Home) error {
	if err := cgroup.Remove(home.CgroupName(), cgroupWait); err != nil {
		return err
	}
	return cgroup.RemoveAbandoned(cluster.CgroupPrefix, startTime)
}
