package arguments

import (
	"errors"

	"github.com/djangostack/djangostack/components/validate"
)

// CheckStorage returns an error unless least <= initial <= limit <= most, where limit is
// the size that the disk may grow to, and 0 for no growth.
func CheckStorage(component string, initial, limit, least, most int) error {
	if limit == 0 {
		limit = initial
	}
	return errors.Join(
		validate.Within(component, "StorageGiB", initial, least, most),
		validate.Within(component, "MaxStorageGiB", limit, initial, most),
	)
}
