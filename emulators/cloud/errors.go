package cloud

import (
	"fmt"
	"strconv"
	"strings"
)

// Refusal is an error of a cloud. Its code is a word, NoSuchBucket, or an HTTP status and a word, 404 notFound.
type Refusal struct{ Code, Message string }

// Error formats the refusal as the SDK of the cloud does.
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

// Refuse returns a refusal with a formatted message.
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
