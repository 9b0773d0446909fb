package spec

// ConfigKey is the key of the environment value below the project's name.
const ConfigKey = "environment"

// CheckSecrecy refuses plain text passwords. Pulumi encrypts an object as a whole when one
// value in it is secret.
func (e *Environment) CheckSecrecy(encrypted bool) error {
	if encrypted {
		return nil
	}
	var problems Problems
	const remedy = "must be encrypted: djangostack config secret -s STACK %s"
	for _, name := range keys(e.App.SecretEnv) {
		path := "app.secretEnv." + name
		problems.add(path, nil, remedy, path)
	}
	if e.Database.External != nil {
		problems.add("database.external.password", nil, remedy, "database.external.password")
	}
	if e.Cache.External != nil {
		problems.add("cache.external.password", nil, remedy, "cache.external.password")
	}
	if e.Broker.External != nil {
		problems.add("broker.external.password", nil, remedy, "broker.external.password")
	}
	if len(problems) == 0 {
		return nil
	}
	return problems.sorted()
}
