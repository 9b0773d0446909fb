package spec

import (
	"cmp"
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
		Prepared:   Off,
		Network:    Network{Origin: created(), CIDR: "10.0.0.0/16", Zones: 2, NAT: "single", FlowLogs: Off},
		Cluster: Cluster{
			Origin:       created(),
			Version:      "1.35",
			Mode:         AutoMode,
			Architecture: AMD64,
			Endpoint:     Endpoint{Access: "public"},
			Nodes:        Nodes{CPU: 2, Memory: "8Gi", Min: 2, Max: 4, Capacity: "spot", Disk: "50Gi"},

			WorkloadLogs: Off,
		},
		Namespace: Namespace{Origin: created(), PodSecurity: "restricted", TLS: "off", TLSGeneration: 1},
		App: App{
			ImagePullPolicy: "IfNotPresent",
			ManageCommand:   []string{"python", "manage.py"},
		},
		Release: Release{
			Check:                 "ERROR",
			ActiveDeadlineSeconds: 600,
			LockTimeoutSeconds:    10,
			Migrate:               Migrate{Databases: []string{"default"}, SystemChecks: On},
			Resources:             resources("50m", "192Mi", "512Mi", "256Mi"),
		},
		Web: Web{
			Replicas:              2,
			Workers:               2,
			Threads:               4,
			Port:                  8000,
			LongestRequestSeconds: 30,
			ReadinessPath:         readinessPath,
			Server:                Gunicorn,
			Resources:             resources("50m", "128Mi", "512Mi", "256Mi"),
			Service:               Service{Type: "ClusterIP", Port: 80},
		},
		Beat:  Beat{ScheduleStore: ScheduleInVolume, ScheduleSize: "100Mi", Resources: resources("10m", "64Mi", "256Mi", "128Mi")},
		Shell: Shell{Enabled: true, Minutes: 480, Resources: resources("5m", "8Mi", "512Mi", "128Mi")},
		Database: Database{
			Origin:     created(),
			Kind:       InCluster,
			Image:      postgresImage,
			Generation: 1,
			Pooler:     defaultPooler(),
			Backups:    defaultBackups(),
			Volume:     Volume{Size: "1Gi"},
			// A request for CPU is a weight when the node is busy: the database outweighs the
			// pods and commands that wait for it.
			Resources: resources("100m", "128Mi", "512Mi", "128Mi"),
			Managed: ManagedDatabase{
				Version: "17", CPU: 2, Memory: "4Gi", Storage: "20Gi",
				Availability: SingleZone, BackupDays: 1,
			},
		},
		Cache:  Cache{Origin: created(), Kind: InCluster, Engine: RedisCache, Servers: 1, Memory: "64Mi", CPU: "15m"},
		Broker: Broker{Origin: created(), Engine: RedisBroker, CPU: "15m", Volume: Volume{Size: "1Gi"}},
		Static: Static{
			Store:      StaticInPod,
			Server:     WhiteNoise,
			NGINX:      defaultNGINX(),
			URL:        staticURL,
			Root:       "/srv/static",
			Volume:     Volume{Size: "1Gi"},
			AccessMode: "ReadWriteMany",
		},
		Media:        Media{Store: "none", AccessKeys: Off},
		LoadBalancer: LoadBalancer{Addresses: FloatingAddresses, AllowedCIDRs: []string{"0.0.0.0/0"}, AccessLogs: Off},
		Search:       defaultSearch(),
		Monitoring:   Monitoring{NewRelic: Off, Dashboards: Off},
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
	e.Namespace.TLS = "required"
	e.Network.Zones = 3
	e.Network.NAT = "per-zone"
	e.Network.FlowLogs = On
	e.LoadBalancer.AccessLogs = On
	e.Cluster.WorkloadLogs = On
	e.Cluster.Nodes.Max = 10
	e.Cluster.Nodes.Capacity = "on-demand"
	e.Web.Replicas = 3
	e.Web.Resources = resources("250m", "512Mi", "1Gi", "1Gi")
	e.Shell.Enabled = false
	e.Shell.Minutes = 60
	// Where production data is stored is a decision, not a default.
	e.Database.Kind = ""
	e.Database.Volume.Size = "20Gi"
	e.Database.Resources = resources("500m", "1Gi", "2Gi", "1Gi")
	e.Database.Managed.Memory = "8Gi"
	e.Database.Managed.Storage = "50Gi"
	e.Database.Managed.Availability = MultiZone
	e.Database.Managed.BackupDays = 14
	e.Cache.Memory = "256Mi"
	e.Cache.CPU = "100m"
	e.Cache.Managed.Replicas = 1
	e.Broker.CPU = "100m"
	e.Broker.Managed.Replicas = 1
	e.Search.forProduction()
}

// besideSettings returns the module of the server's application, which startproject writes beside the
// settings. Settings at the top level, without a package, have it at the top level too.
func besideSettings(settingsModule, module string) string {
	project, _, inPackage := strings.Cut(settingsModule, ".")
	if !inPackage {
		return module
	}
	return project + "." + module
}

// derive fills in the defaults that follow from other values.
func (e *Environment) derive(stack string) {
	e.stack = stack
	if e.Namespace.Name == "" {
		e.Namespace.Name = names.Environment(names.MaxDNSLabel, e.App.Name, stack)
	}
	if e.App.WSGIModule == "" {
		e.App.WSGIModule = besideSettings(e.App.SettingsModule, "wsgi")
	}
	if e.App.ASGIModule == "" {
		e.App.ASGIModule = besideSettings(e.App.SettingsModule, "asgi")
	}
	e.Web.deriveServer()
	if e.Namespace.Egress == nil {
		e.Namespace.Egress = []Egress{defaultEgress()}
	}
	e.deriveVisibility()
	e.deriveStrategies()
	e.deriveBackups()
	e.deriveLimitRange()
	identifier := strings.ReplaceAll(e.App.Name, "-", "_")
	if e.Database.Name == "" {
		e.Database.Name = identifier
	}
	if e.Database.User == "" {
		e.Database.User = identifier
	}
	e.deriveIssuer()
	e.deriveRoutes()
	e.deriveCallers()
	e.deriveGrace()
	e.deriveBasePath()
	e.deriveCDN()
	if e.Broker.Kind == "" {
		e.Broker.Kind = None
		if e.usesCelery() {
			e.Broker.Kind = InCluster
		}
	}
	e.deriveBroker()
	e.deriveCache()
	e.Broker.TLS = cmp.Or(e.Broker.TLS, e.Namespace.TLS)
	e.deriveSearch()
	e.deriveConnections()
}
