package aws

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	components "github.com/djangostack/djangostack/components/aws"
)

// dataServices are the managed data services; those that the environment does not have
// are nil. The app uses either broker or rabbitMQ as its broker.
type dataServices struct {
	database *components.Database
	cache    *components.Cache
	broker   *components.Cache
	rabbitMQ *components.Broker
	search   *components.Search
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
	rabbitMQ, err := w.rabbitMQ(base)
	if err != nil {
		return none, err
	}
	search, err := w.search(base)
	if err != nil {
		return none, err
	}
	return dataServices{database: database, cache: cache, broker: broker, rabbitMQ: rabbitMQ, search: search}, nil
}

// resources returns the services that the environment has. Each component holds the
// rules that let the app's pods reach it.
func (d dataServices) resources() []pulumi.Resource {
	var all []pulumi.Resource
	if d.database != nil {
		all = append(all, d.database)
	}
	if d.cache != nil {
		all = append(all, d.cache)
	}
	if d.broker != nil {
		all = append(all, d.broker)
	}
	if d.rabbitMQ != nil {
		all = append(all, d.rabbitMQ)
	}
	if d.search != nil {
		all = append(all, d.search)
	}
	return all
}
