package kubernetes_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/tests/mocks"
)

// A database that cannot be asked for its tables is not taken for an empty one.
func TestADumpIsNotImportedIntoADatabaseThatDoesNotAnswer(t *testing.T) {
	command := mocks.Run(t, mocks.Known, withDump(dumpArgs())).OfKind("Job")[0].At(t, "spec.template.spec.containers[0].command").([]any)
	for name, row := range map[string]struct {
		psql string
		want string
		code int
	}{
		"lost connection": {`case $(cat) in *"FROM pg_class"*) echo "connection to server was lost" >&2; exit 2;; esac`, "connection to server was lost", 2},
		"tables":          {`case $(cat) in *"FROM pg_class"*) echo ledger;; esac`, "The database has tables already (ledger …): nothing is imported into it", 65},
	} {
		folder := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(folder, "psql"), []byte("#!/bin/sh\n"+row.psql+"\n"), 0o755))
		script := exec.Command("sh", "-c", command[2].(string), "dump", "{ print }")
		script.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "DUMP_FOLDER="+folder, "DUMP_SOURCE=s3://old/blog.dump", "PGHOST=db", "PGDATABASE=blog")
		out, err := script.CombinedOutput()
		require.Error(t, err, name)
		assert.Equal(t, row.code, script.ProcessState.ExitCode(), "%s: %s", name, out)
		assert.Contains(t, string(out), row.want, name)
		assert.NotContains(t, string(out), "Importing", name)
	}
}
