package spec_test

// moving is a database in the cluster, or a managed one, with a move.
func moving(kind, other, step string, more ...any) map[string]any {
	database := object("kind", kind, "move", object("other", other, "step", step))
	for i := 0; i < len(more); i += 2 {
		database[more[i].(string)] = more[i+1]
	}
	return database
}

// upgrading is a database in the cluster with a move to or from another server there.
func upgrading(image, other, step string, generation int, more ...any) map[string]any {
	database := object("kind", "in-cluster", "image", image, "generation", generation, "move", object("other", "in-cluster", "image", other, "step", step))
	for i := 0; i < len(more); i += 2 {
		database[more[i].(string)] = more[i+1]
	}
	return database
}

func moveMistakes() []wrong {
	external := object("kind", "external", "external", object("host", "db", "password", "x"), "move", object("other", "managed", "step", "prepare"))
	return []wrong{
		{"move without a cloud", production, "database", moving("in-cluster", "managed", "prepare"), `database.move: needs a cloud, which manages one of both servers`},
		{"move of an external server", onAWS, "database", external, `database.move: contradicts database.kind external: only a server of the stack is moved`},
		{"upgrade without an image", production, "database", moving("in-cluster", "in-cluster", "prepare"), `database.move.image: is required with database.kind and database.move.other in-cluster`},
		{"upgrade by an image without a tag", production, "database", upgrading("postgres:17", "postgres", "prepare", 1), `database.move.image: "postgres": must end in a tag or a digest`},
		{"upgrade to an older server", production, "database", upgrading("postgres:17", "postgres:16", "prepare", 1), `database.move.image: "postgres:16": is older than postgres:17, whose version is 17`},
		{"upgrade to an older server that is used", production, "database", upgrading("postgres:16", "postgres:17", "keep", 2), `database.image: "postgres:16": is older than postgres:17, whose version is 17`},
		{"upgrade that is none", production, "database", upgrading("postgres:17", "postgres:17.6-bookworm", "prepare", 1), `database.move.image: "postgres:17.6-bookworm": reads the files of postgres:17: remove database.move, and change database.image alone`},
		{"upgrade that is kept as the first server", production, "database", upgrading("postgres:18", "postgres:17", "keep", 1), `database.generation: 1: must be at least 2 in the step keep`},
		{"upgrade with a parameter that the new server lacks", production, "database", upgrading("postgres:16", "postgres:17", "prepare", 1, "parameters", object("old_snapshot_threshold", "1h")), `database.parameters.old_snapshot_threshold: is no parameter of PostgreSQL, which would not start with it; the servers of database.move have the same parameters: postgres:17 does not know it`},
		{"image beside a managed server", onAWS, "database", moving("in-cluster", "managed", "prepare", "move", object("other", "managed", "step", "prepare", "image", "postgres:18")), `database.move.image: "postgres:18": would be ignored, because one of both servers is managed`},
		{"number of a managed server", onAWS, "database", object("kind", "managed", "generation", 2), `database.generation: would be ignored, because database.kind is not in-cluster`},
		{"no number of a server", minimal, "database.generation", 0, `database.generation: 0: must be at least 1`},
		{"move to where it is", onAWS, "database", moving("managed", "managed", "prepare"), `database.move.other: "managed": is what database.kind is`},
		{"move to an external server", onGCP, "database.move", object("other", "external", "step", "prepare"), `database.move.other: "external": must be one of in-cluster, managed`},
		{"move by an unknown step", onGCP, "database", moving("managed", "in-cluster", "switch"), `database.move.step: "switch": must be one of prepare, copy, keep, discard, back`},
		{"move without a step", onGCP, "database.move", object("other", "in-cluster"), `database.move.step: is required`},
		{"move that has no time to copy", onAWS, "database.move", object("other", "in-cluster", "step", "copy", "waitSeconds", 900, "activeDeadlineSeconds", 900), `database.move.activeDeadlineSeconds: 900: must be more than database.move.waitSeconds, which is 900`},
		{"move and import", onAWS, "database", moving("managed", "in-cluster", "prepare", "import", object("from", "s3://old-dumps/blog.dump")), `database.import: contradicts database.move, which copies into an empty database`},
		{"move into a snapshot", onAWS, "database", moving("in-cluster", "managed", "prepare", "managed", object("restoreFrom", "blog-final")), `database.managed.restoreFrom: "blog-final": contradicts database.move`},
		{"move to an older server", onAWS, "database", moving("in-cluster", "managed", "prepare", "managed", object("version", "16")), `database.managed.version: "16": is older than the server in the cluster, whose version is 17`},
		{"move by an older pg_dump", onGCP, "database", moving("managed", "in-cluster", "prepare", "image", "docker.io/library/postgres:16-alpine"), `database.managed.version: "17": is newer than database.image, whose version is 16`},
		{"move to a server that is too small", onAWS, "", map[string]any{"database": moving("in-cluster", "managed", "prepare", "resources", object("memory", "4Gi", "memoryLimit", "8Gi"), "managed", object("memory", "4Gi")), "web": object("replicas", 40)}, `database.managed.memory: the app may open`},
	}
}
