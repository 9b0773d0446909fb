package aws_test

import (
	"testing"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/aws"
)

func TestWrongClustersAreNamed(t *testing.T) {
	for want, change := range map[string]func(*aws.ClusterArgs){
		`Region is "europe"`:                                  func(a *aws.ClusterArgs) { a.Region = "europe" },
		`Version is "1.35.1"; allowed is a minor version`:     func(a *aws.ClusterArgs) { a.Version = "1.35.1" },
		`Mode is "fargate"; allowed are auto, nodes`:          func(a *aws.ClusterArgs) { a.Mode = "fargate" },
		"AllowedCIDRs has no meaning when Access is private":  func(a *aws.ClusterArgs) { a.Endpoint.Access = arguments.EndpointPrivate },
		"AllowedCIDRs is required when Access is public":      func(a *aws.ClusterArgs) { a.Endpoint.AllowedCIDRs = nil },
		`AllowedCIDRs has "203.0.113.7/24"`:                   func(a *aws.ClusterArgs) { a.Endpoint.AllowedCIDRs[0] = "203.0.113.7/24" },
		`LogTypes is "kubelet"`:                               func(a *aws.ClusterArgs) { a.LogTypes = []string{"kubelet"} },
		`WorkloadLogs is "some"`:                              func(a *aws.ClusterArgs) { a.WorkloadLogs = "some" },
		"LogRetentionDays is 43":                              func(a *aws.ClusterArgs) { a.LogTypes, a.LogRetentionDays = nil, 43 },
		"LogRetentionDays is 42":                              func(a *aws.ClusterArgs) { a.LogRetentionDays = 42 },
		`Admins has "arn:aws:sts::123456789012:assumed-role/`: func(a *aws.ClusterArgs) { a.Admins = []string{"arn:aws:sts::123456789012:assumed-role/deployer/me"} },
		"Admins has " + deployer + " twice":                   func(a *aws.ClusterArgs) { a.Admins = []string{deployer, deployer} },
		`AddonVersions is "calico"`:                           func(a *aws.ClusterArgs) { a.AddonVersions = map[string]string{"calico": "v3"} },
		"Login.SessionName and ExternalID go with RoleARN":    func(a *aws.ClusterArgs) { a.Login.ExternalID = "x" },
		"Login.RoleARN is not the ARN":                        func(a *aws.ClusterArgs) { a.Login.RoleARN = "deployer" },
		`Volumes.DeletionPolicy is ""`:                        func(a *aws.ClusterArgs) { a.Volumes = aws.Volumes{} },
		"Nodes.Min, Desired and Max are 4, 3 and 6":           func(a *aws.ClusterArgs) { a.Nodes.Min = 4 },
		"Nodes.Max is 451; allowed are up to 450":             func(a *aws.ClusterArgs) { a.Nodes.Max = 451 },
		`AllowedCIDRs has "10.0.0.0/8", whose`:                func(a *aws.ClusterArgs) { a.Endpoint.AllowedCIDRs[0] = "10.0.0.0/8" },
		"AllowedCIDRs are 41; EKS takes up to 40":             func(a *aws.ClusterArgs) { a.Endpoint.AllowedCIDRs = make([]string, 41) },
		`AddonVersions[coredns] is "1.12"`:                    func(a *aws.ClusterArgs) { a.AddonVersions = map[string]string{"coredns": "1.12"} },
		"Nodes.DiskGiB is 5":                                  func(a *aws.ClusterArgs) { a.Nodes.DiskGiB = 5 },
		`Nodes.Capacity is "cheap"`:                           func(a *aws.ClusterArgs) { a.Nodes.Capacity = "cheap" },
		`Nodes.InstanceTypes has "large"`:                     func(a *aws.ClusterArgs) { a.Nodes.InstanceTypes = []string{"large"} },
		"which is not amd64 as the others":                    func(a *aws.ClusterArgs) { a.Nodes.InstanceTypes = []string{"m7i.large", "m7g.large"} },
		"Nodes is required":                                   func(a *aws.ClusterArgs) { a.Nodes = nil },
		"Nodes has no meaning when Mode is auto":              func(a *aws.ClusterArgs) { a.Mode = arguments.ModeAuto },
	} {
		args := clusterArgs(arguments.ModeNodes)
		change(args)
		refusedWith(t, withCluster(args), "Cluster: ", want)
	}
	refusedWith(t, withCluster(&aws.ClusterArgs{}), "Cluster: Name is required", "Cluster: Region is required",
		"Cluster: Version is required", "Cluster: SubnetIDs is required", "Cluster: Admins is required", `Cluster: Mode is ""`, `Cluster: Endpoint.Access is ""`)
}
