package app

import (
	"fmt"
	"slices"

	"github.com/djangostack/djangostack/components/arguments"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/cidr"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/labels"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/stacks/spec"
)

// dataServices is how the app connects to its data services, and the components that it waits
// for. Services that the environment does not have are nil.
type dataServices struct {
	// database is empty for an app without PostgreSQL.
	database connection.Database
	// direct bypasses the pooler in front of the database; nil without a pooler.
	direct *connection.Database
	// other is the app's role on the other server of a move; nil without a move.
	other  *connection.Database
	cache  *connection.Redis
	broker *connection.Redis
	queue  *connection.AMQP
	// memcached replaces cache.
	memcached *connection.Memcached
	// search is in the cluster; a managed one is the platform's.
	search *connection.Search
	// services are the components in the cluster.
	services []pulumi.Resource
}

// The components of the Redis servers in the cluster.
const (
	redisCache  = "redis-cache"
	redisBroker = labels.RedisBroker
)

func (w wiring) dataServices() (dataServices, error) {
	database, servers, err := w.database()
	if err != nil {
		return dataServices{}, err
	}
	other, others, err := w.otherDatabase()
	if err != nil {
		return dataServices{}, err
	}
	pooled, pooler, err := w.pooler(database, servers)
	if err != nil {
		return dataServices{}, err
	}
	cache, caches, err := w.cache()
	if err != nil {
		return dataServices{}, err
	}
	memcached, shards, err := w.memcached()
	if err != nil {
		return dataServices{}, err
	}
	broker, brokers, err := w.redisBroker()
	if err != nil {
		return dataServices{}, err
	}
	queue, queues, err := w.rabbitMQ()
	if err != nil {
		return dataServices{}, err
	}
	search, engines, err := w.search()
	if err != nil {
		return dataServices{}, err
	}
	checked, err := w.checkedCredentials()
	if err != nil {
		return dataServices{}, err
	}
	d := dataServices{
		database: database, other: other, cache: cache, memcached: memcached, broker: broker, queue: queue, search: search,
		services: slices.Concat(servers, others, pooler, caches, shards, brokers, queues, engines, checked),
	}
	if pooled != nil {
		d.database, d.direct = *pooled, &database
	}
	return d, nil
}

// database returns the connection to the database, and the component to wait for.
func (w wiring) database() (connection.Database, []pulumi.Resource, error) {
	return w.databaseOf(w.environment.DatabaseServer())
}

// databaseOf is database for one server.
func (w wiring) databaseOf(server spec.DatabaseServer) (connection.Database, []pulumi.Resource, error) {
	switch server.Kind {
	case spec.None:
		return connection.Database{}, nil, nil
	case spec.Managed:
		return w.managedDatabase()
	case spec.External:
		return w.externalDatabase(), nil, nil
	}
	wanted := w.environment.Database
	postgres, err := kubernetes.NewPostgres(w.ctx, w.name, &kubernetes.PostgresArgs{
		Namespace:      w.namespace,
		Labels:         w.labels,
		Component:      server.Part(),
		Image:          string(server.Image),
		Database:       wanted.Name,
		User:           wanted.User,
		Further:        w.environment.FurtherDatabases(),
		Size:           string(wanted.Volume.Size),
		StorageClass:   wanted.Volume.StorageClassName,
		Resources:      resources(wanted.Resources),
		Data:           w.environment.HeldServer(server),
		Parameters:     wanted.Parameters,
		Extensions:     wanted.Extensions,
		MaxConnections: wanted.MaxConnections,
		RoleResources:  resources(w.environment.Release.Resources),
		Authority:      w.authorityOf(w.environment.Namespace.TLS),
		Callers:        w.scalersOf(spec.ByRows),
		Monitored:      w.environment.MonitorsPostgres(),
	}, w.options...)
	if err != nil {
		return connection.Database{}, nil, err
	}
	return postgres.Database, []pulumi.Resource{postgres}, w.postgresExporter(server.Part(), postgres)
}

