package aws

import "github.com/djangostack/djangostack/emulators/cloud"

// gp3 is the storage type whose speed follows from its size. From striped GiB on, RDS stripes it over several volumes.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
const (
	gp3               = "gp3"
	striped           = 400
	stripedIOPS       = 12000
	stripedThroughput = 500
)

// checkRestored refuses arguments of a restore that the snapshot decides. RDS ignores them, and the provider's next
// update finds another value and replaces the instance.
func checkRestored(m *cloud.Operation, snapshot cloud.Values) error {
	if !m.New() || !m.Has("snapshotIdentifier") {
		return nil
	}
	for _, name := range []string{"dbName", "username", "kmsKeyId", "storageEncrypted"} {
		its, stated := snapshot[name]
		if given, has := m.Values[name]; stated && has && given != its {
			return cloud.Refuse("ReplacedByTheNextUpdate", "%s is %v, but the snapshot's is %v, which a restore keeps", name, given, its)
		}
	}
	if least := snapshot.Number("allocatedStorage"); m.Has("allocatedStorage") && m.Number("allocatedStorage") < least {
		return cloud.Refuse("InvalidParameterCombination", "Requested storage size (%v) cannot be less than the current storage size (%v)",
			m.Number("allocatedStorage"), least)
	}
	return nil
}

// makeStorage checks the size and speed of the volume, and stores the speed.
func makeStorage(m *cloud.Operation) error {
	invalid := func(format string, values ...any) error {
		return cloud.Refuse("InvalidParameterCombination", format, values...)
	}
	engine, size, most := m.Text("engine"), m.Number("allocatedStorage"), m.Number("maxAllocatedStorage")
	if most > 0 && most < size {
		return invalid("Invalid max storage size for engine name %s: %v is below the allocated %v", engine, most, size)
	}
	if most > size && 10*most < 11*size {
		return invalid("The maximum allocated storage must be increased by at least 10 percent.")
	}
	if has := m.Live().Number("allocatedStorage"); !m.New() && size < has {
		// The provider sends a size only if the argument changed, and none that is below the disk while it may grow by itself
		// (the DiffSuppressFunc of allocated_storage in internal/service/rds/instance.go of terraform-provider-aws).
		if m.Changed("allocatedStorage") && most <= size {
			return invalid("You can't shrink the storage from %v to %v GiB", has, size)
		}
		size = has
		m.Values["allocatedStorage"] = has
	}
	if m.Text("storageType") != gp3 {
		return nil
	}
	// Where the program sets no figures, the provider sends those that it has read, with the new size.
	iops, asked := m.Number("iops"), m.Has("iops") && (m.New() || m.Changed("iops"))
	switch {
	case size < striped && asked:
		return invalid("You can't specify IOPS or storage throughput for engine %s and a storage size less than %d.", engine, striped)
	case size < striped:
		m.Values["iops"], m.Values["storageThroughput"] = 3000.0, 125.0
	case !m.Has("iops") && m.New():
		m.Values["iops"], m.Values["storageThroughput"] = float64(stripedIOPS), float64(stripedThroughput)
	case iops < stripedIOPS:
		return invalid("Invalid iops value for engine name %s and storage type %s: %v", engine, gp3, iops)
	}
	return nil
}
