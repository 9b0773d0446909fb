package spec

import (
	"regexp/syntax"
	"strings"
)

// matching returns a short text that a pattern matches, or an empty one for a pattern of no
// valid syntax.
func matching(pattern string) string {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	var text strings.Builder
	writeMatch(&text, parsed.Simplify())
	return text.String()
}

func writeMatch(text *strings.Builder, node *syntax.Regexp) {
	switch node.Op {
	case syntax.OpLiteral:
		text.WriteString(string(node.Rune))
	case syntax.OpCharClass:
		text.WriteRune(oneOf(node.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		text.WriteByte('x')
	case syntax.OpPlus, syntax.OpStar, syntax.OpCapture:
		writeMatch(text, node.Sub[0])
	case syntax.OpRepeat:
		for range max(node.Min, 0) {
			writeMatch(text, node.Sub[0])
		}
	case syntax.OpAlternate:
		writeMatch(text, node.Sub[0])
	case syntax.OpConcat:
		for _, part := range node.Sub {
			writeMatch(text, part)
		}
	}
}

// oneOf returns a rune of a class, which is a list of ranges: a letter if it has one.
func oneOf(ranges []rune) rune {
	for _, wanted := range "xhX0" {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= wanted && wanted <= ranges[i+1] {
				return wanted
			}
		}
	}
	return ranges[0]
}
