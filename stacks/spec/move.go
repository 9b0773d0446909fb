package spec

import (
	"cmp"
	"encoding/json"

	"github.com/djangostack/djangostack/components/data"
)

// MoveStep is how far the move of a database is.
type MoveStep string

// The steps of a move, in their order. Each is one update.
const (
	// PrepareMove creates the other server. The app runs as before.
	PrepareMove MoveStep = "prepare"
	// CopyMove stops the app and copies the database to the other server.
	CopyMove MoveStep = "copy"
	// KeepMove is the step after database.kind has changed: the app uses the new server, and
	// the other one is the old server with its data.
	KeepMove MoveStep = "keep"
	// DiscardMove lifts the protection of the old server, which goes with database.move.
	DiscardMove MoveStep = "discard"
)

// DatabaseMove moves the database between the cluster and a managed server. database.kind is
// always the server that the app uses.
type DatabaseMove struct {
	// The server beside the one of database.kind: in-cluster or managed. It is the new one in the steps prepare and copy, and the old one in the steps keep and discard.
	Other Kind `json:"other" jsonschema:"enum=in-cluster,enum=managed"`
	// prepare: the new server is created, and the app runs as before; copy: the app is stopped, and the database is copied and compared; keep, with database.kind and other exchanged: the app uses the new server, and the old one is kept as it was; discard: the old server and its backups in the cluster lose their protection, and are deleted once database.move is removed.
	Step MoveStep `json:"step" jsonschema:"enum=prepare,enum=copy,enum=keep,enum=discard"`
	// Seconds that the copy waits for running tasks and other clients of the database to end.
	WaitSeconds int `json:"waitSeconds,omitempty" jsonschema:"minimum=10,maximum=86400"`
	// Seconds that waiting and copying may take together. The app is stopped meanwhile.
	ActiveDeadlineSeconds int `json:"activeDeadlineSeconds,omitempty" jsonschema:"minimum=60,maximum=86400"`
}

// UnmarshalJSON fills in the defaults of a move before decoding it.
func (m *DatabaseMove) UnmarshalJSON(raw []byte) error {
	type plain DatabaseMove
	wanted := plain{WaitSeconds: 600, ActiveDeadlineSeconds: 7200}
	if err := json.Unmarshal(raw, &wanted); err != nil {
		return err
	}
	*m = DatabaseMove(wanted)
	return nil
}

// begins reports whether the other server is the new one.
func (m *DatabaseMove) begins() bool {
	return m != nil && (m.Step == PrepareMove || m.Step == CopyMove)
}

// RunsPostgres reports whether a database server runs in the cluster: that of the app, or the
// other one of a move.
func (e *Environment) RunsPostgres() bool { return e.hasServer(InCluster) }

// HasManagedDatabase reports whether the cloud manages a database server: that of the app, or
// the other one of a move.
func (e *Environment) HasManagedDatabase() bool { return e.hasServer(Managed) }

func (e *Environment) hasServer(kind Kind) bool {
	return e.Database.Kind == kind || e.Database.Move != nil && e.Database.Move.Other == kind
}

// StopsApp reports whether no process runs, so that nothing writes to the database while it is
// copied.
func (e *Environment) StopsApp() bool {
	return e.Database.Move != nil && e.Database.Move.Step == CopyMove
}

// StartsAgain reports whether processes may have been stopped by the step before.
func (e *Environment) StartsAgain() bool {
	return e.Database.Move != nil && (e.Database.Move.Step == PrepareMove || e.Database.Move.Step == KeepMove)
}

// MoveOf returns the kinds of the old and the new server.
func (e *Environment) MoveOf() (from, to Kind) {
	if e.Database.Move.begins() {
		return e.Database.Kind, e.Database.Move.Other
	}
	return e.Database.Move.Other, e.Database.Kind
}

// HeldDatabase describes the data of the database server of a kind. The new server of a move
// is protected once the app uses it, and the old one until it is given up.
func (e *Environment) HeldDatabase(kind Kind) data.Held {
	held := e.using(kind).Held(data.Database)
	if e.tries(kind) || e.givesUp(kind) {
		held.Protected = false
	}
	return held
}

// tries reports whether the server of a kind is the new one of a move, which goes if the move is undone.
func (e *Environment) tries(kind Kind) bool {
	return e.Database.Move.begins() && e.Database.Move.Other == kind
}

// givesUp reports whether the server of a kind is the old one of a move, which is given up.
func (e *Environment) givesUp(kind Kind) bool {
	move := e.Database.Move
	return move != nil && move.Step == DiscardMove && move.Other == kind
}

// using returns the environment as it is with the database of a kind and without a move.
func (e *Environment) using(kind Kind) *Environment {
	other := *e
	other.Database.Kind, other.Database.Move = kind, nil
	return &other
}

