package spec

import (
	"maps"

	"github.com/djangostack/djangostack/components/contract"
)

// FileText returns the text of a file as the processes find it: with the addresses of processes
// instead of references to them, and with $(NAME) instead of $$(NAME) for a variable that the
// environment sets. Some programs replace such names themselves, for instance uWSGI.
func (e *Environment) FileText(text string) string {
	return contract.UnescapedNames(e.WithAddress(text), e.setsVariable)
}

// FileTexts returns the texts of files as the processes find them.
func (e *Environment) FileTexts(files map[string]string) map[string]string {
	texts := maps.Clone(files)
	for name, text := range texts {
		texts[name] = e.FileText(text)
	}
	return texts
}

// setsVariable reports whether a name is that of a variable of the contract that this environment has.
func (e *Environment) setsVariable(name string) bool {
	value := contract.PathOf(name, e.profiles())
	return value != "" && e.has(value)
}
