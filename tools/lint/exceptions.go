package main

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// exception is a comment "//nolint:CHECK // REASON". It allows a finding of that
// check on its own line, or on the line below when the comment has its own line.
type exception struct {
	finding
	check, reason string
	used          bool
}

// exceptions drops the findings that a comment allows. It adds a finding for each
// comment that names no check, gives no reason or allows nothing.
func exceptions(checked []*packages.Package, found []finding) []finding {
	var all []*exception
	for _, p := range checked {
		all = append(all, exceptionsIn(p)...)
	}
	kept := slices.DeleteFunc(found, func(f finding) bool {
		return slices.ContainsFunc(all, func(e *exception) bool { return e.allows(f) })
	})
	for _, e := range all {
		if complaint := e.complaint(); complaint != "" {
			e.Message = complaint
			kept = append(kept, e.finding)
		}
	}
	slices.SortFunc(kept, byPosition)
	return slices.Compact(kept)
}

func exceptionsIn(p *packages.Package) []*exception {
	form := regexp.MustCompile(`^//\s*nolint\b(?::(\S+))?(?:\s+//\s*(.*))?`)
	var all []*exception
	for _, file := range p.Syntax {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if m := form.FindStringSubmatch(comment.Text); m != nil {
					position := p.Fset.Position(comment.Pos())
					position.Offset = 0
					all = append(all, &exception{finding: finding{Position: position, Check: "nolint"}, check: m[1], reason: strings.TrimSpace(m[2])})
				}
			}
		}
	}
	return all
}

// allows says whether the comment allows the finding, and remembers that it does.
func (e *exception) allows(f finding) bool {
	at := f.Position
	near := at.Line == e.Position.Line || at.Line == e.Position.Line+1
	if e.check != f.Check || at.Filename != e.Position.Filename || !near {
		return false
	}
	e.used = true
	return true
}

func (e *exception) complaint() string {
	switch {
	case e.check == "" || strings.Contains(e.check, ","):
		return "name one check: //nolint:CHECK // REASON"
	case e.reason == "":
		return "give the reason: //nolint:" + e.check + " // REASON"
	case !e.used:
		return "the exception allows nothing: remove it"
	}
	return ""
}
