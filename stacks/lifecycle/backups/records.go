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
	case (fields[0] == "@restored" || fields[0] == "@drilled") && len(fields) == 3:
		r.restored = fields[1]
	case fields[0] != "@ready":
		return true, fmt.Errorf("the Job printed an unknown record: %q", line)
	}
	return true, nil
}

func newBackup(fields []string) (Backup, error) {
	bytes, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return Backup{}, fmt.Errorf("reading the size: %w", err)
	}
	taken, err := time.Parse(time.RFC3339, fields[2])
	if err != nil {
		return Backup{}, fmt.Errorf("reading the time: %w", err)
	}
	tables, err := strconv.Atoi(fields[3])
	if err != nil {
		return Backup{}, fmt.Errorf("reading the number of tables: %w", err)
	}
	rows, err := strconv.ParseInt(fields[4], 10, 64)
	if err != nil {
		return Backup{}, fmt.Errorf("reading the number of rows: %w", err)
	}
	return Backup{Name: fields[0], Bytes: bytes, Taken: taken, Tables: tables, Rows: rows}, nil
}
