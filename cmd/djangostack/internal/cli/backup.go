package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/djangostack/djangostack/cmd/djangostack/internal/show"
	"github.com/djangostack/djangostack/stacks/lifecycle/backups"
)

func (a *app) backupCommand() *cobra.Command {
	command := &cobra.Command{
		Use:   "backup",
		Short: "Back up the database in the cluster now",
		Long: `Back up the database in the cluster now, beside the backups that
database.backups.schedule takes. The backup is a dump of pg_dump on the volume or in
the bucket of the backups, or one for each database with database.further. It is taken by a Job in the cluster, which goes on if this
command is interrupted.`,
		Example: "  djangostack backup -s production\n  djangostack backup list -s production\n  djangostack backup download -s production latest --output shop.dump",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.backup(cmd) },
	}
	var wanted downloadWish
	download := &cobra.Command{
		Use:   "download NAME",
		Short: "Write a backup to a file",
		Long: `Write a backup to a file, in the custom format of pg_dump. NAME is one of
djangostack backup list, or latest. Of a backup with several databases each gets a
file, NAME.DATABASE.dump.`,
		Example: "  djangostack backup download -s production latest --output shop.dump\n  djangostack backup download -s production latest --database archive",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.downloadBackup(cmd, args[0], wanted) },
	}
	download.Flags().StringVarP(&wanted.output, "output", "o", "", "the file to write, which must not exist (default: NAME.dump)")
	download.Flags().StringVar(&wanted.database, "database", "", "the database whose dump is written (default: all that the backup holds)")
	command.AddCommand(&cobra.Command{
		Use:     "list",
		Short:   "List the backups, and when the last backup and restore drill succeeded",
		Example: "  djangostack backup list -s production",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.listBackups(cmd) },
	}, &cobra.Command{
		Use:   "drill",
		Short: "Restore the newest backup into a separate server now",
		Long: `Restore the newest backup into a server in a separate pod now, and compare the
rows with those that were counted when it was taken. database.backups.drillSchedule
does the same on a schedule. The environment's database is not touched.`,
		Example: "  djangostack backup drill -s production",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.drillRestore(cmd) },
	}, download)
	return command
}

// withBackups connects to the backups of the stack's environment.
func (a *app) withBackups(ctx context.Context, use func(*backups.Client) error) (err error) {
	named, err := a.selected()
	if err != nil {
		return err
	}
	environment, err := check(named.project, a.flags.stack, named.overrides)
	if err != nil {
		return err
	}
	options := backups.Options{Environment: environment}
	if environment.CreatesCluster() {
		if options.Kubeconfig, err = a.kubeconfig(ctx); err != nil {
			return err
		}
	}
	progress := a.newProgress()
	if !a.flags.json {
		options.Progress = func(line string) { progress.Line("database", line) }
	}
	client, err := backups.Open(options)
	if err != nil {
		return err
	}
	return use(client)
}

// kubeconfig reads the kubeconfig of a cluster that the stack creates.
func (a *app) kubeconfig(ctx context.Context) (text string, err error) {
	session, err := a.open(ctx, sessionOptions{readOnly: true})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, session.close()) }()
	outputs, err := session.stack.Outputs(ctx)
	if err != nil {
		return "", err
	}
	text, _ = outputs["kubeconfig"].Value.(string)
	return text, nil
}

func (a *app) backup(cmd *cobra.Command) error {
	return a.withBackups(cmd.Context(), func(client *backups.Client) error {
		began := time.Now()
		taken, err := client.Take(cmd.Context())
		if err != nil {
			return err
		}
		return a.result(taken, "%s: the backup %s has %s in %s, taken in %s\n", a.flags.stack, taken.Name, contents(taken), size(taken.Bytes), show.Seconds(time.Since(began)))
	})
}

func (a *app) drillRestore(cmd *cobra.Command) error {
	return a.withBackups(cmd.Context(), func(client *backups.Client) error {
		began := time.Now()
		name, err := client.Drill(cmd.Context())
		if err != nil {
			return err
		}
		return a.result(map[string]string{"name": name}, "%s: the backup %s can be restored, in %s\n", a.flags.stack, name, show.Seconds(time.Since(began)))
	})
}

// backupList is the result of backup list --json.
type backupList struct {
	backups.Status
	Backups []backups.Backup `json:"backups"`
}

func (a *app) listBackups(cmd *cobra.Command) error {
	return a.withBackups(cmd.Context(), func(client *backups.Client) error {
		status, err := client.Status(cmd.Context())
		if err != nil {
			return err
		}
		list, err := client.List(cmd.Context())
		if err != nil {
			return err
		}
		if a.flags.json {
			return json.NewEncoder(a.Stdout).Encode(backupList{Status: status, Backups: list})
		}
		now := time.Now()
		for _, backup := range list {
			if _, err := fmt.Fprintf(a.Stdout, "%-48s %10s  %s old  %s\n", backup.Name, size(backup.Bytes), age(backup.Taken, now), contents(backup)); err != nil {
				return err
			}
		}
		_, err = fmt.Fprintf(a.Stdout, "%s: %d backups; the last scheduled backup succeeded %s, the last restore drill %s\n",
			a.flags.stack, len(list), ago(status.LastBackup, now), ago(status.LastDrill, now))
		return err
	})
}

