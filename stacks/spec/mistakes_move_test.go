package spec_test

// moving is a database in the cluster, or a managed one, with a move.
func moving(kind, other, step string, more ...any) map[string]any {
	database := object("kind", kind, "move", object("other", other, "step", step))
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
		{"move to where it is", onAWS, "database", moving("managed", "managed", "prepare"), `database.move.other: "managed": is what database.kind is`},
		{"move to an external server", onGCP, "database.move", object("other", "external", "step", "prepare"), `database.move.other: "external": must be one of in-cluster, managed`},
		{"move by an unknown step", onGCP, "database", moving("managed", "in-cluster", "switch"), `database.move.step: "switch": must be one of prepare, copy, keep, discard`},
		{"move without a step", onGCP, "database.move", object("other", "in-cluster"), `database.move.step: is required`},
		{"move that has no time to copy", onAWS, "database.move", object("other", "in-cluster", "step", "copy", "waitSeconds", 900, "activeDeadlineSeconds", 900), `database.move.activeDeadlineSeconds: 900: must be more than database.move.waitSeconds, which is 900`},
		{"move and import", onAWS, "database", moving("managed", "in-cluster", "prepare", "import", object("from", "s3://old-dumps/blog.dump")), `database.import: contradicts database.move, which copies into an empty database`},
		{"move into a snapshot", onAWS, "database", moving("in-cluster", "managed", "prepare", "managed", object("restoreFrom", "blog-final")), `database.managed.restoreFrom: "blog-final": contradicts database.move`},
		{"move to an older server", onAWS, "database", moving("in-cluster", "managed", "prepare", "managed", object("version", "16")), `database.managed.version: "16": is older than the server in the cluster, whose version is 17`},
		{"move by an older pg_dump", onGCP, "database", moving("managed", "in-cluster", "prepare", "image", "docker.io/library/postgres:16-alpine"), `database.managed.version: "17": is newer than database.image, whose version is 16`},
		{"move to a server that is too small", onAWS, "", map[string]any{"database": moving("in-cluster", "managed", "prepare", "resources", object("memory", "4Gi", "memoryLimit", "8Gi"), "managed", object("memory", "4Gi")), "web": object("replicas", 40)}, `database.managed.memory: the app may open`},
	}
}
