package kubernetes_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/tests/mocks"
)

// encrypted runs a program with a certificate authority.
func encrypted(run func(ctx *pulumi.Context, authority *kubernetes.Authority) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		authority, err := kubernetes.NewAuthority(ctx, "blog", &kubernetes.AuthorityArgs{Generation: 1})
		if err != nil {
			return err
		}
		return run(ctx, authority)
	}
}

func encryptedPostgres(ctx *pulumi.Context, authority *kubernetes.Authority) error {
	args := postgresArgs()
	args.Authority = authority
	postgres, err := kubernetes.NewPostgres(ctx, "blog", args)
	if err != nil {
		return err
	}
	ctx.Export("url", postgres.Database.URL())
	return nil
}

// certificate returns a certificate in a Secret, and the authorities in a ConfigMap.
func certificate(t *testing.T, secret, trusted mocks.Resource) (*x509.Certificate, *x509.CertPool) {
	t.Helper()
	pair, err := tls.X509KeyPair([]byte(secret.At(t, `stringData["tls.crt"]`).(string)), []byte(secret.At(t, `stringData["tls.key"]`).(string)))
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM([]byte(trusted.At(t, `data["database.pem"]`).(string))))
	return pair.Leaf, pool
}

func TestPostgresRefusesConnectionsWithoutTLS(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, encrypted(encryptedPostgres))

	secret := ran.Find(t, "Secret", "blog-postgres-tls")
	assert.Equal(t, mocks.Hidden, secret.Plain()["stringData"])
	rules, _ := secret.At(t, `stringData["pg_hba.conf"]`).(string)
	assert.Contains(t, rules, "hostssl all all all scram-sha-256")
	assert.NotContains(t, rules, "\nhost ")
	server := ran.Find(t, "StatefulSet", "blog-postgres")
	assert.Contains(t, server.At(t, "spec.template.spec.containers[0].args"), "hba_file=/etc/djangostack/tls/pg_hba.conf")
	assert.Contains(t, server.At(t, "spec.template.spec.containers[0].args"), "ssl=on")
}

func TestTheClientTrustsTheServersCertificateForItsService(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, encrypted(encryptedPostgres))

	leaf, pool := certificate(t, ran.Find(t, "Secret", "blog-postgres-tls"), ran.Find(t, "ConfigMap", "blog-postgres-role-authority"))
	service, _ := ran.Find(t, "Service", "blog-postgres").At(t, "metadata.name").(string)
	for _, host := range []string{service, service + ".blog-dev", service + ".blog-dev.svc.cluster.local"} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: pool, DNSName: host})
		assert.NoError(t, err, host)
	}
	job := ran.Find(t, "Job", "blog-postgres-role")
	environment, err := json.Marshal(job.At(t, "spec.template.spec.containers[0].env"))
	require.NoError(t, err)
	assert.Contains(t, string(environment), `{"name":"PGSSLMODE","value":"verify-full"}`)
	assert.Contains(t, string(environment), `{"name":"PGSSLROOTCERT","value":"/etc/djangostack/ca/database.pem"}`)
	mounts, err := json.Marshal(job.At(t, "spec.template.spec.containers[0].volumeMounts"))
	require.NoError(t, err)
	assert.Contains(t, string(mounts), `"mountPath":"/etc/djangostack/ca"`)
}

func TestRedisListensForTLSOnly(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, encrypted(func(ctx *pulumi.Context, authority *kubernetes.Authority) error {
		args := redisArgs()
		args.Authority = authority
		redis, err := kubernetes.NewRedis(ctx, "blog", args)
		if err != nil {
			return err
		}
		assert.True(t, redis.Server.TLS)
		return nil
	}))

	configuration, _ := ran.Find(t, "Secret", "blog-redis-cache").At(t, `stringData["redis.conf"]`).(string)
	assert.Contains(t, configuration, "\nport 0\ntls-port 6379\n")
	assert.Contains(t, configuration, "tls-cert-file /etc/djangostack/tls/tls.crt\n")
	ran.Find(t, "Secret", "blog-redis-cache-tls")
}

func TestThePoolerUsesTLSOnBothSides(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, encrypted(func(ctx *pulumi.Context, authority *kubernetes.Authority) error {
		args := pgBouncerArgs()
		args.Authority = authority
		args.Server.SSLMode, args.Server.CA = "verify-full", authority.Certificates
		_, err := kubernetes.NewPgBouncer(ctx, "blog", args)
		return err
	}))

	configuration, _ := ran.Find(t, "Secret", "blog-pgbouncer").At(t, `stringData["pgbouncer.ini"]`).(string)
	for _, line := range []string{
		"client_tls_sslmode = require\n", "client_tls_ca_file = /etc/djangostack/tls/tls.crt\n", "client_tls_key_file = /etc/djangostack/tls/tls.key\n",
		"server_tls_sslmode = verify-full\n", "server_tls_ca_file = /etc/djangostack/pgbouncer/database.pem\n",
	} {
		assert.Contains(t, configuration, line)
	}
}

// The key of the authority is in no object of the cluster.
func TestOnlyServersHaveAKey(t *testing.T) {
	ran := mocks.Run(t, mocks.Known, encrypted(encryptedPostgres))
	for _, r := range ran.Resources {
		if !r.Kubernetes() || r.Name == "blog-postgres-tls" {
			continue
		}
		text, err := json.Marshal(r.Inputs)
		require.NoError(t, err)
		assert.NotContains(t, string(text), "PRIVATE KEY", r.Name)
		assert.NotContains(t, string(text), "generated-blog-authority-seed", r.Name)
	}
}

func TestAnAuthorityNeedsAGeneration(t *testing.T) {
	_, err := mocks.Try(mocks.Known, nil, func(ctx *pulumi.Context) error {
		_, err := kubernetes.NewAuthority(ctx, "blog", &kubernetes.AuthorityArgs{})
		return err
	})
	assert.ErrorContains(t, err, "Authority: Generation is required")
}
