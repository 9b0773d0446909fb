package gcp

import components "github.com/djangostack/djangostack/components/gcp"

// dataServices are the managed data services; those that the environment does not have
// are nil.
type dataServices struct {
	database *components.Database
	cache    *components.Cache
	broker   *components.Cache
}

func (w wiring) dataServices(base foundation) (dataServices, error) {
	var none dataServices
	database, err := w.database(base)
	if err != nil {
		return none, err
	}
	cache, err := w.cache(base)
	if err != nil {
		return none, err
	}
	broker, err := w.redisBroker(base)
	if err != nil {
		return none, err
	}
	return dataServices{database: database, cache: cache, broker: broker}, nil
}
