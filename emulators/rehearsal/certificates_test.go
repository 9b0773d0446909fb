package rehearsal_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/aws"
	"github.com/djangostack/djangostack/emulators/gcp"
	"github.com/djangostack/djangostack/emulators/rehearsal"
	"github.com/djangostack/djangostack/stacks/spec"
	"github.com/djangostack/djangostack/tests/environments"
)

func TestTheCertificatesThatRoutesNameExist(t *testing.T) {
	for cloud, id := range map[spec.Cloud]string{
		spec.AWSCloud: "arn:aws:acm:" + environments.AWSRegion + ":" + environments.AccountID + ":certificate/12345678",
		spec.GCPCloud: "projects/" + environments.GCPProject + "/locations/global/certificates/shop",
	} {
		environment := environments.Small(cloud).Set(t, "routes=[{host: shop.example.org, certificate: \""+id+"\"}]").Parse(t)
		emulators, err := rehearsal.New(rehearsal.For(environment))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, emulators.Close()) })
		found := emulators.AWS.Objects(aws.Token("acm/certificate"))
		if cloud == spec.GCPCloud {
			found = emulators.GCP.Objects(gcp.Token("certificatemanager/certificate"))
		}
		require.Len(t, found, 1, cloud)
		assert.Equal(t, id, found[0].ID, cloud)
	}
}
