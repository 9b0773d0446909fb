package cloud

import "fmt"

// Refusal is what a cloud says no with.
type Refusal struct{ Code, Message string }

func (r *Refusal) Error() string { return fmt.Sprintf("api error %s: %s", r.Code, r.Message) }

// Refuse makes a refusal.
func Refuse(code, format string, values ...any) error {
	return &Refusal{Code: code, Message: fmt.Sprintf(format, values...)}
}

func (c Code) refuse(value string) error { return Refuse(c.Code, c.Says, value) }

func (c Code) or(other Code) Code {
	if c.Code == "" {
		return other
	}
	return c
}
