package backups

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// records are what a Job prints for its caller: lines that begin with @ and whose fields are separated by tabs.
type records struct {
	backups []Backup
	// restored is the name of the backup that was restored.
	restored string
	// lines are the last lines for people.
	lines []string
}

// keptLines is how many lines an error shows.
const keptLines = 20

// add reads one line, and reports whether it is a record.
func (r *records) add(line string) (bool, error) {
	if !strings.HasPrefix(line, "@") {
		if r.lines = append(r.lines, line); len(r.lines) > keptLines {
			r.lines = r.lines[1:]
		}
		return false, nil
	}
	fields := strings.Split(line, "\t")
	switch {
	case fields[0] == "@backup" && len(fields) == 6:
		backup, err := newBackup(fields[1:])
		if err != nil {
			return true, fmt.Errorf("reading the record %q: %w", line, err)
		}
		r.backups = append(r.backups, backup)
	case fields[0] == "@database" && len(fields) == 6 && len(r.backups) > 0:
		database, err := newDatabaseDump(fields[2:])
		if err != nil {
			return true, fmt.Errorf("reading the record %q: %w", line, err)
		}
		last := &r.backups[len(r.backups)-1]
		last.Databases = append(last.Databases, database)
	case (fields[0] == "@restored" || fields[0] == "@drilled") && len(fields) == 3:
		r.restored = fields[1]
	case fields[0] != "@ready":
		return true, fmt.Errorf("the Job printed an unknown record: %q", line)
	}
	return true, nil
}

func newBackup(fields []string) (Backup, error) {
	whole, err := newDatabaseDump([]string{fields[0], fields[1], fields[3], fields[4]})
	if err != nil {
		return Backup{}, err
	}
	taken, err := time.Parse(time.RFC3339, fields[2])
	if err != nil {
		return Backup{}, fmt.Errorf("reading the time: %w", err)
	}
	return Backup{Name: whole.Name, Bytes: whole.Bytes, Taken: taken, Tables: whole.Tables, Rows: whole.Rows}, nil
}

func newDatabaseDump(fields []string) (DatabaseDump, error) {
	bytes, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return DatabaseDump{}, fmt.Errorf("reading the size: %w", err)
	}
	tables, err := strconv.Atoi(fields[2])
	if err != nil {
		return DatabaseDump{}, fmt.Errorf("reading the number of tables: %w", err)
	}
	rows, err := strconv.ParseInt(fields[3], 10, 64)
	if err != nil {
		return DatabaseDump{}, fmt.Errorf("reading the number of rows: %w", err)
	}
	return DatabaseDump{Name: fields[0], Bytes: bytes, Tables: tables, Rows: rows}, nil
}
