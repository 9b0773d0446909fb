package alerts

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// volumes are the rules of the volumes. The kubelet measures a volume only while a pod mounts it.
func (o Objects) volumes() []Rule {
	if len(o.Claims) == 0 && o.BackupClaim == "" {
		return nil
	}
	space := o.left("kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes")
	inodes := o.left("kubelet_volume_stats_inodes_free", "kubelet_volume_stats_inodes")
	return slices.Concat(
		o.rule(volumeFilling, space("0.15")),
		o.rule(volumeFull, space("0.05")),
		// A file system without a number of inodes has 0 of 0 left, which is below nothing.
		o.rule(volumeInodes, inodes("0.10")),
	)
}

// measured is how long ago the volume of the backups may have been mounted.
func (o Objects) measured() time.Duration {
	const day = 24 * time.Hour
	if o.Backup == nil {
		return day
	}
	return max(day, o.Backup.Oldest)
}

// left returns the expression that is true for a volume with less than a share left. For the volume of
// the backups it is what was measured last.
func (o Objects) left(free, all string) func(share string) string {
	return func(share string) string {
		var parts []string
		if len(o.Claims) > 0 {
			parts = append(parts, lowest(claimLabel, o.metric(free, claimLabel, o.Claims)+" / "+o.metric(all, claimLabel, o.Claims))+" < "+share)
		}
		if o.BackupClaim != "" {
			last := func(metric string) string {
				return fmt.Sprintf("last_over_time(%s[%s])", o.metric(metric, claimLabel, []string{o.BackupClaim}), duration(o.measured()))
			}
			parts = append(parts, lowest(claimLabel, last(free)+" / "+last(all))+" < "+share)
		}
		return strings.Join(parts, "\nor\n")
	}
}
