package scenario

import (
	"fmt"
	"strings"
)

// Problem is one fault of a YAML file: where it is, what it is, and the line
// itself with a caret under the column.
type Problem struct {
	Position
	Message string // lower case, one sentence
	Meant   string // the word that was probably meant; may be empty
	Source  string // the line; may be empty
}

// Error gives file:line:column: message, and below it the line and the caret.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", p.Position, p.Message)
	if p.Meant != "" {
		fmt.Fprintf(&b, " (did you mean %q?)", p.Meant)
	}
	if p.Source != "" {
		fmt.Fprintf(&b, "\n    %s\n    %s^", p.Source, blank(p.Source, p.Column-1))
	}
	return b.String()
}

// blank is as wide as the first n characters of line: tabs stay tabs.
func blank(line string, n int) string {
	var b strings.Builder
	for _, r := range line {
		if n--; n < 0 {
			break
		}
		if r != '\t' {
			r = ' '
		}
		b.WriteRune(r)
	}
	return b.String()
}