func (e *Environment) checkMove(problems *Problems) {
	move := e.Database.Move
	if move == nil {
		return
	}
	if e.Database.Kind != InCluster && e.Database.Kind != Managed {
		problems.add("database.move", nil, "contradicts database.kind %s: only a server of the stack is moved; copy another one with pg_dump, and djangostack restore --file", cmp.Or(e.Database.Kind, "that is missing"))
		return
	}
	if !e.HasCloud() {
		problems.add("database.move", nil, "needs a cloud, which manages one of both servers; with cloud none copy the database with pg_dump, and djangostack restore --file")
		return
	}
	if move.Other == e.Database.Kind {
		problems.add("database.move.other", string(move.Other), "is what database.kind is: it must be the other one of in-cluster and managed")
		return
	}
	if move.WaitSeconds >= move.ActiveDeadlineSeconds {
		problems.add("database.move.activeDeadlineSeconds", move.ActiveDeadlineSeconds, "must be more than database.move.waitSeconds, which is %d", move.WaitSeconds)
	}
	if e.Database.Import != nil {
		problems.add("database.import", nil, "contradicts database.move, which copies into an empty database: remove database.import; a dump that is imported stays")
	}
	e.checkMoveVersions(problems)
	if !move.begins() {
		return
	}
	if move.Other == Managed && e.Database.Managed.RestoreFrom != "" {
		problems.add("database.managed.restoreFrom", e.Database.Managed.RestoreFrom, "contradicts database.move, which copies into an empty database")
	}
	// The new server must be able to serve the app before its data is there.
	e.using(move.Other).checkConnections(problems)
}

// checkMoveVersions compares the major versions: pg_dump reads no newer server than itself, and
// an older server does not take every dump of a newer one
// (https://www.postgresql.org/docs/current/app-pgdump.html).
func (e *Environment) checkMoveVersions(problems *Problems) {
	image, managed := postgresMajor(imageTag(withoutDigest(string(e.Database.Image)))), e.Database.Managed.Version
	if image == "" || !e.Database.Move.begins() {
		return
	}
	if compareVersions(image, managed) < 0 {
		problems.add("database.managed.version", managed, "is newer than database.image, whose version is %s: with database.move the image copies, and may not be older", image)
	}
	if e.Database.Move.Other == Managed && compareVersions(managed, image) < 0 {
		problems.add("database.managed.version", managed, "is older than the server in the cluster, whose version is %s: a database is not moved to an older server", image)
	}
}

// checkMoved refuses a step that does not follow from the one before: the app would use a
// server without its data, or an earlier state of it.
func (e *Environment) checkMoved(from *Environment, problems *Problems) {
	e.checkFurtherMoved(from, problems)
	switch was := from.Database.Move; {
	case was == nil:
		e.checkMoveBegins(from, problems)
	case was.begins():
		e.checkMoveGoesOn(from, problems)
	default:
		e.checkMoveEnds(from, problems)
	}
}

const movePath, moveStepPath = "database.move", "database.move.step"

// checkMoveBegins is checkMoved after an update without a move.
func (e *Environment) checkMoveBegins(from *Environment, problems *Problems) {
	was, now := from.Database.Kind, e.Database
	switch {
	case now.Move == nil, now.Move.begins() && was == now.Kind:
	case now.Move.begins():
		problems.add("database.kind", string(now.Kind), "must stay %s until the database is copied: database.move.other names the new server", was)
	default:
		problems.add(moveStepPath, string(now.Move.Step), "must come after the step copy: begin with database.kind %s, database.move.other %s and the step prepare", now.Move.Other, now.Kind)
	}
}

// checkMoveGoesOn is checkMoved after the step prepare or copy.
func (e *Environment) checkMoveGoesOn(from *Environment, problems *Problems) {
	was, now := from.Database, e.Database
	stays := now.Kind == was.Kind
	switch {
	case stays && now.Move == nil && was.Move.Step == CopyMove:
		// An update with the step keep may have failed after it had closed the old database.
		problems.add(movePath, nil, "may not be removed yet: first the step prepare, which lets the old database take writes again")
	case stays && (now.Move == nil || now.Move.begins()):
	case stays:
		problems.add(moveStepPath, string(now.Move.Step), "needs database.kind %s and database.move.other %s: from this step on the app uses the new server", was.Move.Other, was.Kind)
	case now.Move == nil:
		problems.add(movePath, nil, "may not be removed with another database.kind: first the step keep, in which the old server is kept")
	case now.Move.begins():
		problems.add("database.kind", string(now.Kind), "must stay %s in the step %s", was.Kind, now.Move.Step)
	case now.Move.Step != KeepMove || was.Move.Step != CopyMove:
		problems.add(moveStepPath, string(now.Move.Step), "must come after the step %s; the last complete update had the step %s", now.Move.Step.before(), was.Move.Step)
	}
}

func (s MoveStep) before() MoveStep {
	if s == DiscardMove {
		return KeepMove
	}
	return CopyMove
}

// checkMoveEnds is checkMoved after the step keep or discard.
func (e *Environment) checkMoveEnds(from *Environment, problems *Problems) {
	was, now := from.Database, e.Database
	switch {
	case now.Kind != was.Kind || now.Move.begins():
		problems.add("database.kind", string(now.Kind), "must stay %s, which the app has used since its database was moved there: remove the old server, by the step discard and then without database.move; then the database can be moved back", was.Kind)
	case now.Move == nil && was.Move.Step == KeepMove:
		problems.add(movePath, nil, "may not be removed yet: first the step discard, which lifts the protection of the old server, and of nothing else")
	}
}
