package app

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/connection"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/components/pod"
	"github.com/djangostack/djangostack/stacks/spec"
)

// data is how the app reaches its data services, and the components to wait for.
type data struct {
	database connection.Database
	// direct passes the pool in front of the database by; nil without a pool.
	direct   *connection.Database
	cache    *connection.Redis
	broker   *connection.Redis
	queue    *connection.AMQP
	services []pulumi.Resource
}

func (w wiring) dataServices() (data, error) {
	var d data
	if err := w.database(&d); err != nil {
		return data{}, err
	}
	if err := w.pooler(&d); err != nil {
		return data{}, err
	}
	if err := w.cache(&d); err != nil {
		return data{}, err
	}
	if err := w.broker(&d); err != nil {
		return data{}, err
	}
	return d, nil
}

func (w wiring) database(d *data) error {
	wanted := w.e.Database
	if wanted.Kind == spec.Managed {
		return w.ownRole(d)
	}
	if wanted.Kind == spec.External {
		d.database = connection.Database{
			Host:     pulumi.String(wanted.External.Host),
			Port:     wanted.External.Port,
			Name:     wanted.Name,
			User:     wanted.User,
			Password: secret(wanted.External.Password),
			SSLMode:  wanted.External.SSLMode,
		}
		return nil
	}
	postgres, err := kubernetes.NewPostgres(w.ctx, w.name, &kubernetes.PostgresArgs{
		Namespace:    w.namespace,
		Labels:       w.labels,
		Image:        wanted.Image,
		Database:     wanted.Name,
		User:         wanted.User,
		Size:         string(wanted.Volume.Size),
		StorageClass: wanted.Volume.StorageClassName,
		Resources:    resources(wanted.Resources),
		Protect:      w.e.ProtectionOf(spec.DatabaseData),

		MaxConnections: wanted.MaxConnections,
	}, w.options...)
	if err != nil {
		return err
	}
	d.database = postgres.Database
	d.services = append(d.services, postgres)
	return nil
}

// ownRole gives the app a role and a database of its own on the platform's server.
func (w wiring) ownRole(d *data) error {
	if w.platform.Database == nil {
		return fmt.Errorf("the platform has no database server for database.kind %s", spec.Managed)
	}
	role, err := kubernetes.NewDatabaseRole(w.ctx, w.name, &kubernetes.DatabaseRoleArgs{
		Namespace: w.namespace,
		Labels:    w.labels,
		Image:     w.e.Database.Image,
		Admin:     *w.platform.Database,
		Database:  w.e.Database.Name,
		User:      w.e.Database.User,
		Resources: resources(w.e.Release.Resources),
		Protect:   w.e.ProtectionOf(spec.DatabaseData),
	}, w.after(w.platform.Prerequisites...)...)
	if err != nil {
		return err
	}
	d.database = role.Database
	d.services = append(d.services, role)
	return nil
}

// pooler puts a pool in front of the database.
func (w wiring) pooler(d *data) error {
	wanted := w.e.Database.Pooler
	if wanted.Kind != spec.PgBouncer {
		return nil
	}
	bouncer, err := kubernetes.NewPgBouncer(w.ctx, w.name, &kubernetes.PgBouncerArgs{
		Namespace:  w.namespace,
		Labels:     w.labels,
		Image:      wanted.Image,
		Server:     d.database,
		Replicas:   wanted.Replicas,
		PoolSize:   wanted.PoolSize,
		MaxClients: wanted.MaxClients,
		Resources:  resources(wanted.Resources),
	}, w.after(append(d.services, w.platform.Prerequisites...)...)...)
	if err != nil {
		return err
	}
	direct := d.database
	d.direct, d.database = &direct, bouncer.Database
	d.services = append(d.services, bouncer)
	return nil
}

func (w wiring) cache(d *data) (err error) {
	wanted := w.e.Cache
	d.cache, err = w.redis(d, wanted.Kind, wanted.External, w.platform.Cache, &kubernetes.RedisArgs{
		Name:           "redis-cache",
		Image:          wanted.Image,
		Memory:         string(wanted.Memory),
		CPU:            string(wanted.CPU),
		EvictionPolicy: arguments.AllKeysLRU,
	})
	d.cache = trusting(d.cache, cacheAuthority)
	return err
}

func (w wiring) broker(d *data) (err error) {
	wanted := w.e.Broker
	if wanted.Engine == spec.RabbitMQ {
		if w.platform.Queue == nil {
			return fmt.Errorf("the platform has no broker for broker.engine %s", spec.RabbitMQ)
		}
		d.queue = w.platform.Queue
		return nil
	}
	d.broker, err = w.redis(d, wanted.Kind, wanted.External, w.platform.Broker, &kubernetes.RedisArgs{
		Name:           "redis-broker",
		Image:          wanted.Image,
		Memory:         string(wanted.Memory),
		CPU:            string(wanted.CPU),
		EvictionPolicy: arguments.NoEviction,
		Size:           string(wanted.Volume.Size),
		StorageClass:   wanted.Volume.StorageClassName,
		Protect:        w.e.ProtectionOf(spec.BrokerData),
		Callers:        w.counting(),
	})
	d.broker = trusting(d.broker, brokerAuthority)
	return err
}

// counting are the pods of KEDA, if it is to count the broker's messages
// (https://keda.sh/docs/latest/deploy/).
func (w wiring) counting() []map[string]string {
	for _, worker := range w.e.Workers {
		if worker.Autoscaling != nil && worker.Autoscaling.By == spec.ByQueue {
			return []map[string]string{{"app": "keda-operator"}}
		}
	}
	return nil
}

// redis is the server of a kind: none, one that is there already, one of the
// platform's own, or one that is made in the cluster.
func (w wiring) redis(d *data, kind spec.Kind, given *spec.ExternalRedis, managed *connection.Redis, args *kubernetes.RedisArgs) (*connection.Redis, error) {
	switch kind {
	case spec.Managed:
		if managed == nil {
			return nil, fmt.Errorf("the platform has no server for %s with kind %s", args.Name, spec.Managed)
		}
		return managed, nil
	case spec.None:
		return nil, nil
	case spec.External:
		return external(given), nil
	}
	args.Namespace, args.Labels = w.namespace, w.labels
	redis, err := kubernetes.NewRedis(w.ctx, w.name, args, w.options...)
	if err != nil {
		return nil, err
	}
	d.services = append(d.services, redis)
	return &redis.Server, nil
}

func external(wanted *spec.ExternalRedis) *connection.Redis {
	redis := &connection.Redis{
		Host:     pulumi.String(wanted.Host),
		Port:     wanted.Port,
		Password: secret(wanted.Password),
		TLS:      wanted.TLS == "required",
	}
	for _, host := range wanted.Replicas {
		redis.Readers = append(redis.Readers, pulumi.String(host))
	}
	return redis
}

func secret(plain string) pulumi.StringOutput {
	return pulumi.ToSecret(pulumi.String(plain)).(pulumi.StringOutput)
}

func resources(r spec.Resources) pod.Resources {
	return pod.Resources{
		CPU:         string(r.CPU),
		Memory:      string(r.Memory),
		CPULimit:    string(r.CPULimit),
		MemoryLimit: string(r.MemoryLimit),
		Disk:        string(r.EphemeralStorage),
		DiskLimit:   string(r.EphemeralStorage),
	}
}