// managedDatabase creates a role and a database for the app on the platform's server.
func (w wiring) managedDatabase() (connection.Database, []pulumi.Resource, error) {
	if w.platform.Database == nil {
		return connection.Database{}, nil, fmt.Errorf("the platform has no database server for database.kind %s", spec.Managed)
	}
	wanted := w.environment.Database
	namespace, err := w.administration()
	if err != nil {
		return connection.Database{}, nil, err
	}
	role, err := kubernetes.NewDatabaseRole(w.ctx, w.name, &kubernetes.DatabaseRoleArgs{
		Namespace:  namespace,
		Labels:     w.labels,
		Image:      string(wanted.Image),
		Admin:      *w.platform.Database,
		Database:   wanted.Name,
		User:       wanted.User,
		Further:    w.environment.FurtherDatabases(),
		Extensions: wanted.Extensions,
		Resources:  resources(w.environment.Release.Resources),
		Before:     slices.Concat(w.platform.DatabaseServer, w.platform.Prerequisites),
		Data:       w.environment.HeldDatabase(spec.Managed),
	}, w.options...)
	if err != nil {
		return connection.Database{}, nil, err
	}
	return role.Database, []pulumi.Resource{role}, nil
}

// administration registers the namespace of the Job that administers a managed server, and
// returns its name. Pods can be given every Secret of their namespace, so the app's has no
// administrator's password.
func (w wiring) administration() (pulumi.StringInput, error) {
	namespace, err := kubernetes.NewNamespace(w.ctx, w.name+"-admin", &kubernetes.NamespaceArgs{
		Name:        w.administrationName(),
		Source:      arguments.Create,
		PodSecurity: "restricted",
		Labels:      w.labels,
	}, w.options...)
	if err != nil {
		return nil, err
	}
	_, err = kubernetes.NewIsolation(w.ctx, w.name+"-admin", &kubernetes.IsolationArgs{
		Namespace: namespace.Name,
		Labels:    w.labels,
		Egress:    []kubernetes.EgressRule{{CIDRs: cidr.PrivateRanges(), Ports: []int{w.platform.Database.Port}}},
	}, w.options...)
	return namespace.Name, err
}

// administrationName is the name of that namespace. Environments that share a namespace do
// not share this one.
func (w wiring) administrationName() string {
	if w.environment.CreatesNamespace() {
		return names.Fit(names.MaxDNSLabel, w.environment.Namespace.Name, "admin")
	}
	return names.Fit(names.MaxDNSLabel, w.environment.Namespace.Name, w.environment.Instance(), "admin")
}

// pooler registers a connection pooler in front of the database, and returns the connection
// through it; nil if the environment has none.
func (w wiring) pooler(database connection.Database, servers []pulumi.Resource) (*connection.Database, []pulumi.Resource, error) {
	wanted := w.environment.Database.Pooler
	if wanted.Kind != spec.PgBouncer {
		return nil, nil, nil
	}
	bouncer, err := kubernetes.NewPgBouncer(w.ctx, w.name, &kubernetes.PgBouncerArgs{
		Namespace:  w.namespace,
		Labels:     w.labels,
		Image:      string(wanted.Image),
		Server:     database,
		Further:    w.environment.FurtherDatabases(),
		Replicas:   wanted.Replicas,
		Stopped:    w.environment.StopsApp(),
		PoolSize:   wanted.PoolSize,
		MaxClients: wanted.MaxClients,
		Resources:  resources(wanted.Resources),
		Authority:  w.authorityOf(w.environment.Namespace.TLS),
	}, w.afterPrerequisites(slices.Concat(servers, w.platform.DatabaseServer)...)...)
	if err != nil {
		return nil, nil, err
	}
	return &bouncer.Database, []pulumi.Resource{bouncer}, nil
}

// cache returns the Redis that is the cache; nil if the environment has none.
func (w wiring) cache() (*connection.Redis, []pulumi.Resource, error) {
	wanted := w.environment.Cache
	if wanted.Engine == spec.Memcached {
		return nil, nil, nil
	}
	server, components, err := w.redis(wanted.Kind, w.externalCache(), w.platform.Cache, &kubernetes.RedisArgs{
		Authority:      w.authorityOf(wanted.TLS),
		Component:      redisCache,
		Image:          string(wanted.Image),
		Memory:         string(wanted.Memory),
		CPU:            string(wanted.CPU),
		Parameters:     wanted.Parameters,
		EvictionPolicy: arguments.AllKeysLRU,
		Replicas:       wanted.Replicas,
	})
	return trusting(server, connection.CacheAuthority), components, err
}

