package spec

// Protection says whether resources that hold data may be deleted or replaced.
type Protection string

// Protected resources cannot be deleted or replaced. Disposable resources are deleted with
// their environment.
const (
	Protected  Protection = "protected"
	Disposable Protection = "disposable"
)

// DataHolder names a part of the environment that holds data, as written under
// allowDataLoss.
type DataHolder string

// The parts of an environment that hold data.
const (
	DatabaseData DataHolder = "database"
	BrokerData   DataHolder = "broker"
	MediaData    DataHolder = "media"
	SearchData   DataHolder = "search"
)

// ProtectionOf reports whether Pulumi must refuse to delete or replace the resources that
// hold the data of a part.
func (e *Environment) ProtectionOf(holder DataHolder) bool {
	if e.Protection != Protected {
		return false
	}
	for _, allowed := range e.AllowDataLoss {
		if allowed == holder {
			return false
		}
	}
	return true
}

func (e *Environment) checkProtection(problems *Problems) {
	for i, holder := range e.AllowDataLoss {
		path := indexed("allowDataLoss", i)
		if e.Protection == Disposable {
			problems.add(path, string(holder), "changes nothing, because protection is disposable")
			continue
		}
		if !e.holds(holder) {
			problems.add(path, string(holder), "the environment has no data of %s", holder)
		}
	}
}

func (e *Environment) holds(holder DataHolder) bool {
	switch holder {
	case DatabaseData:
		return e.Database.Kind == InCluster || e.Database.Kind == Managed
	case BrokerData:
		return e.Broker.Kind == InCluster || e.Broker.Kind == Managed
	case SearchData:
		return e.Search.Kind == Managed
	case MediaData:
		return e.Media.Store == "bucket"
	default:
		return false
	}
}
