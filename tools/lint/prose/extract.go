package main

import (
	"go/scanner"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
)

// code replaces everything in the extracted text that is not prose. Positions stay
// the same, and no phrase extends across it.
const code = 0

// prose returns the content with everything but its prose blanked out.
func prose(file string, content []byte) []byte {
	switch filepath.Ext(file) {
	case ".go":
		return goProse(content)
	case ".md":
		return markdownProse(content)
	}
	return hashProse(content)
}

// blank returns a copy with all but white space replaced.
func blank(content []byte) []byte {
	text := make([]byte, len(content))
	for i, b := range content {
		if strings.IndexByte(" \t\r\n", b) >= 0 {
			text[i] = b
		} else {
			text[i] = code
		}
	}
	return text
}

// goProse keeps comments, and string literals of more than one word.
func goProse(content []byte) []byte {
	text := blank(content)
	files := token.NewFileSet()
	file := files.AddFile("", files.Base(), len(content))
	var s scanner.Scanner
	s.Init(file, content, nil, scanner.ScanComments)
	for {
		at, kind, literal := s.Scan()
		if kind == token.EOF {
			break
		}
		isMessage := kind == token.STRING && strings.Contains(literal, " ")
		isComment := kind == token.COMMENT && !strings.HasPrefix(literal, "//go:")
		if isMessage || isComment {
			keep(text, content, file.Offset(at), len(literal))
		}
	}
	return withoutSpans(text)
}

// keep copies a piece of prose, without the marks of a comment.
func keep(text, content []byte, from, length int) {
	copy(text[from:], content[from:from+length])
	for _, mark := range []string{"//", "/*"} {
		if strings.HasPrefix(string(text[from:from+length]), mark) {
			copy(text[from:], "  ")
		}
	}
}

// markdownProse keeps what is outside code blocks, code spans and link targets.
func markdownProse(content []byte) []byte {
	text := append([]byte(nil), content...)
	blocks := regexp.MustCompile("(?ms)^[ \t]*```.*?^[ \t]*```|\\]\\([^)]*\\)|<!--.*?-->")
	for _, at := range blocks.FindAllIndex(text, -1) {
		copy(text[at[0]:at[1]], blank(text[at[0]:at[1]]))
	}
	return withoutSpans(text)
}

// hashProse keeps the comments of YAML, Makefiles and scripts.
func hashProse(content []byte) []byte {
	text := blank(content)
	comments := regexp.MustCompile(`(?m)(?:^|[ \t])#+[ \t](.*)$`)
	for _, at := range comments.FindAllSubmatchIndex(content, -1) {
		copy(text[at[0]:at[2]], strings.Repeat(" ", at[2]-at[0]))
		if content[at[0]] == '\n' {
			text[at[0]] = '\n'
		}
		copy(text[at[2]:at[3]], content[at[2]:at[3]])
	}
	return withoutSpans(text)
}

// withoutSpans blanks the text between backquotes on one line.
func withoutSpans(text []byte) []byte {
	for _, at := range regexp.MustCompile("`[^`\n]*`").FindAllIndex(text, -1) {
		copy(text[at[0]:at[1]], blank(text[at[0]:at[1]]))
	}
	return text
}
