package gcp

import (
	"errors"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// enabledAPI is an API that is enabled in the project. It differs from the resource projects/service, which can be
// deleted while the API stays enabled.
const enabledAPI = "gcp:serviceusage#enabled"

// apiOf returns the API that creates a type.
func apiOf(short string) string {
	if api, special := map[string]string{
		"projects/iAMMember": "cloudresourcemanager", "projects/iAMAuditConfig": "cloudresourcemanager",
		"projects/iAMCustomRole": "iam", "projects/service": "serviceusage", "projects/serviceIdentity": "serviceusage",
	}[short]; special {
		return api + ".googleapis.com"
	}
	family, _, _ := strings.Cut(short, "/")
	return map[string]string{
		"artifactregistry": "artifactregistry", "billing": "billingbudgets", "certificatemanager": "certificatemanager",
		"compute": "compute", "container": "container", "dns": "dns", "kms": "cloudkms", "monitoring": "monitoring",
		"redis": "redis", "secretmanager": "secretmanager", "serviceaccount": "iam", "sql": "sqladmin", "storage": "storage",
	}[family] + ".googleapis.com"
}

// fromTheStart are the APIs that a new project has enabled, as far as the tables need them.
// https://cloud.google.com/service-usage/docs/enabled-service#default
func fromTheStart() []string {
	return []string{
		"cloudapis.googleapis.com", "logging.googleapis.com", "monitoring.googleapis.com", "servicemanagement.googleapis.com",
		"serviceusage.googleapis.com", "storage-api.googleapis.com", "storage-component.googleapis.com", "storage.googleapis.com",
	}
}

// allowed creates a resource only in an existing project that has the API enabled.
func allowed(api string, makes func(*cloud.Operation) error) func(*cloud.Operation) error {
	return func(m *cloud.Operation) error {
		if m.New() {
			if err := projectAllows(m, api); err != nil {
				return err
			}
		}
		if makes == nil {
			return nil
		}
		return makes(m)
	}
}

func projectAllows(m *cloud.Operation, api string) error {
	project := m.Text("project")
	switch {
	case m.HasInput("project") && project == "":
		return errors.New("project: required field is not set")
	case project != "" && project != m.Scope.Account && project != m.Scope.Names["number"]:
		return cloud.Refuse("403 forbidden", "The caller does not have permission: this is the project %s, and not %s", m.Scope.Account, project)
	case isOn(m, api):
		return nil
	}
	return cloud.Refuse("403 accessNotConfigured", "%s has not been used in project %s before or it is disabled. Enable it by visiting "+
		"https://console.developers.google.com/apis/api/%s/overview?project=%s then retry. If you enabled this API recently, wait a few "+
		"minutes for the action to propagate to our systems and retry.", api, m.Scope.Names["number"], api, m.Scope.Names["number"])
}

func isOn(m *cloud.Operation, api string) bool { return len(m.Find(enabledAPI, "service", api)) > 0 }
