package django

import "strconv"

// UvicornCommand starts Uvicorn for an ASGI module. The number of worker processes
// stands in WEB_CONCURRENCY, and whose forwarded headers count in FORWARDED_ALLOW_IPS
// (https://www.uvicorn.org/settings/). Uvicorn closes no idle connection of a proxy
// before the proxy does, and lets requests end that have begun.
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
