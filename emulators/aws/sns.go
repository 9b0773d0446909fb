package aws

import "github.com/djangostack/djangostack/emulators/cloud"

// topics are those of SNS. A topic of a name that exists is the same topic, and its subscriptions are kept.
func topics() kinds {
	return kinds{
		"sns/topic": {
			DisplayName: "SNS Topic", ID: "arn:{partition}:sns:{region}:{account}:{name}", Name: autoname(256),
			Defaults:  vals{"fifoTopic": false},
			ReplaceOn: []string{"name", "namePrefix", "fifoTopic"}, JSON: []string{"policy", "deliveryPolicy", "archivePolicy"},
			Rules: []cloud.Rule{
				cloud.Match("name", `^[A-Za-z0-9_-]{1,256}(\.fifo)?$`, "is no name of a topic: letters, digits, - and _, 256 at most"),
				policyAt("policy", true),
			},
			References: []ref{key("kmsMasterKeyId")},
			Missing:    code{Code: "NotFound", Message: "Topic does not exist: %s"},
			Outputs: vals{
				"arn": "{id}", "owner": "{account}", "signatureVersion": 0.0, "tracingConfig": "", "beginningArchiveTime": "", "fifoThroughputScope": "",
				"policy": `{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:Publish"],"Resource":"{id}","Condition":{"StringEquals":{"AWS:SourceOwner":"{account}"}}}]}`,
			},
		},
		// The address confirms its subscription itself. Until then nothing is sent, and nothing can be unsubscribed.
		"sns/topicSubscription": {
			DisplayName: "SNS Topic Subscription", ID: "{topic}:{uuid}",
			Defaults:  vals{"rawMessageDelivery": false, "confirmationTimeoutInMinutes": 1.0, "endpointAutoConfirms": false},
			ReplaceOn: []string{"topic", "protocol", "endpoint"},
			Rules: []cloud.Rule{
				cloud.OneOf("protocol", "application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"), arn("topic"),
				func(j *cloud.Validation) {
					if j.Text("protocol") == "email" {
						cloud.Match("endpoint", `^[^@\s]+@[^@\s]+$`, "Invalid parameter: Email address")(j)
					}
				},
			},
			References: []ref{points("topic", "sns/topic", "arn")},
			Outputs:    vals{"arn": "{id}", "ownerId": "{account}", "pendingConfirmation": true, "confirmationWasAuthenticated": false, "filterPolicyScope": ""},
		},
	}
}
