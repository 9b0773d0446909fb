package aws

import (
	"slices"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func brokers() kinds {
	return kinds{
		"mq/broker": {
			DisplayName: "MQ Broker", ID: "b-{uuid}", Name: &cloud.Name{Property: "brokerName", Max: 50, Separator: "-"},
			Defaults: vals{
				"applyImmediately": false, "autoMinorVersionUpgrade": false, "deploymentMode": "SINGLE_INSTANCE", "publiclyAccessible": false,
				"users.consoleAccess": false, "users.replicationUser": false, "encryptionOptions.useAwsOwnedKey": true,
			},
			ReplaceOn: []string{
				"brokerName", "dataReplicationPrimaryBrokerArn", "deploymentMode", "encryptionOptions", "engineType", "ldapServerMetadata",
				"publiclyAccessible", "storageType", "subnetIds",
			},
			Sets: []string{"users"}, Computed: []string{"subnetIds"},
			IgnoreDiff: func(before, after cloud.Values) []string {
				// RabbitMQ brokers read their users only when they are created.
				if strings.EqualFold(after.Text("engineType"), "RabbitMQ") {
					return []string{"users"}
				}
				return nil
			},
			Rules: rules{
				cloud.Match("brokerName", `^[0-9A-Za-z_-]{1,50}$`, "can contain only letters, digits, hyphens and underscores, and up to 50"),
				cloud.Match("engineType", `^(?i)(activemq|rabbitmq)$`, "is ActiveMQ or RabbitMQ"),
				cloud.Match("deploymentMode", `^(?i)(SINGLE_INSTANCE|ACTIVE_STANDBY_MULTI_AZ|CLUSTER_MULTI_AZ)$`, "is no deployment mode"),
				cloud.Length("users.username", 2, 100), cloud.Match("users.username", `^[0-9A-Za-z_.~-]+$`, "can contain only letters, digits, - . _ ~"), cloud.Length("users.password", 12, 250),
				cloud.Match("users.password", `^[^,:=]+$`, "must not have commas, colons or equal signs"),
				cloud.Match("maintenanceWindowStartTime.dayOfWeek", `^(?i)(MONDAY|TUESDAY|WEDNESDAY|THURSDAY|FRIDAY|SATURDAY|SUNDAY)$`, "is no day"),
				arn("encryptionOptions.kmsKeyId"),
				func(j *cloud.Validation) {
					if strings.EqualFold(j.Text("engineType"), "RabbitMQ") && slices.Contains(j.Texts("users.username"), "guest") {
						j.Fail("users.username", "guest is RabbitMQ's own user")
					}
					if strings.EqualFold(j.Text("engineType"), "RabbitMQ") && j.True("logs.audit") {
						j.Fail("logs.audit", "Can not be configured when engine is RabbitMQ")
					}
				},
			},
			References: []ref{
				points("subnetIds", "ec2/subnet"), points("securityGroups", "ec2/securityGroup"), key("encryptionOptions.kmsKeyId"),
				holds("configuration.id", "mq/configuration"),
			},
			Unique:   []string{"brokerName"},
			Conflict: code{Code: "ConflictException", Message: "Broker name [%s] already exists."},
			Outputs: vals{
				"arn": "arn:{partition}:mq:{region}:{account}:broker:{brokerName}:{id}", "authenticationStrategy": "simple", "storageType": "ebs",
				"dataReplicationMode": "NONE",
			},
			Apply: makeBroker,
		},
		"mq/configuration": {
			DisplayName: "MQ Configuration", ID: "c-{uuid}", Name: autoname(maxName),
			ReplaceOn: []string{"name", "engineType", "engineVersion", "authenticationStrategy"},
			Rules: rules{
				cloud.Length("name", 1, 150), cloud.Match("engineType", `^(?i)(activemq|rabbitmq)$`, "is ActiveMQ or RabbitMQ"),
			},
			Outputs: vals{
				"arn": "arn:{partition}:mq:{region}:{account}:configuration:{id}", "authenticationStrategy": "simple", "latestRevision": 1.0,
			},
			Missing: code{Code: "NotFoundException", Message: "Can't find requested configuration [%s]."},
		},
	}
}

func makeBroker(m *cloud.Operation) error {
	rabbit := strings.EqualFold(m.Text("engineType"), "RabbitMQ")
	if err := checkBroker(m, rabbit); err != nil {
		return err
	}
	host := m.ID + ".mq." + m.Scope.Region + ".on.aws"
	endpoints := list("amqps://" + host + ":5671")
	console := "https://" + host
	if !rabbit {
		endpoints, console = list("ssl://"+host+":61617", "amqp+ssl://"+host+":5671", "stomp+ssl://"+host+":61614"), console+":8162"
	}
	m.Values["instances"] = []any{vals{"consoleUrl": console, "endpoints": endpoints, "ipAddress": ""}}
	if !m.Has("configuration") {
		m.Values["configuration"] = vals{"id": m.Template("c-{uuid}"), "revision": 1.0}
	}
	if !m.Has("maintenanceWindowStartTime") {
		m.Values["maintenanceWindowStartTime"] = vals{"dayOfWeek": "SUNDAY", "timeOfDay": "03:00", "timeZone": "UTC"}
	}
	if m.True("logs.general") {
		writesLogs(m, "/aws/amazonmq/broker/"+m.ID+"/general", "Amazon MQ created it; its name has the broker's id, so no program could create it first")
	}
	interfaces(m, "MQ broker "+m.ID, m.True("publiclyAccessible"), m.Texts("subnetIds"), m.Texts("securityGroups"))
	return nil
}

func checkBroker(m *cloud.Operation, rabbit bool) error {
	mode, host, version := strings.ToUpper(m.Text("deploymentMode")), m.Text("hostInstanceType"), m.Text("engineVersion")
	bad := func(format string, values ...any) error {
		return cloud.Refuse("BadRequestException", format, values...)
	}
	subnets := len(m.Texts("subnetIds"))
	switch {
	case rabbit && mode == "ACTIVE_STANDBY_MULTI_AZ", !rabbit && mode == "CLUSTER_MULTI_AZ":
		return bad("Broker engine type [%s] does not support deployment mode [%s].", m.Text("engineType"), mode)
	case !strings.HasPrefix(host, "mq."), rabbit && strings.HasPrefix(host, "mq.t2."), mode == "CLUSTER_MULTI_AZ" && host == "mq.t3.micro":
		return bad("Broker instance type [%s] does not support broker engine type [%s] with deployment mode [%s].", host, m.Text("engineType"), mode)
	case mode == "SINGLE_INSTANCE" && subnets > 1:
		return bad("Specify exactly one subnet for deployment mode SINGLE_INSTANCE (given: %d).", subnets)
	case mode == "ACTIVE_STANDBY_MULTI_AZ" && subnets != 2 && subnets != 0:
		return bad("Specify exactly two subnets for deployment mode ACTIVE_STANDBY_MULTI_AZ (given: %d).", subnets)
	case rabbit && (version == "3.13" || version >= "4") && !m.True("autoMinorVersionUpgrade"):
		return bad("Broker engine version [%s] requires autoMinorVersionUpgrade to be true.", version)
	case rabbit && m.True("publiclyAccessible") && m.Has("securityGroups"):
		return bad("Security groups are not supported for public RabbitMQ brokers.")
	case rabbit && len(m.Objects("users")) != 1:
		return bad("A RabbitMQ broker is created with exactly one user (given: %d).", len(m.Objects("users")))
	}
	return nil
}
