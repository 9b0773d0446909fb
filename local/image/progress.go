package image

import (
	"bytes"
	"strings"
)

// progressLog stores the output of mmdebstrap and reports each step as progress.
type progressLog struct {
	logf func(string, ...any)
	text bytes.Buffer
	line bytes.Buffer
}

func (l *progressLog) Write(p []byte) (int, error) {
	l.text.Write(p)
	for _, c := range p {
		if c != '\n' && c != '\r' {
			l.line.WriteByte(c)
			continue
		}
		if step, found := strings.CutPrefix(l.line.String(), "I: "); found && isStep(step) {
			l.logf("  %s", step)
		}
		l.line.Reset()
	}
	return len(p), nil
}

// isStep rejects remarks and lines that name a temporary folder.
func isStep(line string) bool {
	return strings.HasSuffix(line, "...") && !strings.Contains(line, "tempdir")
}

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
