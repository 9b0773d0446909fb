package spec

import (
	"encoding/json"
	"net/url"
	"strings"
)

// DatabaseImport is a dump that an empty database begins with.
type DatabaseImport struct {
	// Where the dump lies: s3://BUCKET/KEY with cloud aws, gs://BUCKET/OBJECT with cloud gcp. The custom format of pg_dump or plain SQL, also by gzip.
	From string `json:"from" jsonschema:"pattern=^(s3|gs)://[a-z0-9][a-z0-9._-]*[a-z0-9]/[A-Za-z0-9._/=+@-]+$"`
	// Room for the dump on a node's disk.
	Size Quantity `json:"size,omitempty"`
	// How long fetching and importing may take, in seconds.
	ActiveDeadlineSeconds int `json:"activeDeadlineSeconds,omitempty" jsonschema:"minimum=60,maximum=86400"`
}

// Bucket and Object are the parts of the dump's address.
func (i *DatabaseImport) Bucket() string {
	address, err := url.Parse(i.From)
	if err != nil {
		return ""
	}
	return address.Host
}

// Object is the dump's name in its bucket.
func (i *DatabaseImport) Object() string {
	_, rest, _ := strings.Cut(i.From, "://")
	_, object, _ := strings.Cut(rest, "/")
	return object
}

// UnmarshalJSON fills in an import's defaults before reading it.
func (i *DatabaseImport) UnmarshalJSON(raw []byte) error {
	type plain DatabaseImport
	wanted := plain{Size: "10Gi", ActiveDeadlineSeconds: 3600}
	if err := json.Unmarshal(raw, &wanted); err != nil {
		return err
	}
	*i = DatabaseImport(wanted)
	return nil
}

func (e *Environment) checkImport(problems *Problems) {
	wanted := e.Database.Import
	if wanted == nil {
		return
	}
	if e.Database.Kind == External {
		problems.add("database.import", nil, "contradicts database.kind external: what is in a server that is already there is not this program's to fill")
	}
	scheme := map[Cloud]string{AWSCloud: "s3://", GCPCloud: "gs://"}[e.Cloud]
	if scheme == "" {
		problems.add("database.import", nil, "needs a cloud: its identity reads the bucket")
		return
	}
	if !strings.HasPrefix(wanted.From, scheme) {
		problems.add("database.import.from", wanted.From, "must begin with %s with cloud %s", scheme, e.Cloud)
	}
}
