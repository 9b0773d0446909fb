package app

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/djangostack/djangostack/components/data"
	"github.com/djangostack/djangostack/components/kubernetes"
	"github.com/djangostack/djangostack/stacks/spec"
)

// backups registers the backups of the database in the cluster. Nothing waits for them.
func (w wiring) backups(d dataServices) error {
	if !w.environment.BacksUp() {
		return nil
	}
	database := d.server()
	if w.environment.Database.Kind != spec.InCluster {
		database = *d.other
	}
	wanted := w.environment.Database.Backups
	args := &kubernetes.DatabaseBackupsArgs{
		Namespace:     w.namespace,
		Labels:        w.labels,
		Image:         string(w.environment.Database.Image),
		Database:      database,
		Further:       w.environment.FurtherDatabases(),
		Schedule:      wanted.Schedule,
		DrillSchedule: wanted.DrillSchedule,
		KeepDays:      wanted.KeepDays,
		// A drill restores one copy of all databases.
		DrillSize:    string(w.environment.Database.Volume.Size),
		StorageClass: w.environment.Database.Volume.StorageClassName,
		Timeout:      wanted.ActiveDeadlineSeconds,
		Resources:    resources(wanted.Resources),
	}
	after := slices.Clone(d.services)
	if w.environment.BacksUpToVolume() {
		args.Size, args.StorageClass = string(wanted.Volume.Size), wanted.Volume.StorageClassName
		args.Data = w.environment.Held(data.Backups)
	} else {
		bucket, rights, err := w.backupBucket()
		if err != nil {
			return err
		}
		args.Bucket, after = bucket, append(after, rights...)
	}
	_, err := kubernetes.NewDatabaseBackups(w.ctx, w.name, args, w.after(after...)...)
	return err
}

// backupBucket returns the bucket of the backups, and the resources that give the pods their
// rights on it.
func (w wiring) backupBucket() (*kubernetes.BackupBucket, []pulumi.Resource, error) {
	wanted := w.environment.Database.Backups.Bucket
	bucket := &kubernetes.BackupBucket{Prefix: w.environment.BackupPrefix(), Image: string(wanted.Image)}
	if w.environment.CreatesBackupBucket() {
		of := w.platform.Backups
		if of == nil {
			return nil, nil, fmt.Errorf("the platform has no bucket for database.backups.store %s", spec.BackupsInBucket)
		}
		bucket.Name, bucket.Remote = of.Name, of.Remote
		bucket.ServiceAccount, bucket.Annotations = of.ServiceAccount, of.AccountAnnotations
		// The addresses of object storage change.
		bucket.Egress = append([]kubernetes.EgressRule{{CIDRs: everywhere(), Ports: []int{443}}}, of.Credentials...)
		return bucket, of.Prerequisites, nil
	}
	rule, err := toEndpoint(wanted.Endpoint)
	if err != nil {
		return nil, nil, err
	}
	bucket.Name = pulumi.String(wanted.Name)
	bucket.Remote = kubernetes.S3CompatibleRemote(wanted.Endpoint, wanted.Region, pulumi.String(wanted.AccessKeyID), secret(wanted.SecretAccessKey))
	bucket.Egress = []kubernetes.EgressRule{rule}
	return bucket, nil, nil
}

// toEndpoint allows the connection to a server with a URL.
func toEndpoint(endpoint string) (kubernetes.EgressRule, error) {
	parsed, err := url.Parse(endpoint)
	if err != nil {
		return kubernetes.EgressRule{}, fmt.Errorf("reading database.backups.bucket.endpoint: %w", err)
	}
	port := map[string]int{"http": 80, "https": 443}[parsed.Scheme]
	if _, text, err := net.SplitHostPort(parsed.Host); err == nil {
		if port, err = strconv.Atoi(text); err != nil {
			return kubernetes.EgressRule{}, fmt.Errorf("reading the port of database.backups.bucket.endpoint: %w", err)
		}
	}
	return toServers(port, parsed.Hostname())[0], nil
}
