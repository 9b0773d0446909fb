//go:build !linux

package lifecycle_test

import "errors"

func setHostname(string) error { return errors.New("only Linux has host names for one process") }
