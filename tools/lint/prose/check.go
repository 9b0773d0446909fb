package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/golangci/misspell"
	"go.yaml.in/yaml/v3"
)

// rule is one entry of words.yaml.
type rule struct {
	// Avoid is a regular expression. It matches whole words in any case, and a
	// space in it matches a line break too.
	Avoid string `yaml:"avoid"`
	// Except is a regular expression for the uses that are right.
	Except string `yaml:"except"`
	// Write says what to write instead.
	Write string `yaml:"write"`
	// Why is the reason.
	Why string `yaml:"why"`

	avoid, except *regexp.Regexp
}

// checker looks for the words of the rules and for misspelt words.
type checker struct {
	rules    []*rule
	spelling *misspell.Replacer
}

func newChecker(words string) (*checker, error) {
	content, err := os.ReadFile(words)
	if err != nil {
		return nil, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	c := &checker{spelling: misspell.New()}
	if err := decoder.Decode(&c.rules); err != nil {
		return nil, fmt.Errorf("%s: %w", words, err)
	}
	for _, r := range c.rules {
		if err := r.compile(); err != nil {
			return nil, fmt.Errorf("%s: %w", words, err)
		}
	}
	return c, nil
}

func (r *rule) compile() (err error) {
	if r.Avoid == "" || r.Write == "" || r.Why == "" {
		return fmt.Errorf("%q: each entry needs avoid, write and why", r.Avoid)
	}
	if r.avoid, err = wholeWords(r.Avoid); err != nil || r.Except == "" {
		return err
	}
	r.except, err = wholeWords(r.Except)
	return err
}

func wholeWords(pattern string) (*regexp.Regexp, error) {
	return regexp.Compile(`(?i)\b(?:` + strings.ReplaceAll(pattern, " ", `\s+`) + `)\b`)
}

func checkFiles(words string, files []string) ([]string, error) {
	c, err := newChecker(words)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		all = append(all, c.check(file, content)...)
	}
	return all, nil
}

// check returns one line for each use in the file that breaks a rule.
func (c *checker) check(file string, content []byte) []string {
	text := prose(file, content)
	var found []string
	for _, r := range c.rules {
		for _, at := range r.places(text) {
			line, column := position(text, at[0])
			word := strings.Join(strings.Fields(string(text[at[0]:at[1]])), " ")
			found = append(found, fmt.Sprintf("%s:%d:%d: write %s, not %q: %s", file, line, column, r.Write, word, r.Why))
		}
	}
	_, misspelt := c.spelling.Replace(string(text))
	for _, m := range misspelt {
		found = append(found, fmt.Sprintf("%s:%d:%d: write %q, not %q: it is misspelt", file, m.Line, m.Column+1, m.Corrected, m.Original))
	}
	return found
}

// places finds the uses of the word outside the uses that are right.
func (r *rule) places(text []byte) [][]int {
	var right [][]int
	if r.except != nil {
		right = r.except.FindAllIndex(text, -1)
	}
	var wrong [][]int
	for _, at := range r.avoid.FindAllIndex(text, -1) {
		if !within(at, right) {
			wrong = append(wrong, at)
		}
	}
	return wrong
}

func within(at []int, ranges [][]int) bool {
	for _, r := range ranges {
		if r[0] <= at[0] && at[1] <= r[1] {
			return true
		}
	}
	return false
}

func position(text []byte, offset int) (line, column int) {
	before := text[:offset]
	return bytes.Count(before, []byte("\n")) + 1, offset - bytes.LastIndexByte(before, '\n')
}
