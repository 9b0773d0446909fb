// Package log takes a logger that nothing uses.
package log

import "log/slog"

// SetDefault ignores the logger.
func SetDefault(*slog.Logger) {}
