package command

import (
	"slices"
	"strings"

	"assay/harness/virtual/phone"
)

// logRule is a filter expression: tag:priority; * stands for all tags.
type logRule struct {
	tag   string
	level byte // V D I W E F S
}

// addRules reads filter expressions, several in one argument.
func (c *logcatCall) addRules(text string) error {
	for word := range strings.FieldsSeq(text) {
		tag, level, ok := strings.Cut(word, ":")
		r := logRule{tag: tag, level: 'V'}
		if tag == "*" && !ok {
			r.level = 'D'
		}
		if ok && level != "" {
			l := strings.ToUpper(level)[0]
			if l != '*' && !strings.ContainsRune(phone.LogLevels, rune(l)) {
				return complaint("bad priority")
			}
			if l != '*' {
				r.level = l
			}
		}
		c.rules = append(c.rules, r)
	}
	return nil
}

// passes says whether the filters let an entry through.
func (c *logcatCall) passes(e phone.LogEntry) bool {
	switch {
	case !c.buffers[e.Buffer], c.pid != 0 && e.PID != c.pid, len(c.uids) > 0 && !slices.Contains(c.uids, e.UID),
		c.expr != nil && !c.expr.MatchString(e.Text), !c.since.IsZero() && e.At.Before(c.since):
		return false
	}
	least := byte('V')
	for _, r := range c.rules {
		if r.tag == "*" {
			least = r.level
		}
	}
	for _, r := range c.rules {
		if r.tag == e.Tag {
			least = r.level
		}
	}
	return strings.IndexByte(phone.LogLevels, e.Level) >= strings.IndexByte(phone.LogLevels, least)
}
