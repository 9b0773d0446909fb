package spec

import (
	"slices"

	"github.com/djangostack/djangostack/components/data"
)

const movePath, moveStepPath = "database.move", "database.move.step"

// checkMoved refuses a step that does not follow from the one before: the app would use a
// server without its data, or an earlier state of it.
func (e *Environment) checkMoved(from *Environment, problems *Problems) {
	e.checkFurtherMoved(from, problems)
	if !e.keepsServers(from, problems) {
		return
	}
	switch was := from.Database.Move; {
	case was == nil:
		e.checkMoveBegins(from, problems)
	case was.begins():
		e.checkMoveGoesOn(from, problems)
	default:
		e.checkMoveEnds(from, problems)
	}
}

// keepsServers reports whether a move goes on between the servers that it began with, of the same versions. Another one
// would begin empty.
func (e *Environment) keepsServers(from *Environment, problems *Problems) bool {
	if from.Database.Move == nil && !e.Upgrades() || e.Database.Move == nil {
		return true
	}
	now := e.databaseServers()
	for _, was := range from.databaseServers() {
		at := slices.IndexFunc(now, was.is)
		if at < 0 && from.Database.Move != nil {
			problems.add(movePath, nil, "must keep the server that is %s until the move has ended: its servers are %s and %s", was.text(), from.DatabaseServer().text(), from.OtherServer().text())
			return false
		}
		if at < 0 || was.Kind != InCluster {
			continue
		}
		before, after := postgresFormat(string(was.Image)), postgresFormat(string(now[at].Image))
		if before != after {
			path := "database.image"
			if at > 0 && e.Upgrades() {
				path = moveImagePath
			}
			problems.add(path, string(now[at].Image), "must stay %s, whose files the server has, until database.move has ended", before)
			return false
		}
	}
	return true
}

// checkMoveBegins is checkMoved after an update without a move.
func (e *Environment) checkMoveBegins(from *Environment, problems *Problems) {
	was, now := from.DatabaseServer(), e.DatabaseServer()
	stays, move := now.is(was), e.Database.Move
	path, value, wanted := now.insteadOf(was)
	switch {
	case move == nil:
		if !stays && path == generationPath {
			problems.add(path, value, "must stay %s: another server begins empty, and djangostack database upgrade copies the database to it", wanted)
		}
	case move.Step == BackMove:
		problems.add(moveStepPath, string(move.Step), "must come after the step keep, and there is no move")
	case move.begins() && stays:
	case move.begins():
		problems.add(path, value, "must stay %s until the database is copied: database.move.other names the new server", wanted)
	default:
		problems.add(moveStepPath, string(move.Step), "must come after the step copy: begin with database.kind %s, database.move.other %s and the step prepare", move.Other, now.Kind)
	}
}

// checkMoveGoesOn is checkMoved after the step prepare, copy or back.
func (e *Environment) checkMoveGoesOn(from *Environment, problems *Problems) {
	was, now := from.Database, e.Database
	stays := e.DatabaseServer().is(from.DatabaseServer())
	path, value, wanted := e.DatabaseServer().insteadOf(from.DatabaseServer())
	switch {
	case stays && now.Move == nil && was.Move.Step == CopyMove:
		// An update with the step keep may have failed after it had closed the old database.
		problems.add(movePath, nil, "may not be removed yet: first the step prepare, which lets the old database take writes again")
	case stays && now.Move != nil && now.Move.Step == BackMove && was.Move.Step != BackMove:
		problems.add(moveStepPath, string(now.Move.Step), "must come after the step keep; the last complete update had the step %s", was.Move.Step)
	case stays && (now.Move == nil || now.Move.begins()):
	case stays:
		problems.add(moveStepPath, string(now.Move.Step), "needs database.kind %s and database.move.other %s%s: from this step on the app uses the new server", was.Move.Other, was.Kind, exchanged(from))
	case now.Move == nil:
		problems.add(movePath, nil, "may not be removed with another %s: first the step keep, in which the old server is kept", path)
	case now.Move.begins():
		problems.add(path, value, "must stay %s in the step %s", wanted, now.Move.Step)
	case now.Move.Step != KeepMove || was.Move.Step != CopyMove:
		problems.add(moveStepPath, string(now.Move.Step), "must come after the step %s; the last complete update had the step %s", now.Move.Step.before(), was.Move.Step)
	}
}

// exchanged names what else changes as the app begins to use the new server of an upgrade.
func exchanged(from *Environment) string {
	if !from.Upgrades() {
		return ""
	}
	return ", with the next database.generation, and database.image and database.move.image exchanged"
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
	switch stays := e.DatabaseServer().is(from.DatabaseServer()); {
	case !stays && now.Move != nil && now.Move.Step == BackMove && was.Move.Step == KeepMove:
		if e.Protection == Protected && !slices.Contains(e.AllowDataLoss, data.Database) {
			problems.add(moveStepPath, string(BackMove), "would lose what was written since the step keep: list database in allowDataLoss to allow it")
		}
	case !stays || now.Move.begins():
		path, value, wanted := e.DatabaseServer().insteadOf(from.DatabaseServer())
		problems.add(path, value, "must stay %s, which the app has used since its database was moved there: remove the old server, by the step discard and then without database.move; then the database can be moved back; the step back after keep returns to the old server, without what was written since", wanted)
	case now.Move == nil && was.Move.Step == KeepMove:
		problems.add(movePath, nil, "may not be removed yet: first the step discard, which lifts the protection of the old server, and of nothing else")
	}
}
