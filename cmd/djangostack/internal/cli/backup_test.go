package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/lifecycle/backups"
)

func TestAListOfBackupsSaysWhichDatabasesEachHolds(t *testing.T) {
	two := []backups.DatabaseDump{{Name: "shop"}, {Name: "archive"}}
	for want, backup := range map[string]backups.Backup{
		"9 rows of 4 tables":                          {Rows: 9, Tables: 4},
		"9 rows of 4 tables of shop, archive":         {Rows: 9, Tables: 4, Databases: two},
		"9 rows of 4 tables, without archive":         {Rows: 9, Tables: 4, Missing: []string{"archive"}},
		"a dump that was taken elsewhere":             {Rows: -1, Tables: -1},
		"a dump that was taken elsewhere, of archive": {Rows: -1, Tables: -1, Databases: two[1:]},
	} {
		assert.Equal(t, want, contents(backup))
	}
}

func TestEachDatabaseOfABackupGetsAFile(t *testing.T) {
	assert.Equal(t, "shop-20260131T021700Z.dump", dumpFile("shop-20260131T021700Z", ""))
	assert.Equal(t, "shop-20260131T021700Z.archive.dump", dumpFile("shop-20260131T021700Z", "archive"))
}
