package image

import (
	"bytes"
	"strings"
)

// progressLog keeps what mmdebstrap writes, and passes its steps on as progress.
type progressLog struct {
	say  func(string, ...any)
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
			l.say("  %s", step)
		}
		l.line.Reset()
	}
	return len(p), nil
}

// isStep leaves out remarks, and the names of temporary folders.
func isStep(line string) bool {
	return strings.HasSuffix(line, "...") && !strings.Contains(line, "tempdir")
}

func lastLines(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
