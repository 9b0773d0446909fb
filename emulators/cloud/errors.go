package cloud

import (
	"fmt"
	"strconv"
	"strings"
)

// Refusal is what a cloud says no with. A code is a word ("NoSuchBucket"), or a status of HTTP and a word
// ("404 notFound").
type Refusal struct{ Code, Message string }

// Error is written as the SDKs of the clouds with either sort of code do.
func (r *Refusal) Error() string {
	status, reason, _ := strings.Cut(r.Code, " ")
	if _, err := strconv.Atoi(status); err != nil {
		return fmt.Sprintf("api error %s: %s", r.Code, r.Message)
	}
	if reason == "" {
		return fmt.Sprintf("googleapi: Error %s: %s", status, r.Message)
	}
	return fmt.Sprintf("googleapi: Error %s: %s, %s", status, r.Message, reason)
}

// Refuse makes a refusal.
func Refuse(code, format string, values ...any) error {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, values...)}
}

func (c Code) refuse(value string) error {
	return &Refusal{Code: c.Code, Message: strings.ReplaceAll(c.Message, "%s", value)}
}

func (c Code) or(other Code) Code {
	if c.Code == "" {
		return other
	}
	return c
}
