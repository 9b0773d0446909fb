package reference

import "strings"

// defaultsOf is a shim until spec.DefaultText lands.
func defaultsOf(_, description string) (staging, production, meaning string) {
	meaning, text, found := strings.Cut(description, " Default: ")
	if !found {
		return "", "", description
	}
	text, more, _ := strings.Cut(text, ". ")
	text = strings.TrimSuffix(text, ".")
	if more != "" {
		meaning += " " + more
	}
	if s, p, two := strings.Cut(text, " in staging, "); two {
		return s, strings.TrimSuffix(p, " in production"), meaning
	}
	return text, text, meaning
}
