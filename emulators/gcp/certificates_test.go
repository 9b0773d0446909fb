package gcp_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/emulators/gcp"
)

func TestACertificateIsIssuedOnceItsZoneIsDelegated(t *testing.T) {
	issued := func(zones map[string]string, delegation bool) string {
		d := newDirectWith(t, gcp.Options{Enabled: everyAPI(), Undelegated: []string{"nobody.example"}})
		made := map[string]made{}
		for name, domain := range zones {
			made[name] = d.Create("dns/managedZone", name, args{"name": name, "dnsName": domain})
		}
		zone := made["own"]
		domain := "www." + zone.Values.Text("dnsName")[:len(zone.Values.Text("dnsName"))-1]
		if delegation {
			d.Create("dns/recordSet", "delegation", args{
				"managedZone": "above", "name": zone.Values.Text("dnsName"), "type": "NS", "ttl": 300, "rrdatas": zone.Values["nameServers"].([]any),
			})
		}
		authorization := d.Create("certificatemanager/dnsAuthorization", "web", args{"domain": domain})
		asked := authorization.Values.Objects("dnsResourceRecords")[0]
		assert.Equal(t, "_acme-challenge."+domain+".", asked.Text("name"))
		d.Create("dns/recordSet", "proof", args{
			"managedZone": "own", "name": asked.Text("name"), "type": "CNAME", "ttl": 300, "rrdatas": []any{asked.Text("data")},
		})
		_, err := d.TryCreate("certificatemanager/certificate", "other", args{"managed": vals{"domains": []any{"x.example"}, "dnsAuthorizations": []any{authorization.ID}}})
		require.ErrorContains(t, err, "x.example is not covered by any of the DNS authorizations")
		wanted := args{"managed": vals{"domains": []any{domain}, "dnsAuthorizations": []any{authorization.ID}}}
		certificate := d.Create("certificatemanager/certificate", "web", wanted)
		require.ErrorContains(t, d.Delete(authorization), "which is referenced by other resources")
		relabelled := d.Update(certificate, wanted.With(args{"labels": vals{"team": "web"}}), false)
		assert.Equal(t, certificate.Values["managed"], relabelled["managed"], "an update keeps what the cloud reports")
		return certificate.Values.Text("managed.state")
	}
	assert.Equal(t, "ACTIVE", issued(map[string]string{"own": "shop.example."}, false))
	assert.Equal(t, "PROVISIONING", issued(map[string]string{"own": "nobody.example."}, false))
	assert.Equal(t, "PROVISIONING", issued(map[string]string{"own": "dev.shop.example.", "above": "shop.example."}, false))
	assert.Equal(t, "ACTIVE", issued(map[string]string{"own": "dev.shop.example.", "above": "shop.example."}, true))
}

func TestLoadBalancersAreDeletedFromTheForwardingRuleDown(t *testing.T) {
	d := newDirect(t)
	bucket := d.Create("storage/bucket", "static", args{"location": "EU"})
	backend := d.Create("compute/backendBucket", "static", args{"bucketName": bucket.ID, "enableCdn": true})
	paths := d.Create("compute/uRLMap", "static", args{"defaultService": backend.ID})
	certificates := d.Create("certificatemanager/certificateMap", "web", args{})
	policy := d.Create("compute/sSLPolicy", "web", args{"minTlsVersion": "TLS_1_2", "profile": "MODERN"})
	_, err := d.TryCreate("compute/targetHttpsProxy", "web", args{"urlMap": paths.ID})
	require.ErrorContains(t, err, "At least one SSL certificate or a certificate map is required")
	proxy := d.Create("compute/targetHttpsProxy", "web", args{
		"urlMap": paths.ID, "sslPolicy": policy.ID, "certificateMap": "//certificatemanager.googleapis.com/" + certificates.ID,
	})
	address := d.Create("compute/globalAddress", "web", args{})
	rule := args{"target": proxy.ID, "ipAddress": address.ID, "portRange": "443", "loadBalancingScheme": "EXTERNAL_MANAGED"}
	front := d.Create("compute/globalForwardingRule", "web", rule)
	assert.Equal(t, address.Values.Text("address"), front.Values.Text("ipAddress"))
	assert.Equal(t, "443-443", front.Values.Text("portRange"))
	_, err = d.TryCreate("compute/globalForwardingRule", "again", rule)
	require.ErrorContains(t, err, "Specified IP address is in-use and would result in a conflict")

	order := []made{front, proxy, paths, backend}
	for i, one := range order[1:] {
		require.Error(t, d.Delete(one), "%d", i)
	}
	for _, one := range []made{address, policy, certificates} {
		require.Error(t, d.Delete(one), one.ID)
	}
	for _, one := range append(order, address, policy, certificates, bucket) {
		require.NoError(t, d.Delete(one))
	}
	assert.Empty(t, d.Account.Left())
}
