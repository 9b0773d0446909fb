package gcp

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/djangostack/djangostack/emulators/cloud"
)

// scope reads the provider's arguments. It needs no credentials and ignores them.
func scope(number string) func(*cloud.Account, cloud.Values) (cloud.Scope, error) {
	return func(account *cloud.Account, config cloud.Values) (cloud.Scope, error) {
		region, zone := config.Text("region"), last(config.Text("zone"))
		switch {
		case region != "" && zonesOf(region) == nil:
			return cloud.Scope{}, fmt.Errorf("Unknown region: %s", region)
		case zone != "" && !slices.Contains(zonesOf(regionOf(zone)), zone):
			return cloud.Scope{}, fmt.Errorf("Unknown zone: %s", zone)
		case config.Has("project") && config.Known("project") && config.Text("project") == "":
			return cloud.Scope{}, errors.New("project is an empty text")
		}
		defaults := vals{}
		for name, value := range map[string]string{"project": config.Text("project"), "region": region, "zone": zone} {
			if value != "" {
				defaults[name] = value
			}
		}
		labels := vals{}
		if given, ok := config["defaultLabels"].(cloud.Values); ok {
			maps.Copy(labels, given)
		}
		if config.True("addTerraformAttributionLabel") {
			labels["goog-pulumi-provisioned"] = "true"
		}
		return cloud.Scope{
			Account: account.ID, Tags: labels, Defaults: defaults, Names: map[string]string{"number": number},
		}, nil
	}
}

// numberOf returns the project's number.
func numberOf(scope cloud.Scope) float64 {
	number, err := strconv.ParseFloat(scope.Names["number"], 64)
	if err != nil {
		return 0
	}
	return number
}

// prepare sets all labels of resources that have labels.
func prepare(m *cloud.Operation) {
	if m.HasOutput("effectiveLabels") {
		m.Values["effectiveLabels"], m.Values["pulumiLabels"] = m.Everything("labels"), m.Everything("labels")
	}
}

// Limits of labels. https://cloud.google.com/compute/docs/labeling-resources#requirements
const mostLabels = 64

// labelRule checks the labels at a path.
func labelRule(path string) cloud.Rule {
	key := regexp.MustCompile(`^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$`)
	value := regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$`)
	return func(j *cloud.Validation) {
		for _, labels := range j.Objects(path) {
			if len(labels) > mostLabels {
				j.Fail(path, "a resource has %d labels at most (got %d)", mostLabels, len(labels))
			}
			for _, name := range slices.Sorted(maps.Keys(labels)) {
				text, isText := labels[name].(string)
				if !key.MatchString(name) || isText && !value.MatchString(text) {
					j.Fail(path+"."+name, "keys and values of labels have 63 characters at most, of lower-case letters, digits, _ and -, "+
						"and keys begin with a letter")
				}
			}
		}
	}
}

// regionOf returns the region of a zone.
func regionOf(zone string) string { return zone[:max(strings.LastIndex(zone, "-"), 0)] }

// zonesOf returns the zones of a region. https://cloud.google.com/compute/docs/regions-zones
func zonesOf(region string) []string {
	letters := map[string]string{"us-central1": "abcf", "us-east1": "bcd", "europe-west1": "bcd"}[region]
	if letters == "" {
		if !slices.Contains(regions(), region) {
			return nil
		}
		letters = "abc"
	}
	var zones []string
	for _, letter := range letters {
		zones = append(zones, region+"-"+string(letter))
	}
	return zones
}

func regions() []string {
	return []string{
		"africa-south1", "asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3", "asia-south1",
		"asia-south2", "asia-southeast1", "asia-southeast2", "australia-southeast1", "australia-southeast2", "europe-central2",
		"europe-north1", "europe-southwest1", "europe-west1", "europe-west10", "europe-west12", "europe-west2", "europe-west3",
		"europe-west4", "europe-west6", "europe-west8", "europe-west9", "me-central1", "me-central2", "me-west1",
		"northamerica-northeast1", "northamerica-northeast2", "southamerica-east1", "southamerica-west1", "us-central1",
		"us-east1", "us-east4", "us-east5", "us-south1", "us-west1", "us-west2", "us-west3", "us-west4",
	}
}
