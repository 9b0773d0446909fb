package spec

import (
	"strconv"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/labels"
)

// DatabaseServer is one database server of the environment. Image and Generation are those of a
// server in the cluster.
type DatabaseServer struct {
	Kind       Kind
	Image      ImageName
	Generation int
}

// Part is the component label of a server in the cluster, and a part of its objects' names.
func (s DatabaseServer) Part() string { return labels.PostgresOf(s.Generation) }

// is reports whether two descriptions are of one server. Its image may change.
func (s DatabaseServer) is(other DatabaseServer) bool {
	return s.Kind == other.Kind && s.Generation == other.Generation
}

// major is the version of a server in the cluster by its image; empty for an unknown one.
func (s DatabaseServer) major() string {
	return postgresMajor(imageTag(withoutDigest(string(s.Image))))
}

// DatabaseServer is the server that the app uses.
func (e *Environment) DatabaseServer() DatabaseServer {
	return e.serverOf(e.Database.Kind)
}

// OtherServer is the server beside it, of a move; empty without one.
func (e *Environment) OtherServer() DatabaseServer {
	move := e.Database.Move
	switch {
	case move == nil:
		return DatabaseServer{}
	case !e.Upgrades():
		return e.serverOf(move.Other)
	case move.begins():
		return DatabaseServer{InCluster, move.Image, e.Database.Generation + 1}
	default:
		return DatabaseServer{InCluster, move.Image, e.Database.Generation - 1}
	}
}

// serverOf is the one server of a kind, without an upgrade.
func (e *Environment) serverOf(kind Kind) DatabaseServer {
	if kind == InCluster {
		return DatabaseServer{InCluster, e.Database.Image, e.Database.Generation}
	}
	return DatabaseServer{Kind: kind}
}

// Upgrades reports whether the move goes from one server in the cluster to another one.
func (e *Environment) Upgrades() bool {
	move := e.Database.Move
	return move != nil && e.Database.Kind == InCluster && move.Other == InCluster
}

// databaseServers are the server of the app and the other one of a move.
func (e *Environment) databaseServers() []DatabaseServer {
	if e.Database.Move == nil {
		return []DatabaseServer{e.DatabaseServer()}
	}
	return []DatabaseServer{e.DatabaseServer(), e.OtherServer()}
}

// PostgresServers are the database servers in the cluster.
func (e *Environment) PostgresServers() []DatabaseServer {
	var inside []DatabaseServer
	for _, server := range e.databaseServers() {
		if server.Kind == InCluster {
			inside = append(inside, server)
		}
	}
	return inside
}

// MoveImage is the image whose psql and pg_dump speak with both servers of a move: that of the newer one.
func (e *Environment) MoveImage() ImageName {
	if e.Upgrades() && e.Database.Move.begins() {
		return e.Database.Move.Image
	}
	return e.Database.Image
}

// HeldServer describes the data of a database server. The new server of a move is protected once the app uses it, and the
// old one until it is given up.
func (e *Environment) HeldServer(server DatabaseServer) data.Held {
	held := e.using(server).Held(data.Database)
	if e.tries(server) || e.givesUp(server) {
		held.Protected = false
	}
	return held
}

// HeldDatabase is HeldServer of the app's server if it is of a kind, or of the only one of that kind.
func (e *Environment) HeldDatabase(kind Kind) data.Held { return e.HeldServer(e.serverOf(kind)) }

// tries reports whether a server is the new one of a move, which goes if the move is undone.
func (e *Environment) tries(server DatabaseServer) bool {
	return e.Database.Move.begins() && e.OtherServer().is(server)
}

// givesUp reports whether a server is the old one of a move, which is given up.
func (e *Environment) givesUp(server DatabaseServer) bool {
	move := e.Database.Move
	return move != nil && move.Step == DiscardMove && e.OtherServer().is(server)
}

// leavesCluster reports whether the next step may delete the only server in the cluster, with its backups.
func (e *Environment) leavesCluster() bool {
	inside := e.serverOf(InCluster)
	return !e.Upgrades() && (e.givesUp(inside) || e.tries(inside))
}

// using returns the environment as it is with one server and without a move.
func (e *Environment) using(server DatabaseServer) *Environment {
	other := *e
	other.Database.Kind, other.Database.Move = server.Kind, nil
	if server.Kind == InCluster {
		other.Database.Image, other.Database.Generation = server.Image, server.Generation
	}
	return &other
}

// text names a server beside another one.
func (s DatabaseServer) text() string {
	if s.Kind == InCluster {
		return "in-cluster of database.generation " + strconv.Itoa(s.Generation)
	}
	return string(s.Kind)
}

// insteadOf is the field that says that a server is not another one, with its value and that of the other.
func (s DatabaseServer) insteadOf(other DatabaseServer) (path string, value any, wanted string) {
	if s.Kind == InCluster && other.Kind == InCluster {
		return generationPath, s.Generation, strconv.Itoa(other.Generation)
	}
	return "database.kind", string(s.Kind), string(other.Kind)
}

const generationPath = "database.generation"
