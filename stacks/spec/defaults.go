package spec

import (
	"encoding/json"
	"strings"

	"github.com/djangostack/djangostack/components/names"
)

// Images of the in-cluster services: Docker's official images, which are
// maintained and run without root.
const (
	postgresImage = "docker.io/library/postgres:17"
	redisImage    = "docker.io/library/redis:8"
)

// defaults returns an environment with every default that follows from its tier and cloud.
func defaults(tier Tier, cloud Cloud) Environment {
	e := Environment{
		Protection: Disposable,
		Network:    Network{Origin: created(), CIDR: "10.0.0.0/16", Zones: 2, NAT: "single", FlowLogs: Off},
		Cluster: Cluster{
			Origin:   created(),
			Version:  "1.35",
			Mode:     AutoMode,
			Endpoint: Endpoint{Access: "public"},
			Nodes:    Nodes{CPU: 2, Memory: "8Gi", Min: 2, Max: 4, Capacity: "spot", Disk: "50Gi"},
		},
		Namespace: Namespace{Origin: created(), PodSecurity: "restricted"},
		App: App{
			ImagePullPolicy: "IfNotPresent",
			ManageCommand:   []string{"python", "manage.py"},
			RunAsUser:       1000,
		},
		Release: Release{
			Check:                 "ERROR",
			ActiveDeadlineSeconds: 600,
			LockTimeoutSeconds:    10,
			Resources:             resources("100m", "192Mi", "512Mi"),
		},
		Web: Web{
			Replicas:              2,
			Workers:               2,
			Threads:               4,
			Port:                  8000,
			LongestRequestSeconds: 30,
			ReadinessPath:         "/healthz/ready",
			Server:                Gunicorn,
			Resources:             resources("100m", "256Mi", "512Mi"),
			Service:               Service{Type: "ClusterIP", Port: 80},
		},
		Beat:  Beat{ScheduleSize: "100Mi", Resources: resources("25m", "128Mi", "256Mi")},
		Shell: Shell{Enabled: true, Minutes: 480, Resources: resources("10m", "64Mi", "512Mi")},
		Database: Database{
			Origin:    created(),
			Kind:      InCluster,
			Image:     postgresImage,
			Pooler:    defaultPooler(),
			Volume:    Volume{Size: "1Gi"},
			Resources: resources("100m", "256Mi", "512Mi"),
			Managed: ManagedDatabase{
				Version: "17", CPU: 2, Memory: "4Gi", Storage: "20Gi",
				Availability: SingleZone, BackupDays: 1,
			},
		},
		Cache:  Cache{Origin: created(), Kind: InCluster, Image: redisImage, Memory: "64Mi", CPU: "25m"},
		Broker: Broker{Origin: created(), Engine: RedisBroker, Image: redisImage, Memory: "64Mi", CPU: "25m", Volume: Volume{Size: "1Gi"}},
		Static: Static{
			Store:      StaticInPod,
			Server:     WhiteNoise,
			NGINX:      defaultNGINX(),
			URL:        "/static/",
			Root:       "/srv/static",
			Volume:     Volume{Size: "1Gi"},
			AccessMode: "ReadWriteMany",
		},
		Media:        Media{Store: "none"},
		LoadBalancer: LoadBalancer{Addresses: FloatingAddresses, AllowedCIDRs: []string{"0.0.0.0/0"}, AccessLogs: Off},
		Search:       Search{Kind: None, Version: "2.19", Memory: "2Gi", Storage: "10Gi", Availability: SingleZone, ServiceRole: SourceExisting},
		Monitoring:   Monitoring{NewRelic: Off},
		Registry:     Registry{Source: NoSource},
	}
	if cloud == NoCloud {
		e.Cluster.Source = SourceExisting
	}
	if cloud == GCPCloud {
		e.LoadBalancer.Addresses = FixedAddresses
	}
	if tier == Production {
		e.forProduction()
	}
	return e
}

func created() Origin { return Origin{Source: SourceCreate} }

