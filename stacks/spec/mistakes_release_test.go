package spec_test

// steps returns a list of steps of a release by their names.
func steps(names ...string) []any {
	var all []any
	for _, name := range names {
		all = append(all, object("name", name))
	}
	return all
}

func releaseMistakes() []wrong {
	command := func(pairs ...any) map[string]any {
		return object(append([]any{"name", "compress", "command", list("compress")}, pairs...)...)
	}
	claim := func(name string) []any {
		return list(object("name", name, "source", "persistentVolumeClaim", "from", "media", "mountPath", "/"+name))
	}
	return []wrong{
		{"step without a command", minimal, "release.steps", steps("migrate", "compile"), `release.steps[1].command: is required: compile is not one of the program's own steps, which are check, migrate, collectstatic, superuser`},
		{"misspelt step", minimal, "release.steps", steps("migrat"), `release.steps[0].command: is required: migrat is not one of the program's own steps`},
		{"own step with a command", minimal, "release.steps", list(object("name", "migrate", "command", list("migrate"))), `release.steps[0].command: is not for the step migrate, which is the program's own; release.migrate.command replaces its command`},
		{"own collection with a command", minimal, "release.steps", list(object("name", "collectstatic", "command", list("c"))), `static.command replaces its command`},
		{"own check with a command", minimal, "release.steps", list(object("name", "check", "command", list("c"))), `release.check sets its level`},
		{"step twice", minimal, "release.steps", steps("migrate", "migrate"), `release.steps[1].name: "migrate": is the name of release.steps[0] already`},
		{"steps and before", minimal, "release", object("steps", steps("migrate"), "before", list(command())), `release.before: contradicts release.steps, which has every step in its order`},
		{"steps and after", minimal, "release", object("steps", steps("migrate"), "after", list(command())), `release.after: contradicts release.steps`},
		{"superuser without a step", minimal, "release", object("steps", steps("migrate"), "superuser", object("email", "a@example.com")), `release.superuser: would be ignored, because release.steps has no step superuser`},
		{"step without a superuser", minimal, "release.steps", steps("migrate", "superuser"), `release.steps[1].name: "superuser": needs release.superuser`},
		{"check that is off", minimal, "release", object("check", "OFF", "steps", steps("check", "migrate")), `release.steps[0].name: "check": contradicts release.check OFF`},
		{"level of no check", minimal, "release", object("check", "WARNING", "steps", steps("migrate")), `release.check: would be ignored, because release.steps has no step check`},
		{"lock timeout of no migration", minimal, "release", object("lockTimeoutSeconds", 5, "steps", steps("check")), `release.lockTimeoutSeconds: would be ignored, because release.steps has no step migrate`},
		{"databases of no migration", minimal, "release", object("migrate", object("databases", list("a")), "steps", steps("check")), `release.migrate: would be ignored, because release.steps has no step migrate`},
		{"collection of an image's files", minimal, "", object("static", object("store", "image"), "release", object("steps", steps("migrate", "collectstatic"))), `release.steps[1].name: "collectstatic": contradicts static.store image`},
		{"files that nothing collects", minimal, "", object("static", object("store", "volume"), "release", object("steps", steps("migrate"))), `release.steps: never collects the static files, which static.store volume needs; add a step collectstatic`},
		{"ports of a step", minimal, "release.steps", list(object("name", "migrate", "ports", list(object("name", "a", "containerPort", 9)))), `release.steps[0].ports: would be ignored: the release's Jobs serve nothing`},
		{"own step that writes files", minimal, "release.steps", list(object("name", "migrate", "writesStatic", true)), `release.steps[0].writesStatic: true: is for commands; the step migrate is the program's own`},
		{"files in an image", minimal, "", object("static", object("store", "image"), "release", object("after", list(command("writesStatic", true)))), `release.after[0].writesStatic: true: contradicts static.store image, whose files belong to the image; use static.store pod or volume`},
		{"pods of a step in the web pods", minimal, "release.steps", list(object("name", "migrate"), command("writesStatic", true, "image", "node:1")), `release.steps[1]: has settings of pods, but with static.store pod it runs in the web pods, with theirs; set them in web, or use static.store volume`},
		{"deadline of a step in the web pods", minimal, "release.steps", list(object("name", "migrate"), object("name", "collectstatic", "activeDeadlineSeconds", 60)), `release.steps[1]: has a deadline or resources, but with static.store pod it runs in the web pods`},
		{"claim of the release again", minimal, "release", object("volumes", claim("data"), "steps", list(object("name", "migrate", "volumes", claim("media")))), `release.steps[0].volumes[0].from: "media": is the claim of release.volumes[0] already`},
		{"path of the release again", minimal, "release", object("volumes", list(object("name", "a", "mountPath", "/data")), "steps", list(object("name", "migrate", "volumes", list(object("name", "b", "mountPath", "/data"))))), `release.steps[0].volumes[0].mountPath: "/data": is taken`},
		{"memory above the release's limit", minimal, "release.steps", list(object("name", "migrate", "resources", object("memory", "4Gi"))), `release.steps[0].resources.memory: "4Gi": may not be above the container's memoryLimit, which is 512Mi`},
		{"image of a step without a tag", minimal, "release.steps", list(command("image", "node")), `release.steps[0].image: "node": must end in a tag or a digest`},
		{"databases of the app's own command", minimal, "release.migrate", object("command", list("./migrate"), "databases", list("a")), `release.migrate.databases: would be ignored, because release.migrate.command is set`},
		{"lock of the app's own command", minimal, "release.migrate", object("command", list("./migrate"), "advisoryLock", 1), `release.migrate.advisoryLock: would be ignored, because release.migrate.command is set`},
		{"no databases", minimal, "release.migrate.databases", []any{}, `release.migrate.databases: must have at least 1`},
		{"database twice", minimal, "release.migrate.databases", list("default", "default"), `release.migrate.databases`},
		{"checks of migrate", minimal, "release.migrate.systemChecks", "skip", `release.migrate.systemChecks: "skip": must be one of on, off`},
		{"lock that is no number", minimal, "release.migrate.advisoryLock", "migrations", `release.migrate.advisoryLock: "migrations": must be of type integer, is string`},
		{"superuser's password", minimal, "release.superuser", object("email", "a@example.com", "fields", object("password", "x")), `release.superuser.fields.password: has a value from elsewhere: the password is generated`},
		{"superuser's field in capitals", minimal, "release.superuser", object("email", "a@example.com", "fields", object("fullName", "x")), `release.superuser.fields.fullName: must be in lower case`},
		{"superuser's field that is none", minimal, "release.superuser", object("email", "a@example.com", "fields", object("full-name", "x")), `release.superuser.fields.full-name: is not the name of a field of a model`},
		{"superuser without an address", minimal, "release.superuser", object("username", "admin"), `release.superuser.email: is required`},
		{"command that collects an image's files", minimal, "static", object("store", "image", "command", list("collect")), `static.command: would be ignored, because static.store is image`},
	}
}
