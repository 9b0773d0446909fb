package gcp

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

func answers() map[string]func(*cloud.Call) (cloud.Values, error) {
	all := moreAnswers()
	maps.Copy(all, map[string]func(*cloud.Call) (cloud.Values, error){
		"gcp:organizations/getProject:getProject": func(c *cloud.Call) (cloud.Values, error) {
			project := projectOf(c, "projectId")
			if project != c.Scope.Account {
				return nil, cloud.Refuse("403 forbidden", "project %s was not found in list of all projects; this is %s", project, c.Scope.Account)
			}
			return vals{
				"id": "projects/" + project, "projectId": project, "name": project, "number": c.Scope.Names["number"],
				"autoCreateNetwork": false, "skipDelete": false,
			}, nil
		},
		"gcp:organizations/getClientConfig:getClientConfig": func(c *cloud.Call) (cloud.Values, error) {
			return vals{
				"id": c.Scope.Account, "project": projectOf(c, "project"), "region": c.Scope.Defaults.Text("region"),
				"zone": c.Scope.Defaults.Text("zone"), "accessToken": "ya29.emulated", "defaultLabels": c.Scope.Tags,
			}, nil
		},
		"gcp:compute/getZones:getZones": func(c *cloud.Call) (cloud.Values, error) {
			region := c.Text("region")
			if region == "" {
				region = c.Scope.Defaults.Text("region")
			}
			if zonesOf(region) == nil {
				return nil, cloud.Refuse("400 invalid", "Invalid value for field 'region': %q", region)
			}
			return vals{"id": "projects/" + projectOf(c, "project") + "/regions/" + region, "region": region, "names": list(zonesOf(region)...)}, nil
		},
		"gcp:compute/getNetwork:getNetwork":       named("compute/network", "name"),
		"gcp:compute/getSubnetwork:getSubnetwork": named("compute/subnetwork", "name"),
		"gcp:storage/getProjectServiceAccount:getProjectServiceAccount": func(c *cloud.Call) (cloud.Values, error) {
			email := "service-" + c.Scope.Names["number"] + "@gs-project-accounts.iam.gserviceaccount.com"
			return vals{"id": email, "emailAddress": email, "member": "serviceAccount:" + email, "project": projectOf(c, "project")}, nil
		},
	})
	return all
}

// digestOf returns 64 hex digits that are always the same for a text.
func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// projectOf returns the project of a call.
func projectOf(c *cloud.Call, argument string) string {
	if given := c.Text(argument); given != "" {
		return strings.TrimPrefix(given, "projects/")
	}
	return c.Scope.Defaults.Text("project")
}

// named returns a function that finds a resource by a property.
func named(short, property string) func(*cloud.Call) (cloud.Values, error) {
	return func(c *cloud.Call) (cloud.Values, error) {
		found := c.Find(Token(short), property, last(c.Text(property)))
		if len(found) == 0 {
			return nil, cloud.Refuse("404 notFound", "The resource '%s' was not found", c.Text(property))
		}
		return found[0], nil
	}
}
