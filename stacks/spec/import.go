package spec

import (
	"encoding/json"
	"net/url"
	"strings"
)

// DatabaseImport is a dump that is imported into an empty database.
type DatabaseImport struct {
	// Address of the dump: s3://BUCKET/KEY with cloud aws, gs://BUCKET/OBJECT with cloud gcp. The dump is in the custom format of pg_dump or plain SQL, optionally compressed with gzip.
	From string `json:"from" jsonschema:"pattern=^(s3|gs)://[a-z0-9][a-z0-9._-]*[a-z0-9]/[A-Za-z0-9._/=+@-]+$"`
	// Disk space for the dump on the node.
	Size Quantity `json:"size,omitempty"`
	// Seconds that download and import may take.
	ActiveDeadlineSeconds int `json:"activeDeadlineSeconds,omitempty" jsonschema:"minimum=60,maximum=86400"`
}

// Bucket returns the bucket of the dump.
func (i *DatabaseImport) Bucket() string {
	address, err := url.Parse(i.From)
	if err != nil {
		return ""
	}
	return address.Host
}

// Object returns the name of the dump in its bucket.
func (i *DatabaseImport) Object() string {
	_, rest, _ := strings.Cut(i.From, "://")
	_, object, _ := strings.Cut(rest, "/")
	return object
}

// UnmarshalJSON fills in the defaults of an import before decoding it.
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
		problems.add("database.import", nil, "contradicts database.kind external: djangostack does not import into existing servers")
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
