package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"assay/harness/android"
)

// screen is what stands between every command and the terminal: whatever a handset
// or a file has named reaches it as characters that print (android.Printable). Line
// ends stay, and a tab becomes a blank. It may be used by several goroutines.
type screen struct {
	to     io.Writer
	escape func(string) string // of what does not print

	mu   sync.Mutex
	held []byte // the first bytes of a character whose others are still to come
}

// newScreen makes text harmless.
func newScreen(to io.Writer) *screen {
	return &screen{to: to, escape: func(s string) string { return android.Printable(s, 0) }}
}

// newJSONScreen makes JSON harmless, and leaves its values as they are.
func newJSONScreen(to io.Writer) *screen { return &screen{to: to, escape: android.PrintableJSON} }

// Write writes whole characters only. The error is that of the writer behind.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := p
	if len(s.held) > 0 {
		text = append(s.held, p...)
		s.held = nil
	}
	if harmless(text) {
		return s.pass(text, len(p))
	}
	whole := wholeRunes(text)
	s.held = append([]byte(nil), text[whole:]...)
	return s.pass([]byte(s.lines(string(text[:whole]))), len(p))
}

// Close writes what a last write left unfinished.
func (s *screen) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.held
	s.held = nil
	if len(held) == 0 {
		return nil
	}
	_, err := s.to.Write([]byte(s.escape(string(held))))
	return err
}

func (s *screen) pass(text []byte, taken int) (int, error) {
	if _, err := s.to.Write(text); err != nil {
		return 0, err
	}
	return taken, nil
}

// lines escapes each line by itself.
func (s *screen) lines(text string) string {
	out := make([]byte, 0, len(text)+64)
	from := 0
	for i := range len(text) {
		if text[i] != '\n' && text[i] != '\t' {
			continue
		}
		out = append(out, s.escape(text[from:i])...)
		if from = i + 1; text[i] == '\n' {
			out = append(out, '\n')
		} else {
			out = append(out, ' ')
		}
	}
	return string(append(out, s.escape(text[from:])...))
}

// harmless says whether a text is plain ASCII and line ends: nearly all text is.
func harmless(text []byte) bool {
	for _, c := range text {
		if (c < ' ' || c > '~') && c != '\n' {
			return false
		}
	}
	return true
}

// wholeRunes gives how many bytes of a text are whole characters, or can be none.
func wholeRunes(text []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(text); back++ {
		at := len(text) - back
		if utf8.RuneStart(text[at]) {
			if utf8.FullRune(text[at:]) {
				return len(text)
			}
			return at
		}
	}
	return len(text)
}

// line prints one line: whatever the values hold, it stays one.
func (a *app) line(format string, args ...any) { tellLine(a.out, format, args...) }

func tellLine(to io.Writer, format string, args ...any) {
	fmt.Fprintln(to, android.Printable(fmt.Sprintf(format, args...), longestLine))
}

// tellError prints an error. Its lines after the first stand further in, so that no
// name with a line end in it looks like a message of its own.
func tellError(to io.Writer, err error) {
	fmt.Fprintf(to, "assay: %s\n", strings.ReplaceAll(err.Error(), "\n", "\n  "))
}

// longestLine is how many characters of one line a person is shown.
const longestLine = 4000

// safe makes one value fit for a cell or a line.
func safe(s string) string { return android.Printable(s, 1000) }

// cells makes the values of a table's row fit for it.
func cells(values ...string) []any {
	row := make([]any, len(values))
	for i, v := range values {
		row[i] = safe(v)
	}
	return row
}
