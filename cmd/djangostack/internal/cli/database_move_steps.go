package cli

import (
	"fmt"
	"slices"

	"github.com/djangostack/djangostack/stacks/lifecycle/stackfile"
	"github.com/djangostack/djangostack/stacks/spec"
)

// moveState is what the configuration says about the servers of the database. Without a step there
// is no move. The images and the generation are those of an upgrade, which goes from one server in the cluster to the next.
type moveState struct {
	kind, other       spec.Kind
	step              spec.MoveStep
	image, otherImage spec.ImageName
	generation        int
}

func stateOf(database spec.Database) moveState {
	if database.Move == nil {
		return moveState{kind: database.Kind}
	}
	now := moveState{kind: database.Kind, other: database.Move.Other, step: database.Move.Step}
	if now.upgrades() {
		now.image, now.otherImage, now.generation = database.Image, database.Move.Image, database.Generation
	}
	return now
}

func (m moveState) upgrades() bool { return m.kind == spec.InCluster && m.other == spec.InCluster }

// at is the state with another step.
func (m moveState) at(step spec.MoveStep) moveState {
	m.step = step
	return m
}

// exchanged is the state in which the app uses the other server, at a step.
func (m moveState) exchanged(step spec.MoveStep) moveState {
	next := moveState{kind: m.other, other: m.kind, step: step, image: m.otherImage, otherImage: m.image, generation: m.generation}
	if m.upgrades() {
		next.generation = step.Generation(m.generation)
	}
	return next
}

// overrides are the values of a step in the environment.
func (m moveState) overrides() []stackfile.Override {
	if m.step == "" {
		return nil
	}
	all := []stackfile.Override{
		{Path: "database.kind", Value: string(m.kind)},
		{Path: "database.move.other", Value: string(m.other)},
		{Path: "database.move.step", Value: string(m.step)},
	}
	if m.upgrades() {
		all = append(all,
			stackfile.Override{Path: "database.image", Value: string(m.image)},
			stackfile.Override{Path: "database.move.image", Value: string(m.otherImage)},
			stackfile.Override{Path: "database.generation", Value: m.generation},
		)
	}
	return all
}

// next names the server beside the one of the app.
func (m moveState) next() string {
	if m.upgrades() {
		return string(m.otherImage)
	}
	return string(m.other)
}

// used names the server of the app.
func (m moveState) used() string {
	if m.upgrades() {
		return string(m.image)
	}
	return string(m.kind)
}

// moveWish is what the flags ask for.
type moveWish struct {
	to, image          string
	undo, back, finish bool
	// upgrade says that the database goes to another server in the cluster.
	upgrade bool
}

// steps are the updates that lead from a configuration to what is asked for, and the question that is
// answered before the first. The first update repeats the step of the configuration, which an earlier run may not have
// completed.
func (w moveWish) steps(database spec.Database) (steps []moveState, question string, err error) {
	now := stateOf(database)
	begun := now.step == spec.PrepareMove || now.step == spec.CopyMove
	switch {
	case w.undo && begun:
		return now.undone(), undoQuestion(now), nil
	case w.undo && now.step == spec.KeepMove:
		// Its Job may have failed, so that the app is stopped. The state says whether the app uses the new server.
		back := now.exchanged(spec.CopyMove)
		return back.undone(), undoQuestion(back), nil
	case w.undo && now.step == "":
		return nil, "", usage("there is no move to undo: the stack's file has no database.move")
	case w.undo && now.step == spec.BackMove:
		return nil, "", usage("the app uses the old server again: --finish deletes the new one")
	case w.undo && now.upgrades():
		return nil, "", usage("the app uses the new server already, and the old one is given up: use --finish")
	case w.undo:
		return nil, "", usage("the app uses the new server already, and what it has written is not in the old one: use --finish, and then move the database back with --to %s", now.other)
	case w.back && now.step == spec.KeepMove:
		back := now.exchanged(spec.BackMove)
		return []moveState{back}, fmt.Sprintf("The app returns to the database as it was when the app began to use %s. What was written since is lost.", now.used()), nil
	case w.back && now.step == spec.BackMove:
		return []moveState{now}, fmt.Sprintf("The app uses the database of %s. What was written to the other one is lost.", now.used()), nil
	case w.back:
		return nil, "", usage("there is no kept server to return to: database.move is not at the step keep")
	case w.finish && now.step == spec.BackMove:
		return []moveState{now, {kind: now.kind}}, fmt.Sprintf("This deletes the new server, which is %s, with what was written to it.", now.next()), nil
	case w.finish && now.step != "" && !begun:
		return []moveState{now.at(spec.DiscardMove), {kind: now.kind}}, fmt.Sprintf("This deletes the old server, which is %s, with %s.", now.next(), now.lost()), nil
	case w.finish:
		return nil, "", usage("there is no old server to delete: database.move has not reached the step keep")
	case now.step == spec.DiscardMove, now.step == spec.BackMove:
		return nil, "", usage("the database is moved; --finish deletes the server that the app does not use")
	}
	first, err := w.first(database, now)
	if err != nil {
		return nil, "", err
	}
	all := []moveState{first, first.at(spec.CopyMove), first.exchanged(spec.KeepMove)}
	if at := slices.Index(all, now); at > 0 {
		all = all[at:]
	}
	return all, "The app stops while its database is copied.", nil
}

// lost is what is deleted with the old server.
func (m moveState) lost() string {
	if m.other == spec.InCluster && !m.upgrades() {
		return "its data and its backups, in a bucket of the stack too"
	}
	return "its data"
}

// undone are the updates that give up a move in one of its first steps.
func (m moveState) undone() []moveState {
	if m.step == spec.PrepareMove {
		// What it checks may fail again.
		return []moveState{{kind: m.kind}}
	}
	return []moveState{m.at(spec.PrepareMove), {kind: m.kind}}
}

func undoQuestion(before moveState) string {
	return fmt.Sprintf("This deletes the new server, which is %s. The app uses the one that is %s.", before.next(), before.used())
}

// first is the step prepare of the move that is under way, or that is asked for.
func (w moveWish) first(database spec.Database, now moveState) (moveState, error) {
	switch first := now; now.step {
	case spec.KeepMove:
		return w.goesOn(now.exchanged(spec.PrepareMove))
	case spec.PrepareMove, spec.CopyMove:
		return w.goesOn(first.at(spec.PrepareMove))
	}
	if w.upgrade {
		return w.firstUpgrade(database)
	}
	switch to := spec.Kind(w.to); {
	case to != spec.InCluster && to != spec.Managed:
		return moveState{}, usage("say where the database goes: --to managed or --to in-cluster")
	case now.kind == to:
		return moveState{}, usage("the database is %s already", to)
	default:
		return moveState{kind: now.kind, other: to, step: spec.PrepareMove}, nil
	}
}

// goesOn is the first step of the move that is under way, if nothing else is asked for.
func (w moveWish) goesOn(first moveState) (moveState, error) {
	wanted := w.to
	if w.image != "" {
		wanted = w.image
	}
	if wanted != "" && wanted != first.next() {
		return moveState{}, usage("a move to %s is under way, so the database cannot go to %s: end it with --undo or --finish first", first.next(), wanted)
	}
	return first, nil
}