func (e *Environment) forProduction() {
	e.Protection = Protected
	e.Network.Zones = 3
	e.Network.NAT = "per-zone"
	e.Network.FlowLogs = On
	e.LoadBalancer.AccessLogs = On
	e.Cluster.Nodes.Max = 10
	e.Cluster.Nodes.Capacity = "on-demand"
	e.Web.Replicas = 3
	e.Web.Resources = resources("250m", "512Mi", "1Gi")
	e.Shell.Enabled = false
	e.Shell.Minutes = 60
	// A production database is a decision, never a default.
	e.Database.Kind = ""
	e.Database.Volume.Size = "20Gi"
	e.Database.Resources = resources("500m", "1Gi", "2Gi")
	e.Database.Managed.Memory = "8Gi"
	e.Database.Managed.Storage = "50Gi"
	e.Database.Managed.Availability = MultiZone
	e.Database.Managed.BackupDays = 14
	e.Cache.Memory = "256Mi"
	e.Cache.CPU = "100m"
	e.Cache.Managed.Replicas = 1
	e.Broker.Memory = "256Mi"
	e.Broker.CPU = "100m"
	e.Broker.Managed.Replicas = 1
	e.Search.Memory = "8Gi"
	e.Search.Storage = "50Gi"
	e.Search.Availability = MultiZone
}

func resources(cpu, memory, memoryLimit Quantity) Resources {
	return Resources{CPU: cpu, Memory: memory, MemoryLimit: memoryLimit, EphemeralStorage: "1Gi"}
}

// UnmarshalJSON fills in a worker's defaults before reading it.
func (w *Worker) UnmarshalJSON(raw []byte) error {
	type plain Worker
	worker := plain(defaultWorker())
	if err := json.Unmarshal(raw, &worker); err != nil {
		return err
	}
	*w = Worker(worker)
	return nil
}

func defaultWorker() Worker {
	return Worker{
		Queues:             []string{"celery"},
		Replicas:           1,
		Concurrency:        2,
		LongestTaskSeconds: 300,
		Resources:          resources("100m", "256Mi", "512Mi"),
	}
}

// UnmarshalJSON fills in an external database's defaults before reading it.
func (d *ExternalDatabase) UnmarshalJSON(raw []byte) error {
	type plain ExternalDatabase
	database := plain{Port: 5432, SSLMode: "require"}
	if err := json.Unmarshal(raw, &database); err != nil {
		return err
	}
	*d = ExternalDatabase(database)
	return nil
}

// UnmarshalJSON fills in an external Redis' defaults before reading it.
func (r *ExternalRedis) UnmarshalJSON(raw []byte) error {
	type plain ExternalRedis
	redis := plain{Port: 6379, TLS: "required"}
	if err := json.Unmarshal(raw, &redis); err != nil {
		return err
	}
	*r = ExternalRedis(redis)
	return nil
}

// UnmarshalJSON fills in a rule's defaults before reading it.
func (r *CORSRule) UnmarshalJSON(raw []byte) error {
	type plain CORSRule
	rule := plain{Methods: []string{"GET", "HEAD"}, Expose: []string{"Content-Type"}, MaxAgeSeconds: 3600}
	if err := json.Unmarshal(raw, &rule); err != nil {
		return err
	}
	*r = CORSRule(rule)
	return nil
}

// UnmarshalJSON fills in a zone's defaults before reading it.
func (d *DNS) UnmarshalJSON(raw []byte) error {
	type plain DNS
	zone := plain{Origin: Origin{Source: SourceExisting}}
	if err := json.Unmarshal(raw, &zone); err != nil {
		return err
	}
	*d = DNS(zone)
	return nil
}

// derive fills in the defaults that follow from other values.
func (e *Environment) derive(stack string) {
	if e.Namespace.Name == "" {
		// A stack's name may have what a namespace's may not.
		e.Namespace.Name = names.Fit(names.MaxDNSLabel, e.App.Name, stack)
	}
	if e.App.WSGIModule == "" {
		e.App.WSGIModule = strings.Split(e.App.SettingsModule, ".")[0] + ".wsgi"
	}
	if e.App.ASGIModule == "" {
		e.App.ASGIModule = strings.Split(e.App.SettingsModule, ".")[0] + ".asgi"
	}
	e.deriveVisibility()
	if e.Database.Kind == InCluster && e.Database.MaxConnections == 0 {
		// PostgreSQL's own default.
		e.Database.MaxConnections = 100
	}
	identifier := strings.ReplaceAll(e.App.Name, "-", "_")
	if e.Database.Name == "" {
		e.Database.Name = identifier
	}
	if e.Database.User == "" {
		e.Database.User = identifier
	}
	e.deriveCDN()
	if e.Broker.Kind == "" {
		e.Broker.Kind = None
		if len(e.Workers) > 0 || e.Beat.Enabled {
			e.Broker.Kind = InCluster
		}
	}
}
