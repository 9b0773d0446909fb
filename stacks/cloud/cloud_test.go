package cloud_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/arguments"
	"github.com/djangostack/djangostack/stacks/cloud"
	"github.com/djangostack/djangostack/stacks/spec"
)

func TestEndpointIsOpenUnlessBlocksAreNamed(t *testing.T) {
	assert.Equal(t, arguments.Endpoint{Access: arguments.EndpointPrivate}, cloud.Endpoint(spec.Endpoint{Access: "private"}))
	assert.Equal(t, []string{"0.0.0.0/0"}, cloud.Endpoint(spec.Endpoint{Access: "public"}).AllowedCIDRs)
	named := []string{"203.0.113.0/24"}
	assert.Equal(t, named, cloud.Endpoint(spec.Endpoint{Access: "public", AllowedCIDRs: named}).AllowedCIDRs)
}

func TestCORSKeepsEveryField(t *testing.T) {
	rule := spec.CORSRule{Origins: []string{"o"}, Methods: []string{"GET"}, Headers: []string{"h"}, Expose: []string{"e"}, MaxAgeSeconds: 7}
	assert.Equal(t, []arguments.CORSRule{{Origins: []string{"o"}, Methods: []string{"GET"}, Headers: []string{"h"}, Expose: []string{"e"}, MaxAgeSeconds: 7}}, cloud.CORS([]spec.CORSRule{rule}))
	assert.Empty(t, cloud.CORS(nil))
}

func TestDatabaseServerGrowsAsConfigured(t *testing.T) {
	for _, row := range []struct {
		storage, maximum spec.Quantity
		want             cloud.DatabaseServer
	}{
		{"20Gi", "", cloud.DatabaseServer{Version: 17, StorageGiB: 20, MaxStorageGiB: 100}},
		{"20Gi", "50Gi", cloud.DatabaseServer{Version: 17, StorageGiB: 20, MaxStorageGiB: 50}},
		{"20Ti", "", cloud.DatabaseServer{Version: 17, StorageGiB: 20480, MaxStorageGiB: 65536}},
	} {
		got, err := cloud.NewDatabaseServer(spec.ManagedDatabase{Version: "17", Storage: row.storage, MaxStorage: row.maximum}, 65536)
		require.NoError(t, err)
		assert.Equal(t, row.want, got)
	}
}

func TestErrorOfDatabaseServerNamesTheField(t *testing.T) {
	for field, wanted := range map[string]spec.ManagedDatabase{
		"database.managed.version":    {Version: "new", Storage: "20Gi"},
		"database.managed.storage":    {Version: "17", Storage: "much"},
		"database.managed.maxStorage": {Version: "17", Storage: "20Gi", MaxStorage: "more"},
	} {
		_, err := cloud.NewDatabaseServer(wanted, 65536)
		assert.ErrorContains(t, err, field)
	}
}
