package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/stacks/lifecycle"
)

func TestExitCodes(t *testing.T) {
	cases := map[int][]error{
		0:   {nil},
		1:   {errors.New("disk full")},
		2:   {&placeholdersError{}, &lifecycle.ConfigInvalidError{Err: errors.New("bad")}, &lifecycle.ProvidersError{}},
		3:   {&lifecycle.CLIError{Err: errors.New("none")}},
		4:   {&lifecycle.LockedError{Stack: "dev"}, &lifecycle.HeldLockError{Stack: "dev"}},
		5:   {&lifecycle.UpdateFailedError{Stack: "dev"}},
		6:   {&lifecycle.RefusedError{Stack: "dev"}},
		7:   {&changesError{}},
		8:   {&lifecycle.NotFoundError{Stack: "dev"}},
		9:   {&unhealthyError{failed: 1}},
		10:  {usage("no stack")},
		11:  {&lifecycle.UpdateFailedError{Stack: "dev", Operation: "preview"}},
		130: {&lifecycle.CancelledError{Stack: "dev"}, context.Canceled},
	}
	for want, errs := range cases {
		for _, err := range errs {
			assert.Equal(t, want, exitCode(err), "%v", err)
			if err != nil {
				assert.Equal(t, want, exitCode(errors.Join(fmt.Errorf("while closing: %w", err))), "wrapped %v", err)
			}
		}
	}
	for _, row := range exitCodeMeanings() {
		assert.Contains(t, cases, row.code)
	}
	assert.Len(t, exitCodeMeanings(), len(cases), "every code is documented")
}

// prod are the flags of a run with -s prod.
var prod = flags{stack: "prod", providers: string(lifecycle.Published)}

func TestNextStepMeansTheSameEnvironment(t *testing.T) {
	used := prod
	used.dir, used.state, used.providers = "my shop", "/srv/state", string(lifecycle.Embedded)
	used.set = []string{"cluster.context=kind-kind", "database.volume={size: 1Gi}", "app.secretEnv.TOKEN=4242"}
	assert.Equal(t,
		`djangostack doctor -s prod --dir 'my shop' --state /srv/state --providers embedded --set cluster.context=kind-kind --set 'database.volume={size: 1Gi}' checks what the environment needs`,
		nextStep(&lifecycle.UnreachableError{}, used))
	refused := &lifecycle.RefusedError{Operation: "destroy", Resources: []lifecycle.Protected{{Name: "postgres"}}}
	assert.Contains(t, nextStep(refused, used), "djangostack destroy -s prod --dir 'my shop' --state /srv/state --providers embedded --delete-data postgres",
		"destroy refuses --set")

	used = prod
	used.backend = "postgres://pulumi:4242@state.example.com/pulumi"
	assert.NotContains(t, nextStep(&lifecycle.NotFoundError{}, used), "4242")
	used.backend = "s3://company-state"
	assert.Equal(t, "create it with: djangostack up -s prod --backend s3://company-state", nextStep(&lifecycle.NotFoundError{}, used))
}

func TestRefusedDestroyNamesTheCommandThatDeletesData(t *testing.T) {
	err := &lifecycle.RefusedError{Operation: "destroy", Stack: "prod", Resources: []lifecycle.Protected{{Name: "postgres"}, {Name: "broker"}}}
	assert.Equal(t, "to delete this data too, run: djangostack destroy -s prod --delete-data postgres,broker", nextStep(err, prod))
}

func TestRefusedUpdateNamesTheCommandThatAllowsIt(t *testing.T) {
	err := &lifecycle.RefusedError{Operation: "update", Stack: "prod", Resources: []lifecycle.Protected{{Name: "postgres", Parts: []string{"database"}}}}
	assert.Equal(t, "undo the change; or, if the data may be lost, run: djangostack up -s prod --set 'allowDataLoss=[database]'", nextStep(err, prod))
	err.Resources[0].Locked = true
	assert.Contains(t, nextStep(err, prod), "undo it for one run of this command, which lifts the cloud's own protection: djangostack up -s prod --set 'allowDataLoss=[database]'; then make the change again")
	err.Resources[0].Locked = false
	err.Disposable = true
	assert.Contains(t, nextStep(err, prod), "--set protection=protected --set 'allowDataLoss=[database]'")
	err.Resources[0].Parts = nil
	assert.Contains(t, nextStep(err, prod), "pulumi state unprotect")
}

func TestRefusedChangeOfTheDatabaseNamesTheCommandThatKeepsItsRows(t *testing.T) {
	for command, cause := range map[string]lifecycle.Cause{
		"djangostack database upgrade -s prod --image postgres:18": {Path: "database.image", Old: "postgres:17", New: "postgres:18"},
		"djangostack database move -s prod --to managed":           {Path: "database.kind", Old: "in-cluster", New: "managed"},
	} {
		err := &lifecycle.RefusedError{Operation: "update", Stack: "prod", Resources: []lifecycle.Protected{{Name: "postgres", Parts: []string{"database"}, Causes: []lifecycle.Cause{cause}}}}
		used := prod
		used.set = []string{cause.Path + "=" + cause.New.(string)}
		assert.Contains(t, nextStep(err, used), "to keep the rows run: "+command+";", "the command makes the change itself")
		assert.Equal(t, "undo the change, and to keep the rows run: "+command+"; or, if the data may be lost, run: djangostack up -s prod --set 'allowDataLoss=[database]'", nextStep(err, prod))
	}
	other := lifecycle.Cause{Path: "database.kind", Old: "external", New: "managed"}
	err := &lifecycle.RefusedError{Operation: "update", Stack: "prod", Resources: []lifecycle.Protected{{Name: "postgres", Parts: []string{"database"}, Causes: []lifecycle.Cause{other}}}}
	assert.NotContains(t, nextStep(err, prod), "database move", "a move leads from a server of the stack")
}

func TestFailedPreviewDoesNotPromiseToContinue(t *testing.T) {
	next := nextStep(&lifecycle.UpdateFailedError{Operation: "preview", Stack: "prod"}, prod)
	assert.Equal(t, "correct the cause; nothing was changed", next)
	assert.Contains(t, nextStep(&lifecycle.UpdateFailedError{Operation: "update", Stack: "prod"}, prod), "it continues from here")
}
