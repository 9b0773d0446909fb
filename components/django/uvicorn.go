package django

import "strconv"

// UvicornCommand starts Uvicorn for an ASGI module. WEB_CONCURRENCY sets the number of
// worker processes, and FORWARDED_ALLOW_IPS the proxies whose forwarded headers it trusts
// (https://www.uvicorn.org/settings/). Uvicorn keeps idle connections longer than the proxy
// does, and finishes requests that have started before it stops.
func UvicornCommand(asgiModule string, port int, shutdown Shutdown, keepAlive int) []string {
	return []string{
		"uvicorn", asgiModule + ":application",
		"--host=0.0.0.0",
		"--port=" + strconv.Itoa(port),
		"--proxy-headers",
		"--no-server-header",
		"--timeout-keep-alive=" + strconv.Itoa(keepAlive),
		"--timeout-graceful-shutdown=" + strconv.Itoa(shutdown.Graceful),
	}
}
