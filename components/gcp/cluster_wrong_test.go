package gcp_test

import (
	"testing"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
)

func TestWrongClustersAreNamed(t *testing.T) {
	for want, change := range map[string]func(*gcp.ClusterArgs){
		`Cluster: Name is "1blog"; it must begin with`:            func(a *gcp.ClusterArgs) { a.Name = "1blog" },
		`Cluster: Project is "Blog"`:                              func(a *gcp.ClusterArgs) { a.Project = "Blog" },
		`Cluster: Region is "eu-central-1", which is no region`:   func(a *gcp.ClusterArgs) { a.Region = "eu-central-1" },
		`Cluster: Version is "1.35.2"; allowed is a minor`:        func(a *gcp.ClusterArgs) { a.Version = "1.35.2" },
		`Cluster: Mode is "fargate"; allowed are auto, nodes`:     func(a *gcp.ClusterArgs) { a.Mode = "fargate" },
		`Cluster: ReleaseChannel is "latest"; allowed are rapid`:  func(a *gcp.ClusterArgs) { a.ReleaseChannel = "latest" },
		`Cluster: WorkloadLogs is "some"; allowed are off, on`:    func(a *gcp.ClusterArgs) { a.WorkloadLogs = "some" },
		`Cluster: LogTypes is "audit"; allowed are api-server`:    func(a *gcp.ClusterArgs) { a.LogTypes = []string{"audit"} },
		`Cluster: Maintenance.Days is ""`:                         func(a *gcp.ClusterArgs) { a.Maintenance.Days = "" },
		"Cluster: Maintenance.StartHour is 24; allowed is 0 to":   func(a *gcp.ClusterArgs) { a.Maintenance.StartHour = 24 },
		"Cluster: Maintenance.Hours is 5; allowed is 6 to 24":     func(a *gcp.ClusterArgs) { a.Maintenance.Hours = 5 },
		`Cluster: Volumes.DeletionPolicy is ""`:                   func(a *gcp.ClusterArgs) { a.Volumes.DeletionPolicy = "" },
		`Cluster: Endpoint.Access is "public"`:                    func(a *gcp.ClusterArgs) { a.Endpoint.Access = "public" },
		"Cluster: Endpoint.AllowedCIDRs is required when":         func(a *gcp.ClusterArgs) { a.Endpoint.AllowedCIDRs = nil },
		`AllowedCIDRs has "203.0.113.7/24", which is no range`:    func(a *gcp.ClusterArgs) { a.Endpoint.AllowedCIDRs = []string{"203.0.113.7/24"} },
		"has 203.0.113.0/24; allowed are private addresses":       func(a *gcp.ClusterArgs) { a.Endpoint.Access = arguments.EndpointPrivate },
		`Cluster: Admins has "ada@example.com"; allowed are user`: func(a *gcp.ClusterArgs) { a.Admins = []string{"ada@example.com"} },
		`Cluster: Admins has "user:Ada@example.com"; allowed are`: func(a *gcp.ClusterArgs) { a.Admins = []string{"user:Ada@example.com"} },
		"Cluster: Admins has user:ada@example.com twice":          func(a *gcp.ClusterArgs) { a.Admins = []string{"user:ada@example.com", "user:ada@example.com"} },
		"Cluster: Admins has groups of example.com and example.n": func(a *gcp.ClusterArgs) { a.Admins = []string{"group:a@example.com", "group:a@example.net"} },
		`Cluster: Labels[owner] is "Ada"`:                         func(a *gcp.ClusterArgs) { a.Labels = gcp.Labels{"owner": "Ada"} },
		"Cluster: Nodes has no meaning when Mode is auto":         func(a *gcp.ClusterArgs) { a.Nodes = clusterArgs(arguments.ModeNodes).Nodes },
		"Cluster: Zones has no meaning when Mode is auto":         func(a *gcp.ClusterArgs) { a.Zones = clusterArgs(arguments.ModeNodes).Zones },
	} {
		args := clusterArgs(arguments.ModeAuto)
		change(args)
		refusedWith(t, withCluster(args), want)
	}
	refusedWith(t, withCluster(&gcp.ClusterArgs{}), "Cluster: Name is required", "Cluster: Project is required", "Cluster: Region is required",
		"Cluster: Version is required", "Cluster: NetworkID is required", "Cluster: SubnetID is required", "Cluster: PodsRange is required",
		"Cluster: ServicesRange is required", "Cluster: EndpointSubnetID is required", "Cluster: Mode is", "Cluster: Endpoint.Access is",
		"Cluster: ReleaseChannel is", "Cluster: Maintenance.Days is", "Cluster: Volumes.DeletionPolicy is")
}

func TestWrongNodesAreNamed(t *testing.T) {
	for want, change := range map[string]func(*gcp.ClusterArgs){
		"Cluster: Nodes is required":                            func(a *gcp.ClusterArgs) { a.Nodes = nil },
		`Cluster: Zones has "europe-west4-a"; allowed are zone`: func(a *gcp.ClusterArgs) { a.Zones[0] = "europe-west4-a" },
		`Cluster: Zones has "europe-west3"; allowed are zones`:  func(a *gcp.ClusterArgs) { a.Zones[0] = region },
		"Cluster: Zones has europe-west3-b twice":               func(a *gcp.ClusterArgs) { a.Zones[0] = region + "-b" },
		`Cluster: Nodes.MachineType is "m7i.large"`:             func(a *gcp.ClusterArgs) { a.Nodes.MachineType = "m7i.large" },
		`Cluster: Nodes.Capacity is "cheap"`:                    func(a *gcp.ClusterArgs) { a.Nodes.Capacity = "cheap" },
		"Cluster: Nodes.DiskGiB is 10; allowed is 20 to 65536":  func(a *gcp.ClusterArgs) { a.Nodes.DiskGiB = 10 },
		"Cluster: Nodes.Min and Max are 0 and 9":                func(a *gcp.ClusterArgs) { a.Nodes.Min = 0 },
		"Cluster: Nodes.Min and Max are 3 and 2":                func(a *gcp.ClusterArgs) { a.Nodes.Max = 2 },
		"a node for each of 3 zones":                            func(a *gcp.ClusterArgs) { a.Zones, a.Nodes.Min, a.Nodes.Max = nil, 1, 2 },
		"Cluster: Nodes.Min and Max are 1 and 2":                func(a *gcp.ClusterArgs) { a.Nodes.Min, a.Nodes.Max = 1, 2 },
	} {
		args := clusterArgs(arguments.ModeNodes)
		change(args)
		refusedWith(t, withCluster(args), want)
	}
}