// redisBroker returns the Redis that is the broker; nil if the environment has none.
func (w wiring) redisBroker() (*connection.Redis, []pulumi.Resource, error) {
	wanted := w.environment.Broker
	if wanted.Engine == spec.RabbitMQ {
		return nil, nil, nil
	}
	server, components, err := w.redis(wanted.Kind, w.externalBroker(), w.platform.Broker, &kubernetes.RedisArgs{
		Authority:      w.authorityOf(wanted.TLS),
		Component:      redisBroker,
		Image:          string(wanted.Image),
		Memory:         string(wanted.Memory),
		CPU:            string(wanted.CPU),
		Parameters:     wanted.Parameters,
		EvictionPolicy: arguments.NoEviction,
		Size:           string(wanted.Volume.Size),
		StorageClass:   wanted.Volume.StorageClassName,
		Data:           w.environment.Held(data.Broker),
		Callers:        w.scalersOf(spec.ByMessages),
	})
	return trusting(server, connection.BrokerAuthority), components, err
}

// rabbitMQ returns the RabbitMQ that is the broker; nil if the environment has none.
func (w wiring) rabbitMQ() (*connection.AMQP, []pulumi.Resource, error) {
	wanted := w.environment.Broker
	if wanted.Engine != spec.RabbitMQ {
		return nil, nil, nil
	}
	if wanted.Kind == spec.External {
		return w.externalQueue(), nil, nil
	}
	if !w.environment.RunsRabbitMQ() {
		if w.platform.Queue == nil {
			return nil, nil, fmt.Errorf("the platform has no broker for broker.engine %s", spec.RabbitMQ)
		}
		return w.platform.Queue, nil, nil
	}
	server, err := kubernetes.NewRabbitMQ(w.ctx, w.name, &kubernetes.RabbitMQArgs{
		Namespace:       w.namespace,
		Labels:          w.labels,
		Image:           string(wanted.Image),
		User:            w.environment.App.Name,
		Memory:          string(wanted.Memory),
		CPU:             string(wanted.CPU),
		QueueType:       kubernetes.QueueType(wanted.QueueType),
		ConsumerTimeout: w.environment.ConsumerTimeoutSeconds(),
		Size:            string(wanted.Volume.Size),
		StorageClass:    wanted.Volume.StorageClassName,
		Data:            w.environment.Held(data.Broker),
		Authority:       w.authorityOf(wanted.TLS),
		Callers:         w.scalersOf(spec.ByMessages),
	}, w.options...)
	if err != nil {
		return nil, nil, err
	}
	return &server.Server, []pulumi.Resource{server}, nil
}

// authorityOf returns the authority that signs the certificate of a server; nil for one without
// TLS.
func (w wiring) authorityOf(tls string) *kubernetes.Authority {
	if tls == string(spec.Off) {
		return nil
	}
	return w.authority
}

// scalersOf returns the labels of KEDA's pods if KEDA scales workers by messages of the broker, or
// by tasks in the database (https://keda.sh/docs/latest/deploy/).
func (w wiring) scalersOf(signal spec.KEDASignal) []map[string]string {
	for _, worker := range w.environment.Workers {
		if worker.ScaledBy() == signal {
			return []map[string]string{{"app": "keda-operator"}}
		}
	}
	return nil
}

// redis returns the server of a kind: none, an existing one, a managed one of the platform,
// or a new one in the cluster, which it registers.
func (w wiring) redis(kind spec.Kind, external, managed *connection.Redis, args *kubernetes.RedisArgs) (*connection.Redis, []pulumi.Resource, error) {
	switch kind {
	case spec.Managed:
		if managed == nil {
			return nil, nil, fmt.Errorf("the platform has no server for %s with kind %s", args.Component, spec.Managed)
		}
		return managed, nil, nil
	case spec.None:
		return nil, nil, nil
	case spec.External:
		return external, nil, nil
	}
	args.Namespace, args.Labels = w.namespace, w.labels
	redis, err := kubernetes.NewRedis(w.ctx, w.name, args, w.options...)
	if err != nil {
		return nil, nil, err
	}
	return &redis.Server, []pulumi.Resource{redis}, w.redisExporter(args.Component, redis)
}

func secret(plain string) pulumi.StringOutput {
	return pulumi.ToSecret(pulumi.String(plain)).(pulumi.StringOutput)
}

// memoryLimit returns an empty limit for a container that has none by its configuration.
func memoryLimit(limit spec.Quantity) string {
	if limit == spec.NoLimit {
		return ""
	}
	return string(limit)
}

func resources(r spec.Resources) pod.Resources {
	return pod.Resources{
		CPU:         string(r.CPU),
		Memory:      string(r.Memory),
		CPULimit:    string(r.CPULimit),
		MemoryLimit: memoryLimit(r.MemoryLimit),
		Disk:        string(r.EphemeralStorage),
		DiskLimit:   string(r.DiskLimit()),
	}
}
