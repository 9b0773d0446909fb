package django

// Shutdown says how long a web pod takes to stop without losing a request, in seconds.
type Shutdown struct {
	// PreStop is how long a stopping pod still serves, until every proxy has removed it
	// from the Service.
	PreStop int
	// Graceful is how long requests that have started may take.
	Graceful int
	// Grace is the time until SIGKILL, at least the sum of both.
	Grace int
}

// shutdownMargin is the time for the exit of an idle process.
const shutdownMargin = 5
