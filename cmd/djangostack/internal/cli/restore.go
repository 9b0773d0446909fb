package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle/backups"
)

func (a *app) restoreCommand() *cobra.Command {
	var options backups.RestoreOptions
	var yes bool
	command := &cobra.Command{
		Use:   "restore [NAME]",
		Short: "Replace the living database in the cluster by a backup",
		Long: `Replace all rows and tables of the living database in the cluster, and of those of
database.further, by those of a backup: the newest, the NAME of djangostack backup list, or a dump that was taken
elsewhere (--file), in the custom format of pg_dump or as plain SQL. Owners, rights and
extensions that this server does not have are left out.

The restore is done as a whole, or the database is as it was. With database.further
that holds for all databases together; --database restores one of them alone. Queries of the app wait while it runs. First a backup of the present state is taken,
whose name is printed. The Job in the cluster goes on if this command is interrupted.
If the backup is older than the app's last migrations, run manage.py migrate after it.`,
		Example: "  djangostack restore -s staging\n  djangostack restore -s staging shop-20260131T021700Z\n  djangostack restore -s staging --file shop.sql.gz\n  djangostack restore -s staging --database archive",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			options.Name = backups.Latest
			if len(args) == 1 {
				options.Name = args[0]
			}
			return a.restore(cmd, options, yes)
		},
	}
	command.Flags().StringVar(&options.File, "file", "", "a dump that was taken elsewhere; NAME is then what it is called among the backups")
	command.Flags().StringVar(&options.Database, "database", "", "the database to restore (default: all that the backup holds); with --file the one that the dump goes into (default: database.name)")
	command.Flags().BoolVar(&options.SkipBackup, "skip-backup", false, "take no backup of the present state first, for a database that cannot be read")
	command.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask for confirmation; required without a terminal")
	return command
}

func (a *app) restore(cmd *cobra.Command, options backups.RestoreOptions, yes bool) error {
	what := "This replaces all rows of the database of the environment %s.\nType its name to continue: "
	if options.Database != "" {
		what = "This replaces all rows of one database of the environment %s.\nType its name to continue: "
	}
	if err := a.confirmed(yes, what); err != nil {
		return err
	}
	return a.withBackups(cmd.Context(), func(client *backups.Client) error {
		began := time.Now()
		restored, err := client.Restore(cmd.Context(), options)
		if err != nil {
			return err
		}
		undo := ""
		if restored.Before != nil {
			undo = fmt.Sprintf("; to undo it: %s restore -s %s %s", a.flags.program(), a.flags.stack, restored.Before.Name)
			if options.Database != "" {
				undo += " --database " + options.Database
			}
		}
		return a.result(restored, "%s: restored the backup %s in %s%s\n", a.flags.stack, restored.Name, show.Seconds(time.Since(began)), undo)
	})
}
