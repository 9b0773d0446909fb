package spec_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// serving returns processes: api, which runs the app's image, and frontend, which has
// another image and leads to api, unless pairs say otherwise.
func serving(pairs ...any) []any {
	return list(
		object("name", "api", "command", list("api"), "port", 9000),
		object("name", "queue", "command", list("queue")),
		object(append([]any{"name", "frontend", "image", "registry.example.com/frontend:1.0", "appEnvironment", false, "port", 3000, "databaseConnections", 0}, pairs...)...),
	)
}

func addressMistakes() []wrong {
	refer := func(value string) any { return serving("env", object("API", value)) }
	return []wrong{
		{"address of a misspelt process", minimal, "processes", refer("$(process:apu.url)"), `processes[2].env.API: names the process apu, which has no Service (did you mean api?); those that have one: web, api, frontend`},
		{"address of no process", minimal, "processes", refer("$(process:database.host)"), `processes[2].env.API: names the process database, which has no Service; those that have one: web, api, frontend`},
		{"address of a process without a port", minimal, "processes", refer("$(process:queue.url)"), `processes[2].env.API: names the process queue, which needs processes[1].port, the port that it listens on`},
		{"address of a worker", minimal, "", map[string]any{"workers": list(object("name", "mail", "command", list("w"))), "app.env": object("A", "$(process:mail.url)")}, `app.env.A: names the process mail, which has no Service`},
		{"misspelt part of an address", minimal, "processes", refer("$(process:api.prot)"), `processes[2].env.API: must ask for a part of the address of api (did you mean port?): $(process:api.url), .host or .port`},
		{"no part of an address", minimal, "processes", refer("$(process:api)/graphql"), `processes[2].env.API: must ask for a part of the address of api: $(process:api.url), .host or .port`},
		{"misspelt reference to an address", minimal, "processes", refer("$(procces:api.url)"), `processes[2].env.API: refers to procces:, which nothing replaces: the address of a process is $(process:NAME.url)`},
		{"address in a sidecar", minimal, "web.sidecars", list(object("name", "proxy", "env", object("A", "$(process:wep.url)"))), `web.sidecars[0].env.A: names the process wep, which has no Service (did you mean web?)`},
		{"address in a cron job", minimal, "cron", list(object("name", "a", "schedule", "@daily", "command", list("a"), "env", object("A", "$(process:web.uri)"))), `cron[0].env.A: must ask for a part of the address of web (did you mean url?)`},
		{"address as a binding", minimal, "app.bindings", object("API", "process:api.url"), `app.bindings.API: is the address of a process: write it into app.env, or into env of the process that needs it, as $(process:NAME.url)`},
		{"address of two processes", minimal, "", map[string]any{"processes": list(object("name", "web", "command", list("w"), "port", 9000)), "app.env": object("A", "$(process:web.url)")}, `app.env.A: names web, which is both the web process and one of processes; rename the latter`},
	}
}

func TestTheAddressOfAProcessIsThatOfItsService(t *testing.T) {
	e, err := parse(t, changed(t, minimal, "processes", serving("env", object("API", "x"))))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"API":   "http://blog-process-api.blog-dev.svc:9000/graphql",
		"HOST":  "blog-process-api.blog-dev.svc",
		"PORTS": "9000 80",
		"TEXT":  "$(process:api.url) $(NAME) $$(NAME)",
	}, e.WithAddresses(map[string]string{
		"API":   "$(process:api.url)/graphql",
		"HOST":  "$(process:api.host)",
		"PORTS": "$(process:api.port) $(process:web.port)",
		"TEXT":  "$$(process:api.url) $(NAME) $$(NAME)",
	}))
	assert.NotContains(t, e.AllowedHosts(), "blog-process-api.blog-dev.svc", "nothing leads there")
}

// uWSGI replaces $(PORT) in its file itself.
func TestAProgramCanReplaceVariablesInItsFileItself(t *testing.T) {
	e, err := parse(t, changed(t, minimal, "app.files", object("/etc/uwsgi.ini", "http-socket = :$$(PORT)")))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"/etc/uwsgi.ini": "http-socket = :$(PORT)"}, e.FileTexts(e.App.Files))
	assert.Equal(t, "$$(process:web.url) $$(date) $(date) $$(CACHE)", e.FileText("$$$(process:web.url) $$(date) $(date) $$(CACHE)"), "no variable of the contract")
}

// Django answers 400 to a host that ALLOWED_HOSTS does not have.
func TestTheAppAnswersToTheAddressesThatVariablesLeadTo(t *testing.T) {
	e, err := parse(t, changed(t, minimal, "processes", serving("env", object("API", "$(process:api.url)", "SELF", "$(process:frontend.url)", "TEXT", "$$(process:queue.url)"))))
	require.NoError(t, err)
	assert.Contains(t, e.AllowedHosts(), "blog-process-api.blog-dev.svc")
	assert.NotContains(t, e.AllowedHosts(), "blog-process-frontend.blog-dev.svc", "a separate image is no Django")
}
