package reliability_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/cloud"
	"github.com/djangostack/djangostack/stacks/aws"
	"github.com/djangostack/djangostack/stacks/existing"
	"github.com/djangostack/djangostack/stacks/gcp"
	"github.com/djangostack/djangostack/stacks/lifecycle"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/stacks/spec/reference"
	"github.com/djangostack/djangostack/tests/enginetest"
	"github.com/djangostack/djangostack/tests/environments"
)

// The types of records.
const (
	awsRecord = "aws:route53/record:Record"
	gcpRecord = "gcp:dns/recordSet:RecordSet"
)

// seed makes the draws of this package the same in every run.
const seed = 20261127

// production is a protected environment and the changes that the tables have for it.
type production struct {
	name          string
	configuration environments.Environment
	rows          [][]string
}

func productions(t *testing.T) []production {
	t.Helper()
	var rows = map[string][][]string{}
	for _, change := range tables(t) {
		if change.Group == "" || change.Table == "processes" {
			rows[change.Table] = append(rows[change.Table], change.Set)
		}
	}
	inCluster := environments.Small(spec.NoCloud).Set(t, "tier=production", "database.kind=in-cluster", "namespace={name: blog}")
	return []production{
		{"aws", environments.Full(spec.AWSCloud, spec.Production), rows["aws"]},
		{"gcp", environments.Full(spec.GCPCloud, spec.Production), rows["gcp"]},
		{"existing", inCluster, slices.Concat(rows["aws"], rows["processes"])},
	}
}

func tables(t *testing.T) []reference.Change {
	t.Helper()
	all, err := reference.Changes()
	require.NoError(t, err)
	return all
}

// permits tells whether a change is the explicit word that allows a loss.
func permits(set []string) bool {
	return slices.ContainsFunc(set, func(one string) bool {
		return strings.HasPrefix(one, "allowDataLoss=") || one == "protection=disposable" || one == "tier=staging"
	})
}

// outcomes counts what changes came to.
type outcomes struct{ applied, invalid, refused, failed, oneWay int }

func (o outcomes) String() string {
	return fmt.Sprintf("%d applied, %d refused by the guard before the first step, %d refused by the checks, %d failed on the way, %d that a cloud does not take back",
		o.applied, o.refused, o.invalid, o.failed, o.oneWay)
}

// subject is one production that changes are tried on.
type subject struct {
	production
	program pulumi.RunFunc
	e       *enginetest.Environment
	calls   atomic.Int64
	before  map[string]string
	outcomes
}

// fresh brings the production up again, the first time and after a loss.
func (s *subject) fresh(t *testing.T) {
	t.Helper()
	s.e = enginetest.NewInterceptedEnvironment(t, s.configuration, s.program, func(enginetest.Call) enginetest.Verdict {
		s.calls.Add(1)
		return enginetest.Pass
	})
	// Records of somebody else in the zone.
	s.e.AWS.AddExisting(awsRecord, "", "Z"+environments.Zone+"_mail."+environments.Zone+"_MX", cloud.Values{"zoneId": "Z" + environments.Zone, "name": "mail." + environments.Zone, "type": "MX"})
	s.e.GCP.AddExisting(gcpRecord, "", "projects/"+environments.GCPProject+"/managedZones/example-com/rrsets/mail."+environments.Zone+"./MX",
		cloud.Values{"managedZone": "example-com", "name": "mail." + environments.Zone + ".", "type": "MX"})
	s.e.Up(t)
	s.before = data(s.e)
}

// try applies changes and takes them back. It returns what was lost, or changed by a refused plan.
func (s *subject) try(t *testing.T, sets ...[]string) []string {
	t.Helper()
	changed, err := s.configuration.Apply(slices.Concat(sets...)...)
	require.NoError(t, err)
	if s.e == nil {
		s.fresh(t)
	}
	require.NoError(t, s.e.Expect(changed.Parse(t)))
	s.calls.Store(0)
	s.e.Configuration = changed
	_, err = s.e.TryUp(t)
	wrong := s.count(err)
	wrong = append(wrong, missing(s.before, data(s.e), "lost by the change")...)

	s.e.Configuration = s.configuration
	e := s.e
	if s.calls.Load() > 0 {
		if _, err := e.TryUp(t); err != nil {
			// An upgrade of a database, for example.
			t.Logf("%v is not taken back: %v", sets, err)
			s.oneWay++
			s.e = nil
		}
		wrong = append(wrong, missing(s.before, data(e), "lost by taking it back")...)
	}
	if len(wrong) > 0 {
		s.e = nil
	}
	return wrong
}

// count counts the result of a run.
func (s *subject) count(err error) []string {
	var refused *lifecycle.RefusedError
	var problems spec.Problems
	calls := s.calls.Load()
	switch {
	case err == nil:
		s.applied++
	case calls == 0 && (errors.As(err, &refused) || byAccount(err)):
		s.refused++
	case calls == 0 && errors.As(err, &problems):
		s.invalid++
	default:
		s.failed++
		return []string{fmt.Sprintf("a valid change failed after %d steps: %v", calls, err)}
	}
	return nil
}

