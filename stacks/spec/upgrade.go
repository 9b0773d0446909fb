package spec

const moveImagePath = "database.move.image"

// checkUpgrade checks a move from one server in the cluster to another one.
func (e *Environment) checkUpgrade(problems *Problems) {
	move := e.Database.Move
	if move.Image == "" {
		problems.add(moveImagePath, nil, "is required with database.kind and database.move.other in-cluster: the image of the other server, for instance docker.io/library/postgres:18")
		return
	}
	if !move.begins() && e.Database.Generation < 2 {
		problems.add(generationPath, e.Database.Generation, "must be at least 2 in the step %s: that of the old server and one more", move.Step)
	}
	from, to := e.MoveOf()
	path := moveImagePath
	if !move.begins() {
		path = "database.image"
	}
	was, now := from.major(), to.major()
	switch {
	case was == "" || now == "":
		// Only the servers know their versions. The Job of the step prepare compares them.
	case compareVersions(now, was) < 0:
		problems.add(path, string(to.Image), "is older than %s, whose version is %s: a database is not moved to an older server", from.Image, was)
	case postgresFormat(string(from.Image)) == postgresFormat(string(to.Image)):
		problems.add(path, string(to.Image), "reads the files of %s: remove database.move, and change database.image alone", from.Image)
	}
}
