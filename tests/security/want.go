package security

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Want is what is required of an argument.
type Want struct {
	// Text follows the argument's path on the page.
	Text  string
	holds func(any) bool
	// wrong are values that must be found out.
	wrong []any
}

// is wants one value.
func is(value any) Want {
	wrong := []any{"another", absent{}}
	if yes, ok := value.(bool); ok {
		wrong = []any{!yes, absent{}}
	}
	return Want{Text: "is " + written(value), holds: func(got any) bool { return written(got) == written(value) }, wrong: wrong}
}

// isOff wants false, which may be left out because it is the default.
func isOff() Want {
	want := is(false)
	want.Text += " or is left out"
	want.wrong = want.wrong[:1]
	asked := want.holds
	want.holds = func(got any) bool { return got == nil || asked(got) }
	return want
}

// isOneOf wants one of some words.
func isOneOf(words ...string) Want {
	return Want{
		Text:  "is " + strings.Join(words, " or "),
		holds: func(got any) bool { word, ok := got.(string); return ok && slices.Contains(words, word) },
		wrong: []any{"another", absent{}},
	}
}

// begins wants a text that begins in one of some ways.
func begins(words ...string) Want {
	return Want{
		Text: "begins with " + strings.Join(words, " or "),
		holds: func(got any) bool {
			word, ok := got.(string)
			return ok && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(word, w) })
		},
		wrong: []any{"another", absent{}},
	}
}

// endsOtherThan wants a text that does not end so.
func endsOtherThan(end string) Want {
	return Want{
		Text:  "does not end in " + end,
		holds: func(got any) bool { word, ok := got.(string); return ok && !strings.HasSuffix(word, end) },
		wrong: []any{"arn:aws:iam::aws:policy/" + end},
	}
}

// isGiven wants any value but an empty one.
func isGiven() Want {
	return Want{Text: "is given", holds: func(got any) bool { return !empty(got) }, wrong: []any{absent{}, ""}}
}

// isNotGiven wants nothing.
func isNotGiven(wrong any) Want {
	return Want{Text: "is not given", holds: empty, wrong: []any{wrong}}
}

// isNo wants anything but one value.
func isNo(value any) Want {
	return Want{Text: "is not " + written(value), holds: func(got any) bool { return written(got) != written(value) }, wrong: []any{value}}
}

// isAtLeast wants a number.
func isAtLeast(least float64) Want {
	return Want{
		Text:  "is " + written(least) + " or more",
		holds: func(got any) bool { n, ok := got.(float64); return ok && n >= least },
		wrong: []any{least - 1, absent{}},
	}
}

// isFrom wants a number within bounds.
func isFrom(least, most float64) Want {
	return Want{
		Text:  "is " + written(least) + " to " + written(most),
		holds: func(got any) bool { n, ok := got.(float64); return ok && n >= least && n <= most },
		wrong: []any{least - 1, most + 1, absent{}},
	}
}

// holdsAll wants a list with some words in it.
func holdsAll(words ...string) Want {
	return Want{
		Text: "holds " + strings.Join(words, ", "),
		holds: func(got any) bool {
			list, _ := got.([]any)
			for _, word := range words {
				if !slices.Contains(list, any(word)) {
					return false
				}
			}
			return true
		},
		wrong: []any{[]any{}, absent{}},
	}
}

// holdsNone wants a list without some words.
func holdsNone(words ...string) Want {
	return Want{
		Text: "does not hold " + strings.Join(words, " or "),
		holds: func(got any) bool {
			list, _ := got.([]any)
			return !slices.ContainsFunc(words, func(word string) bool { return slices.Contains(list, any(word)) })
		},
		wrong: []any{[]any{words[0]}},
	}
}

// that wants what a test says, which must find the wrong values out.
func that(text string, holds func(any) bool, wrong ...any) Want {
	return Want{Text: text, holds: holds, wrong: wrong}
}

// hasNamed wants a list of names and values that gives one of them a value.
func hasNamed(name, value string) Want {
	return Want{
		Text: fmt.Sprintf("has %s = %s", name, value),
		holds: func(got any) bool {
			list, _ := got.([]any)
			return slices.ContainsFunc(list, func(each any) bool {
				pair, _ := each.(map[string]any)
				return pair["name"] == name && pair["value"] == value
			})
		},
		wrong: []any{[]any{}, []any{map[string]any{"name": name, "value": value + "0"}}},
	}
}

func empty(got any) bool {
	switch got := got.(type) {
	case nil:
		return true
	case string:
		return got == ""
	case []any:
		return len(got) == 0
	case map[string]any:
		return len(got) == 0
	default:
		return false
	}
}

// written is a value in JSON, so that numbers and texts of both sources compare.
func written(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return strings.Trim(string(text), `"`)
}
