package gcp_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

const (
	region = "europe-west3"
	aKey   = "projects/djangostack-tests/locations/europe-west3/keyRings/blog/cryptoKeys/blog"
)

// environment are the labels that everything in these tests carries.
var environment = gcp.Labels{"djangostack-environment": "dev", "djangostack-owner": "web-team"}

// refusedWith runs a program that must fail before anything is registered.
func refusedWith(t *testing.T, program pulumi.RunFunc, wants ...string) {
	t.Helper()
	mocks.Refused(t, program, wants...)
}

// everythingIsLabelled fails for a resource of Google Cloud without the environment's
// labels, but for those that can carry none.
func everythingIsLabelled(t *testing.T, ran mocks.Program, bare ...string) {
	t.Helper()
	labelled := 0
	for _, r := range ran.Resources {
		if !strings.HasPrefix(r.Type, "gcp:") || slices.Contains(bare, r.Kind()) {
			continue
		}
		labelled++
		for key, want := range environment {
			assert.Equal(t, want, labelOf(t, r, key), "%s %s", r.Kind(), r.Name)
		}
	}
	assert.Positive(t, labelled)
}

// labelOf is a label by whichever of its names the resource has for labels.
func labelOf(t *testing.T, r mocks.Resource, key string) any {
	t.Helper()
	for _, argument := range []string{"labels", "resourceLabels", "userLabels", "nodeConfig.resourceLabels", "settings.userLabels"} {
		if found := r.At(t, argument+`["`+key+`"]`); found != nil {
			return found
		}
	}
	return nil
}

// descendsFrom fails for a resource that has no place below the component.
func descendsFrom(t *testing.T, ran mocks.Program, kind, name string) {
	t.Helper()
	ran.DescendFrom(t, kind, name)
}

func TestWrongLabelsAreNamed(t *testing.T) {
	for want, labels := range map[string]gcp.Labels{
		`Key: Labels has the key "djangostack/owner"`: {"djangostack/owner": "web-team"},
		`Key: Labels has the key "Owner"`:             {"Owner": "web-team"},
		`Key: Labels has the key "1st"`:               {"1st": "web-team"},
		`Key: Labels[owner] is "Web Team"`:            {"owner": "Web Team"},
		`Key: Labels[owner] is "aaaa`:                 {"owner": strings.Repeat("a", 64)},
	} {
		args := keyArgs()
		args.Labels = labels
		refusedWith(t, withKey(args), want)
	}
	many := gcp.Labels{}
	for i := range 65 {
		many["label"+strings.Repeat("x", i%60)+string(rune('a'+i/60))] = ""
	}
	args := keyArgs()
	args.Labels = many
	refusedWith(t, withKey(args), "Key: Labels are 65; allowed are 64")
}

func TestMoreLabelsLeaveTheOthersAsTheyAre(t *testing.T) {
	more := environment.With("part", "cache")
	assert.Len(t, more, 3)
	assert.Len(t, environment, 2)
	assert.Equal(t, "cache", more["part"])
}

func servicesArgs() *gcp.ServicesArgs {
	return &gcp.ServicesArgs{Project: mocks.Project, APIs: gcp.PlatformAPIs()}
}

func withServices(args *gcp.ServicesArgs) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := gcp.NewServices(ctx, "blog", args)
		return err
	}
}

func TestAPIsAreTurnedOnAndNeverOff(t *testing.T) {
	for _, outputs := range mocks.Both() {
		ran := mocks.Run(t, outputs, withServices(servicesArgs()))
		require.Len(t, ran.OfKind("Service"), len(gcp.PlatformAPIs()))
		for _, api := range ran.OfKind("Service") {
			assert.Equal(t, false, api.At(t, "disableOnDestroy"), api.Name)
			assert.Equal(t, false, api.At(t, "disableDependentServices"), api.Name)
			assert.Equal(t, mocks.Project, api.At(t, "project"))
		}
		assert.Equal(t, "container.googleapis.com", ran.Find(t, "Service", "blog-container").At(t, "service"))
		descendsFrom(t, ran, "Services", "blog")
	}
}

func TestWrongServicesAreNamed(t *testing.T) {
	refusedWith(t, withServices(&gcp.ServicesArgs{}), "Services: Project is required", "Services: APIs is required")
	args := servicesArgs()
	args.Project, args.APIs = "Blog", []string{"container", "dns.googleapis.com", "dns.googleapis.com"}
	refusedWith(t, withServices(args), `Services: Project is "Blog"`, `Services: APIs has "container"`, "Services: APIs has dns.googleapis.com twice")
}
