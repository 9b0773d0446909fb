package spec

// PoolerKind is the software that pools connections to the database.
type PoolerKind string

// NoPooler connects the app to the server directly. PgBouncer runs as pods of the
// environment.
const (
	NoPooler  PoolerKind = "none"
	PgBouncer PoolerKind = "pgbouncer"
)

// Pooler is a pool of connections between the app and its database. It shares them by
// transaction: an app behind it sets DISABLE_SERVER_SIDE_CURSORS, and nothing that a
// session keeps, such as LISTEN or an advisory lock, works through it.
type Pooler struct {
	// none; pgbouncer: pods of PgBouncer 1.21 or later. DATABASE_URL and the URLs of database.further lead to them; DIRECT_DATABASE_URL and migrations bypass them.
	Kind PoolerKind `json:"kind,omitempty" jsonschema:"enum=none,enum=pgbouncer"`
	// PgBouncer's image.
	Image ImageName `json:"image,omitempty"`
	// Number of pods.
	Replicas int `json:"replicas,omitempty" jsonschema:"minimum=1,maximum=50"`
	// Highest number of connections that each pod opens to each database of the server: to database.name, and to each of database.further.
	PoolSize int `json:"poolSize,omitempty" jsonschema:"minimum=1,maximum=1000"`
	// Highest number of connections that each pod accepts from the app.
	MaxClients int `json:"maxClients,omitempty" jsonschema:"minimum=10,maximum=20000"`
	// Resources of each pod's container.
	Resources Resources `json:"resources,omitempty"`
}

func defaultPooler() Pooler {
	return Pooler{
		Kind: NoPooler, Image: "docker.io/edoburu/pgbouncer:v1.24.1-p1",
		Replicas: 2, PoolSize: 20, MaxClients: 1000, Resources: resources("10m", "16Mi", "128Mi", "64Mi"),
	}
}

// checkPoolerDatabase reports the database that PgBouncer answers itself.
func (e *Environment) checkPoolerDatabase(problems *Problems, path, name string) {
	if name == "pgbouncer" && e.Database.Pooler.Kind == PgBouncer {
		problems.add(path, name, "is PgBouncer's own database: set database.pooler.kind to none")
	}
}

func (e *Environment) checkPooler(problems *Problems) {
	if e.Database.Pooler.Kind == NoPooler {
		return
	}
	external := e.Database.External
	// PgBouncer needs the certificate of the server's authority in a file, and an external
	// server's is not part of the configuration.
	if external != nil && (external.SSLMode == "verify-ca" || external.SSLMode == "verify-full") {
		problems.add("database.pooler.kind", string(PgBouncer), "cannot verify the server's certificate, which database.external.sslMode %s asks for", external.SSLMode)
	}
}
