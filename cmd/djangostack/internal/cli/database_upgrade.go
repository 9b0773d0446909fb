package cli

import (
	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/stacks/spec"
)

func (a *app) upgradeCommand() *cobra.Command {
	wanted := moveWish{upgrade: true}
	var yes bool
	upgrade := &cobra.Command{
		Use:   "upgrade",
		Short: "Copy the database in the cluster to a server of a newer PostgreSQL",
		Long: `Copy the database in the cluster to a second server there, of a newer PostgreSQL or of
another C library, by the updates of "database move":

  prepare  creates a server with the new image and an empty volume, beside the old one
  copy     stops the app, copies the database and compares it, row by row
  keep     starts the app with the new server; the old one is kept, with its volume

If copy fails, the app starts again on the old server. If this command is interrupted,
the same command continues. Until the app has used the new server, --undo returns to the
old one. After that, --back returns to it as it was kept, without what was written since;
with protection protected that needs allowDataLoss: [database]. --finish deletes the
server that the app does not use, with its volume.
Commit the stack's file after each run.`,
		Example: "  djangostack database upgrade -s production --image docker.io/library/postgres:18\n  djangostack database upgrade -s production --finish",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.moveDatabase(cmd.Context(), wanted, yes) },
	}
	upgrade.Flags().StringVar(&wanted.image, "image", "", "image of the new server; optional once an upgrade has begun")
	moveFlags(upgrade, &wanted, &yes, "image")
	return upgrade
}

// firstUpgrade is the first step of an upgrade.
func (w moveWish) firstUpgrade(database spec.Database) (moveState, error) {
	switch {
	case database.Kind != spec.InCluster:
		return moveState{}, usage("the database is %s: only a server in the cluster is upgraded so; a managed one has database.managed.version", database.Kind)
	case w.image == "":
		return moveState{}, usage("say which server comes next: --image docker.io/library/postgres:18")
	}
	return moveState{
		kind: spec.InCluster, other: spec.InCluster, step: spec.PrepareMove,
		image: database.Image, otherImage: spec.ImageName(w.image), generation: database.Generation,
	}, nil
}
