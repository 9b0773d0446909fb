package show

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// defaultWidth is the width of a line in characters where the output is no terminal, for example a CI log.
const defaultWidth = 120

// listWithin joins the first names of a list so that the text has at most width characters, and counts the others:
// "web 10s, worker 8s, and 12 more". It shows at least the first name, shortened if it is too long, and at most
// longestList names.
func listWithin(names []string, width int) string {
	for shown := min(len(names), longestList); shown > 1; shown-- {
		text := strings.Join(names[:shown], ", ") + andMore(len(names)-shown)
		if utf8.RuneCountInString(text) <= width {
			return text
		}
	}
	others := andMore(len(names) - 1)
	return shortened(names[0], width-utf8.RuneCountInString(others)) + others
}

func andMore(others int) string {
	if others == 0 {
		return ""
	}
	return fmt.Sprintf(", and %d more", others)
}

// shortened returns a text of at most width characters, but of at least one.
func shortened(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return string(runes[:max(width-1, 0)]) + "…"
}