// byAccount tells whether a plan was refused because of what is in the account or the cluster, such as a record of
// somebody else, or because it is another account.
func byAccount(err error) bool {
	return slices.ContainsFunc([]string{"Preview failed: before hook", "AWS account ID not allowed", "an object of this name exists"}, func(cause string) bool {
		return strings.Contains(err.Error(), cause)
	})
}

// data returns the identities of what holds data, by type and name.
func data(e *enginetest.Environment) map[string]string {
	held := map[string]string{}
	for _, object := range slices.Concat(e.AWS.Left(), e.GCP.Left()) {
		name := object.Token + " " + object.ID
		if object.URN != "" {
			name = label(object.URN) + " " + object.ID
		}
		// A record that the program has made goes with the name that the app no longer has.
		if object.URN != "" && (object.Token == awsRecord || object.Token == gcpRecord) {
			continue
		}
		if slices.Contains(holders(), object.Token) && !forgettable(strings.TrimSuffix(name, " "+object.ID)) {
			held[object.Token+" "+object.ID] = name
		}
	}
	for _, object := range e.Cluster.Objects() {
		name := object.GetKind() + " " + object.GetName()
		if slices.Contains(holders(), object.GetKind()) && !forgettable(name) {
			held[object.GetKind()+" "+string(object.GetUID())] = name
		}
	}
	return held
}

func missing(before, after map[string]string, what string) []string {
	var lost []string
	for _, id := range slices.Sorted(maps.Keys(before)) {
		if _, there := after[id]; !there {
			lost = append(lost, before[id]+": "+what)
		}
	}
	return lost
}

// valid tells whether the production can have changes. Many rows are for one cloud only.
func (p production) valid(t *testing.T, sets ...[]string) bool {
	t.Helper()
	changed, err := p.configuration.Apply(slices.Concat(sets...)...)
	if err != nil {
		return false
	}
	_, err = spec.Parse(changed.JSON(t), environments.Stack)
	return err == nil
}

// draws are the valid changes of a run: every single one, and pairs, or a sample in the short form.
func (p production) draws(t *testing.T) [][][]string {
	t.Helper()
	rows := slices.DeleteFunc(slices.Clone(p.rows), func(row []string) bool { return !p.valid(t, row) })
	chance := rand.New(rand.NewPCG(seed, uint64(len(p.name))))
	singles, pairs := len(rows), 170
	if !soak() {
		singles, pairs = 1, 2
		if p.name == "existing" {
			singles, pairs = 1, 4
		}
	}
	var all [][][]string
	for _, i := range chance.Perm(len(rows))[:singles] {
		all = append(all, [][]string{rows[i]})
	}
	for len(all) < singles+pairs {
		first, second := rows[chance.IntN(len(rows))], rows[chance.IntN(len(rows))]
		if !permits(first) && !permits(second) && p.valid(t, first, second) {
			all = append(all, [][]string{first, second})
		}
	}
	return all
}

// TestNoChangeOfProductionLosesWhatHoldsData applies the changes of the tables to a protected production, alone and in
// pairs, and takes each back. Every volume, database, bucket, zone, record and key must still be there by its identity,
// or the plan was refused before its first step.
func TestNoChangeOfProductionLosesWhatHoldsData(t *testing.T) {
	for _, production := range productions(t) {
		t.Run(production.name, func(t *testing.T) {
			began := time.Now()
			s := &subject{production: production, program: withPlainSecrets}
			draws := production.draws(t)
			for _, sets := range draws {
				assert.Empty(t, s.try(t, sets...), "%v", sets)
			}
			t.Logf("%s: %d changes and pairs, each taken back: %v, %s", production.name, len(draws), s.outcomes, time.Since(began).Round(time.Second))
		})
	}
}

// TestWithoutProtectionTheLossesAreFound is the control: a program without protection loses the data under a namespace
// that it no longer creates, or that it names differently, and the test above finds both.
func TestWithoutProtectionTheLossesAreFound(t *testing.T) {
	s := &subject{production: productions(t)[2], program: func(ctx *pulumi.Context) error {
		err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: append(args.Opts, pulumi.Protect(false), pulumi.RetainOnDelete(false))}
		})
		if err != nil {
			return err
		}
		return withPlainSecrets(ctx)
	}}
	for _, set := range []string{"namespace.source=existing", "namespace.name=other"} {
		found := strings.Join(s.try(t, []string{set}), "\n")
		assert.Contains(t, found, "PersistentVolumeClaim", set)
		assert.Contains(t, found, "lost by the change", set)
	}
}

// withPlainSecrets is the program without the check that refuses plain-text passwords, which some rows have.
func withPlainSecrets(ctx *pulumi.Context) error {
	read, err := spec.Parse([]byte(config.New(ctx, "").Get(spec.ConfigKey)), ctx.Stack())
	if err != nil {
		return err
	}
	switch read.Cloud {
	case spec.AWSCloud:
		return aws.Deploy(ctx, read)
	case spec.GCPCloud:
		return gcp.Deploy(ctx, read)
	default:
		return existing.Deploy(ctx, read)
	}
}