// downloadWish is what the flags of backup download ask for.
type downloadWish struct{ output, database string }

func (a *app) downloadBackup(cmd *cobra.Command, name string, wanted downloadWish) error {
	return a.withBackups(cmd.Context(), func(client *backups.Client) error {
		if wanted.database != "" || len(client.Databases()) == 1 {
			return a.downloadDump(cmd, client, name, wanted.database, cmp.Or(wanted.output, dumpFile(name, wanted.database)))
		}
		backup, err := find(cmd.Context(), client, name)
		if err != nil {
			return err
		}
		if len(backup.Databases) == 0 {
			return a.downloadDump(cmd, client, backup.Name, "", cmp.Or(wanted.output, dumpFile(backup.Name, "")))
		}
		if wanted.output != "" && len(backup.Databases) > 1 {
			return usage("the backup %s holds %s: name one of them with --database, or leave --output out", backup.Name, held(backup))
		}
		for _, database := range backup.Databases {
			if err := a.downloadDump(cmd, client, backup.Name, database.Name, cmp.Or(wanted.output, dumpFile(backup.Name, database.Name))); err != nil {
				return err
			}
		}
		return nil
	})
}

// find returns a backup by its name.
func find(ctx context.Context, client *backups.Client, name string) (backups.Backup, error) {
	list, err := client.List(ctx)
	if err != nil {
		return backups.Backup{}, err
	}
	for _, backup := range list {
		if name == backups.Latest || backup.Name == name {
			return backup, nil
		}
	}
	return backups.Backup{}, usage("there is no backup %s; djangostack backup list shows those that there are", name)
}

// dumpFile is the file for the dump of a database of a backup.
func dumpFile(name, database string) string {
	if database == "" {
		return name + ".dump"
	}
	return name + "." + database + ".dump"
}

func (a *app) downloadDump(cmd *cobra.Command, client *backups.Client, name, database, path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return usage("creating the file: %w", err)
	}
	backup, err := client.Download(cmd.Context(), name, database, file)
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	what, rest := "the backup "+backup.Name, ""
	switch {
	case database != "":
		what = fmt.Sprintf("the database %s of the backup %s", database, backup.Name)
	case len(backup.Databases) > 1:
		what, rest = fmt.Sprintf("the database %s of the backup %s", backup.Databases[0].Name, backup.Name), ", which holds "+held(backup)+": --database names another"
	}
	return a.result(backup, "%s: wrote %s, %s, to %s%s\n", a.flags.stack, what, size(backup.Dump(database).Bytes), path, rest)
}

// result prints a result for people, or with --json for programs.
func (a *app) result(value any, format string, args ...any) error {
	if a.flags.json {
		return json.NewEncoder(a.Stdout).Encode(value)
	}
	_, err := fmt.Fprintf(a.Stdout, format, args...)
	return err
}

func contents(backup backups.Backup) string {
	if backup.Tables < 0 {
		text := "a dump that was taken elsewhere"
		if len(backup.Databases) > 0 {
			text += ", of " + held(backup)
		}
		return text
	}
	text := fmt.Sprintf("%d rows of %d tables", backup.Rows, backup.Tables)
	if len(backup.Databases) > 0 {
		text += " of " + held(backup)
	}
	if len(backup.Missing) > 0 {
		text += ", without " + strings.Join(backup.Missing, ", ")
	}
	return text
}

// held lists the databases of a backup.
func held(backup backups.Backup) string {
	names := make([]string, 0, len(backup.Databases))
	for _, database := range backup.Databases {
		names = append(names, database.Name)
	}
	return strings.Join(names, ", ")
}

func size(bytes int64) string {
	const mebi = 1 << 20
	if bytes < mebi {
		return fmt.Sprintf("%d KiB", (bytes+1023)>>10)
	}
	return fmt.Sprintf("%.1f MiB", float64(bytes)/mebi)
}

func age(since, now time.Time) string {
	passed := now.Sub(since)
	switch {
	case passed < time.Hour:
		return fmt.Sprintf("%d min", int(passed.Minutes()))
	case passed < 48*time.Hour:
		return fmt.Sprintf("%d h", int(passed.Hours()))
	default:
		return fmt.Sprintf("%d days", int(passed.Hours()/24))
	}
}

func ago(at, now time.Time) string {
	if at.IsZero() {
		return "never yet"
	}
	return age(at, now) + " ago"
}
