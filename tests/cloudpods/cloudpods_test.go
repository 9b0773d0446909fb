// Package cloudpods_test tests with real pods what needs a cloud: the cloud is emulated, and its cluster is a real
// Kubernetes on this machine.
package cloudpods_test

import (
	"testing"

	"github.com/djangostack/djangostack/tests/e2e"
)

func TestOnTheClustersOfClouds(t *testing.T) {
	c := newCluster(t)
	c.apply(t, e2e.Kinds())
	t.Run("a database begins with a dump", func(t *testing.T) { importsDumps(t, c) })
	for cloud, emulate := range map[string]func(*testing.T, *cluster) emulated{"AWS": onAWS, "Google Cloud": onGoogleCloud} {
		if testing.Short() && cloud != "AWS" {
			t.Logf("on %s as well with: make soak", cloud)
			continue
		}
		t.Run("an environment on "+cloud+" serves", func(t *testing.T) { lives(t, c, emulate(t, c)) })
	}
}
