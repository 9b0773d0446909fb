package mocks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

const (
	// Project is the Google Cloud project of the mocks.
	Project = "djangostack-tests"
	// ProjectNumber is the project's number.
	ProjectNumber = "314159265358"
)

// answerGCP gives every resource a name, and some resources the outputs that others read.
func answerGCP(in *pulumirpc.RegisterResourceRequest, state resource.PropertyMap) {
	name := in.GetName()
	put := func(answers map[string]any) {
		for key, value := range answers {
			if !state.HasValue(resource.PropertyKey(key)) {
				state[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
			}
		}
	}
	put(platformOfGCP(in.GetType(), name, state))
	put(servicesOfGCP(in.GetType(), name, state))
	put(map[string]any{"name": name + "-1a2b3c4"})
	if in.GetType() == "gcp:container/cluster:Cluster" {
		state["masterAuth"] = resource.NewPropertyValue(map[string]any{"clusterCaCertificate": "Y2VydGlmaWNhdGU="})
	}
}

// platformOfGCP gives identities, keys and the cluster the outputs that others read.
func platformOfGCP(kind, name string, inputs resource.PropertyMap) map[string]any {
	switch kind {
	case "gcp:serviceaccount/account:Account":
		email := fmt.Sprintf("%s@%s.iam.gserviceaccount.com", textOf(inputs["accountId"]), Project)
		return map[string]any{"email": email, "member": "serviceAccount:" + email, "name": "projects/" + Project + "/serviceAccounts/" + email}
	case "gcp:projects/serviceIdentity:ServiceIdentity":
		service, _, _ := strings.Cut(textOf(inputs["service"]), ".")
		email := fmt.Sprintf("service-%s@gcp-sa-%s.iam.gserviceaccount.com", ProjectNumber, service)
		return map[string]any{"email": email, "member": "serviceAccount:" + email}
	case "gcp:storage/hmacKey:HmacKey":
		return map[string]any{"accessId": "GOOG1EACCESSID", "secret": "of-the-access-key"}
	case "gcp:container/cluster:Cluster":
		return map[string]any{"endpoint": "203.0.113.7"}
	case "gcp:billing/budget:Budget":
		return map[string]any{"name": "budget-of-" + name}
	default:
		return nil
	}
}

// lookUpOnGCP answers functions about the project and Google's service agents.
func lookUpOnGCP(token string) map[string]any {
	switch token {
	case "gcp:organizations/getProject:getProject":
		return map[string]any{"number": ProjectNumber, "projectId": Project}
	case "gcp:storage/getProjectServiceAccount:getProjectServiceAccount":
		email := fmt.Sprintf("service-%s@gs-project-accounts.iam.gserviceaccount.com", ProjectNumber)
		return map[string]any{"emailAddress": email, "member": "serviceAccount:" + email, "project": Project}
	default:
		return namesOnGCP(token)
	}
}
