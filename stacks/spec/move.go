package spec

import (
	"cmp"
	"encoding/json"
	"slices"
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
	// BackMove returns to the old server after KeepMove, without what was written since. The new
	// one goes with database.move.
	BackMove MoveStep = "back"
)

// DatabaseMove moves the database to another server: between the cluster and a managed server, or to a server of another
// image in the cluster. database.kind, database.image and database.generation are always the server that the app uses.
type DatabaseMove struct {
	// The server beside the one that the app uses: in-cluster or managed. It is the new one in the steps prepare, copy and back, and the old one in the steps keep and discard. With database.kind in-cluster too, it is a second server in the cluster, for instance of another major version.
	Other Kind `json:"other" jsonschema:"enum=in-cluster,enum=managed"`
	// Image of that server, if both are in the cluster. From the step keep on it is the old image, and database.image the new one.
	Image ImageName `json:"image,omitempty" default:"none: required with database.kind and other in-cluster"`
	// prepare: the new server is created, and the app runs as before; copy: the app is stopped, and the database is copied and compared; keep, with both servers exchanged: the app uses the new server, and the old one is kept as it was; discard: the old server and, if none is left in the cluster, its backups there lose their protection, and are deleted once database.move is removed. back, after keep, with both servers exchanged again: the app uses the old server as it was kept, without what was written since, and the new one is deleted once database.move is removed; in production only with database in allowDataLoss.
	Step MoveStep `json:"step" jsonschema:"enum=prepare,enum=copy,enum=keep,enum=discard,enum=back"`
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

// Generation returns database.generation from this step of an upgrade on, in which the app begins to use the other server.
// The step keep leads to the later server, and any other back to the earlier one.
func (s MoveStep) Generation(before int) int {
	if s == KeepMove {
		return before + 1
	}
	return before - 1
}

// begins reports whether the other server is the new one.
func (m *DatabaseMove) begins() bool {
	return m != nil && (m.Step == PrepareMove || m.Step == CopyMove || m.Step == BackMove)
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
	return e.Database.Move != nil && slices.Contains([]MoveStep{PrepareMove, KeepMove, BackMove}, e.Database.Move.Step)
}

// MoveOf returns the old and the new server.
func (e *Environment) MoveOf() (from, to DatabaseServer) {
	if e.Database.Move.begins() {
		return e.DatabaseServer(), e.OtherServer()
	}
	return e.OtherServer(), e.DatabaseServer()
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
	if !e.Upgrades() && !e.checkMoveToCloud(problems) {
		return
	}
	if move.WaitSeconds >= move.ActiveDeadlineSeconds {
		problems.add("database.move.activeDeadlineSeconds", move.ActiveDeadlineSeconds, "must be more than database.move.waitSeconds, which is %d", move.WaitSeconds)
	}
	if e.Database.Import != nil {
		problems.add("database.import", nil, "contradicts database.move, which copies into an empty database: remove database.import; a dump that is imported stays")
	}
	if e.Upgrades() {
		e.checkUpgrade(problems)
		return
	}
	e.checkMoveVersions(problems)
	if !move.begins() {
		return
	}
	if move.Other == Managed && e.Database.Managed.RestoreFrom != "" {
		problems.add("database.managed.restoreFrom", e.Database.Managed.RestoreFrom, "contradicts database.move, which copies into an empty database")
	}
	// The new server must be able to serve the app before its data is there.
	e.using(e.OtherServer()).checkConnections(problems)
}

// checkMoveToCloud reports whether one of both servers is managed, and the other one is not.
func (e *Environment) checkMoveToCloud(problems *Problems) bool {
	move := e.Database.Move
	if !e.HasCloud() {
		problems.add(movePath, nil, "needs a cloud, which manages one of both servers; with cloud none copy the database with pg_dump, and djangostack restore --file")
		return false
	}
	if move.Other == e.Database.Kind {
		problems.add("database.move.other", string(move.Other), "is what database.kind is: it must be the other one of in-cluster and managed")
		return false
	}
	if move.Image != "" {
		problems.add(moveImagePath, string(move.Image), "would be ignored, because one of both servers is managed; database.image is that of the server in the cluster")
	}
	return true
}

// checkMoveVersions compares the major versions: pg_dump reads no newer server than itself, and
// an older server does not take every dump of a newer one
// (https://www.postgresql.org/docs/current/app-pgdump.html).
func (e *Environment) checkMoveVersions(problems *Problems) {
	image, managed := e.serverOf(InCluster).major(), e.Database.Managed.Version
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
