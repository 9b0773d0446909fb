package django

// Shutdown is the time that a web pod takes to stop without losing a request,
// in seconds.
type Shutdown struct {
	// PreStop is how long the pod still serves after it was taken out of the
	// Service, until every proxy knows.
	PreStop int
	// Graceful is how long requests that have begun may take.
	Graceful int
	// Grace is the time until the kill; no less than both of them.
	Grace int
}

// shutdownMargin covers the exit of a process that has nothing to end.
const shutdownMargin = 5
