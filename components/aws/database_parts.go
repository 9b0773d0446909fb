package aws

import (
	"fmt"
	"strconv"

	awsec2 "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	awsrds "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/aws/limits"
	"github.com/djangostack/djangostack/components/names"
	"github.com/djangostack/djangostack/components/random"
)

// databaseParts are the resources that a PostgreSQL server and its replicas share.
type databaseParts struct {
	// identifier of the server, known before it exists.
	identifier     pulumi.StringOutput
	subnetGroup    *awsrds.SubnetGroup
	parameterGroup *awsrds.ParameterGroup
	securityGroup  *awsec2.SecurityGroup
	password       pulumi.StringOutput
	// monitoringRole is the role of enhanced monitoring; nil without it.
	monitoringRole pulumi.StringPtrInput
	// prerequisites must exist before the server and outlive it.
	prerequisites []pulumi.Resource
}

const (
	// replicaLength is a replica's number after its primary's identifier.
	replicaLength = len("-replica-99")
	// authority is the default authority of new servers. It is valid until 2061
	// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html).
	authority = "rds-ca-rsa2048-g1"
)

func (a *DatabaseArgs) newParts(ctx *pulumi.Context, name string, parent pulumi.Resource) (*databaseParts, error) {
	suffix, err := random.NewSuffix(ctx, name+"-database-suffix", a.replacedBy(), parent)
	if err != nil {
		return nil, err
	}
	s := &databaseParts{identifier: pulumi.Sprintf("%s-%s", names.Fit(limits.MaxDatabaseIdentifier-replicaLength-random.SuffixLength, name), suffix)}

	s.subnetGroup, err = awsrds.NewSubnetGroup(ctx, name+"-database", &awsrds.SubnetGroupArgs{
		Description: pulumi.String("Private subnets of " + name),
		SubnetIds:   a.SubnetIDs,
		Tags:        a.Tags.For(name + "-database"),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the database's subnet group: %w", err)
	}
	s.parameterGroup, err = awsrds.NewParameterGroup(ctx, name+"-database", &awsrds.ParameterGroupArgs{
		Description: pulumi.String("Settings of " + name),
		Family:      pulumi.String("postgres" + strconv.Itoa(a.Version)),
		Parameters:  parameters(),
		Tags:        a.Tags.For(name + "-database"),
	}, pulumi.Parent(parent))
	if err != nil {
		return nil, fmt.Errorf("registering the database's parameter group: %w", err)
	}
	s.securityGroup, err = securityGroup{service: "the database of " + name, vpcID: a.VpcID, port: postgresPort, allowFrom: a.AllowFrom, tags: a.Tags}.
		register(ctx, name+"-database", parent)
	if err != nil {
		return nil, err
	}
	password, err := random.NewPassword(ctx, name+"-database-password", a.Data.Protected, parent)
	if err != nil {
		return nil, err
	}
	s.password = password.Result
	if err := s.newMonitoring(ctx, name, a, parent); err != nil {
		return nil, err
	}
	return s, nil
}

// replacedBy are the arguments whose change replaces the server. The new server gets a new
// identifier, because both exist for a while.
func (a *DatabaseArgs) replacedBy() pulumi.StringMap {
	keepers := pulumi.StringMap{"restoreFrom": pulumi.String(a.RestoreFrom)}
	if a.RestoreFrom != "" {
		return keepers
	}
	keepers["name"], keepers["user"] = pulumi.String(a.Name), pulumi.String(a.User)
	if a.KeyARN != nil {
		keepers["key"] = a.KeyARN
	}
	return keepers
}

// parameters of PostgreSQL. It logs slow statements and statements that change the schema.
// Statements that set a password never contain it in plain text, see the role Job.
func parameters() awsrds.ParameterGroupParameterArray {
	const immediate = "immediate"
	var all awsrds.ParameterGroupParameterArray
	for _, p := range [][3]string{
		{"log_connections", "1", immediate},
		{"log_disconnections", "1", immediate},
		{"log_lock_waits", "1", immediate},
		{"log_min_duration_statement", "1000", immediate},
		{"log_statement", "ddl", immediate},
		// Since PostgreSQL 15 this value is RDS' default, and RDS reports pending-reboot
		// for default values: with another apply method, every update would find a change
		// (terraform-provider-aws issue 39252). The group is complete before its server
		// starts.
		{"rds.force_ssl", "1", "pending-reboot"},
	} {
		all = append(all, awsrds.ParameterGroupParameterArgs{
			Name:        pulumi.String(p[0]),
			Value:       pulumi.String(p[1]),
			ApplyMethod: pulumi.String(p[2]),
		})
	}
	return all
}
