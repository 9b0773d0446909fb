package django

// Shutdown is the time that a web pod takes to stop without losing a request,
// in seconds.
type Shutdown struct {
	// PreStop is how long the pod still serves after it was taken out of the
	// Service, until every proxy knows.
	PreStop int
	// Graceful is how long requests that have begun may take.
	Graceful int
	// Grace is the time until the kill: both of them and a margin.
	Grace int
}

// endpointDelay is how long proxies may still send requests to a pod that is
// being deleted.
const endpointDelay = 15

// shutdownMargin covers the exit of the server itself.
const shutdownMargin = 5

// ShutdownFor computes the shutdown of a web pod from its longest request in
// seconds.
func ShutdownFor(longestRequest int) Shutdown {
	return Shutdown{
		PreStop:  endpointDelay,
		Graceful: longestRequest,
		Grace:    endpointDelay + longestRequest + shutdownMargin,
	}
}
