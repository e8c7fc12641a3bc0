package reports

import (
	"strings"
	"unicode"

	"github.com/olekukonko/tablewriter/pkg/twwidth"
)

// narrowest is how thin a column of words may become before a table is too
// wide to be one.
const narrowest = 14

// width is how many columns of a terminal a line takes: the same on every
// machine, whatever its locale.
func width(line string) int {
	if harmless(line) {
		return len(line)
	}
	return twwidth.WidthWithOptions(line, twwidth.Options{})
}

// fit shares the room out among columns of these natural widths: the widest
// give way first, none below its least. It says whether there is room at all.
func fit(natural, least []int, room int) ([]int, bool) {
	widths := append([]int{}, natural...)
	total := 0
	for _, w := range widths {
		total += w
	}
	for total > room {
		widest := -1
		for i, w := range widths {
			if w > least[i] && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil, false
		}
		widths[widest]--
		total--
	}
	return widths, true
}

// wrap breaks printable text into lines of at most most columns: after a space
// where it can, else after punctuation, else anywhere. It returns at least one
// line, and never one that begins with a combining mark.
func wrap(text string, most int) []string { return wrapFrom(text, most, most) }

// wrapFrom gives the first line another width than the others.
func wrapFrom(text string, first, most int) []string {
	var lines []string
	for room := first; most > 0 && wider(text, room); room = most {
		at := breakAt(text, room)
		lines = append(lines, strings.TrimRight(text[:at], " "))
		text = strings.TrimLeft(text[at:], " ")
	}
	if text == "" && len(lines) > 0 {
		return lines
	}
	return append(lines, text)
}

// wider says whether text takes more columns than there is room. Text of so many
// bytes that it must is not measured, or wrapping would take the square of its
// length.
func wider(text string, room int) bool { return len(text) > 64*(room+1) || width(text) > room }

// breakAt gives where the first line of text ends; text is wider than most.
func breakAt(text string, most int) int {
	space, mark, hard, used := 0, 0, 0, 0
	for i, r := range text {
		w := width(string(r))
		if i > 0 && !unicode.In(r, unicode.Mn, unicode.Me) {
			hard = i
		}
		if used+w > most && hard > 0 {
			if r == ' ' {
				return i
			}
			break
		}
		used += w
		switch {
		case r == ' ':
			space = i
		case strings.ContainsRune("./_-:,;=", r) && i > 0 && used < most+1:
			mark = i + 1
		}
	}
	switch {
	case space > 0 && space >= mark/2:
		return space
	case mark > 0 && mark < len(text):
		return mark
	case hard > 0:
		return hard
	}
	return len(text)
}

// paragraph wraps text to most columns, if that is above 0; indent goes before
// the first line, hang before the others.
func paragraph(text string, most int, indent, hang string) string {
	if most <= 0 {
		return indent + text
	}
	lines := wrapFrom(text, max(most-width(indent), 1), max(most-width(hang), 1))
	return indent + strings.Join(lines, "\n"+hang)
}
