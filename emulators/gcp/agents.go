package gcp

import (
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// agent is a service agent: the service account that a Google service uses in a project.
// https://cloud.google.com/iam/docs/service-agents
type agent struct {
	service, domain string
	// byItself means that enabling the API creates the agent. The others are created on request.
	byItself bool
}

func agents() []agent {
	return []agent{
		{service: "container.googleapis.com", domain: "container-engine-robot", byItself: true},
		{service: "compute.googleapis.com", domain: "compute-system", byItself: true},
		{service: "storage.googleapis.com", domain: "gs-project-accounts", byItself: true},
		{service: "redis.googleapis.com", domain: "cloud-redis", byItself: true},
		{service: "sqladmin.googleapis.com", domain: "gcp-sa-cloud-sql"},
		{service: "artifactregistry.googleapis.com", domain: "gcp-sa-artifactregistry"},
		{service: "secretmanager.googleapis.com", domain: "gcp-sa-secretmanager"},
		{service: "pubsub.googleapis.com", domain: "gcp-sa-pubsub"},
		{service: "logging.googleapis.com", domain: "gcp-sa-logging"},
	}
}

func agentOf(service string) agent {
	for _, one := range agents() {
		if one.service == service {
			return one
		}
	}
	return agent{service: service, domain: "gcp-sa-" + strings.TrimSuffix(service, ".googleapis.com")}
}

func (a agent) email(m *cloud.Operation) string {
	return "service-" + m.Scope.Names["number"] + "@" + a.domain + ".iam.gserviceaccount.com"
}

func (a agent) exists(m *cloud.Operation) bool {
	if a.byItself && isOn(m, a.service) {
		return true
	}
	return len(m.Find(serviceAgent, "email", a.email(m))) > 0
}

// serviceAgent is an agent that was created on request. It is never deleted.
const serviceAgent = "gcp:serviceusage/serviceAgent"
