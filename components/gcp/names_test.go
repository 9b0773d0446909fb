package gcp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/components/gcp"
	"github.com/djangostack/djangostack/tests/mocks"
)

// The engine refuses two resources of a type with one name.
func TestResourcesOfDifferentHostsPeopleAndAddressesHaveDifferentNames(t *testing.T) {
	hosts := []string{"a.b.example.com", "a-b.example.com", "any.example.com", "*.example.com"}
	ran := mocks.Run(t, mocks.Known, withCertificate(func(a *gcp.CertificateArgs) { a.AlternativeNames = hosts }))
	assert.Len(t, namesOf(ran, "DnsAuthorization"), 4, "example.com proves *.example.com as well")
	assert.Len(t, namesOf(ran, "CertificateMapEntry"), 5)

	cluster := clusterArgs(arguments.ModeAuto)
	cluster.Admins = []string{"user:a.b@example.com", "user:a-b@example.com", "user:a@b.example.com", "group:a@example.com", "user:a@example.com"}
	ran = mocks.Run(t, mocks.Known, withCluster(cluster))
	assert.Len(t, namesOf(ran, "IAMMember"), 7, "and two of the nodes")
	assert.Len(t, namesOf(ran, "ClusterRoleBinding"), 5)

	budget := budgetArgs()
	budget.Emails = []string{"a.b@example.com", "a-b@example.com", "A.b@example.com", "ab@example.com"}
	ran = mocks.Run(t, mocks.Known, withBudget("blog", budget))
	assert.Len(t, namesOf(ran, "NotificationChannel"), 4)
}

// namesOf are the different names of the cloud's and the cluster's resources of a kind.
func namesOf(ran mocks.Program, kind string) map[string]bool {
	found := map[string]bool{}
	for _, one := range ran.OfKind(kind) {
		if one.Custom {
			found[one.Name] = true
		}
	}
	return found
}
