package command

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// logModifiers are the format modifiers, and since when.
var logModifiers = map[string]int{
	"UTC": 24, "color": 23, "colour": 23, "descriptive": 26, "epoch": 24, "monotonic": 24, "printable": 23, "uid": 24, "usec": 23,
	"year": 23, "zone": 23,
}

var logFormats = []string{"brief", "long", "process", "raw", "tag", "thread", "threadtime", "time"}

// logcatArgs reads the arguments of one call of logcat.
type logcatArgs struct {
	*logcatCall
	args []string
	next int
	do   map[byte]bool // what to do instead of printing: c, g, L, S, G, P, p
}

// parse reads the arguments. It returns what to do instead of printing, and what
// logcat says of an argument that it does not take.
func (c *logcatCall) parse(args []string) (map[byte]bool, error) {
	a := &logcatArgs{logcatCall: c, args: args, do: map[byte]bool{}}
	for a.next < len(a.args) {
		word := a.args[a.next]
		a.next++
		var err error
		switch {
		case !strings.HasPrefix(word, "-") || word == "-":
			if a.addRules(word) != nil {
				err = complaint(fmt.Sprintf("Invalid filter expression '%s'\n", word))
			}
		case strings.HasPrefix(word, "--"):
			err = a.long(word)
		default:
			err = a.short(word)
		}
		if err != nil {
			return nil, err
		}
	}
	return a.do, nil
}

// value is what stands behind a letter, or is the next argument.
func (a *logcatArgs) value(word string) (string, error) {
	if len(word) > 2 {
		return word[2:], nil
	}
	if a.next >= len(a.args) {
		return "", complaint(fmt.Sprintf("logcat: option requires an argument -- '%c'\n", word[1]))
	}
	a.next++
	return a.args[a.next-1], nil
}

func (a *logcatArgs) short(word string) error {
	switch letter := word[1]; letter {
	case 'd':
		a.dump = true
	case 'c', 'g', 'S', 'p':
		a.do[letter] = true
	case 's':
		a.rules = append(a.rules, logRule{"*", 'S'})
	case 'B':
		a.binary = true
	case 'D':
	case 'L':
		if a.sdk < 23 {
			return complaint("logcat: invalid option -- 'L'\n")
		}
		a.do['L'] = true
	case 'G', 'P':
		a.do[letter] = true
		_, err := a.value(word)
		return err
	case 'f', 'n', 'r':
		_, err := a.value(word)
		return err
	case 'b':
		v, err := a.value(word)
		if err != nil || !a.addBuffers(v) {
			return complaint(a.unknownBuffer(v))
		}
	case 'v':
		v, _ := a.value(word)
		return a.addFormat(v)
	case 'e', 'm', 't', 'T':
		v, err := a.value(word)
		if err != nil {
			return err
		}
		return a.option(letter, v)
	default:
		return complaint(fmt.Sprintf("logcat: invalid option -- '%c'\n", letter))
	}
	return nil
}

func (a *logcatArgs) long(word string) error {
	name, v, _ := strings.Cut(word, "=")
	switch name {
	case "--pid":
		a.pid, _ = strconv.Atoi(v)
	case "--uid":
		return a.addUIDs(v)
	case "--regex":
		return a.option('e', v)
	case "--binary":
		a.binary = true
	case "--last":
		a.do['L'] = true
	case "--print", "--wrap", "--dividers":
	case "--buffer":
		if !a.addBuffers(v) {
			return complaint(fmt.Sprintf("logcat: Unknown buffer '%s'\n", v))
		}
	case "--format":
		return a.addFormat(v)
	case "--buffer-size":
		a.do['g'] = true
	case "--statistics":
		a.do['S'] = true
	default:
		return complaint(fmt.Sprintf("logcat: Unknown long option: %s\n", word))
	}
	return nil
}

func (c *logcatCall) addUIDs(list string) error {
	for u := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(u)
		if err != nil {
			return complaint(fmt.Sprintf("logcat: invalid uid: %s\n", u))
		}
		c.uids = append(c.uids, n)
	}
	return nil
}

func (c *logcatCall) unknownBuffer(v string) string {
	if c.sdk >= 28 {
		return fmt.Sprintf("logcat: Unknown buffer '%s'\n", v)
	}
	return fmt.Sprintf("unknown buffer %s\n", v)
}

func (c *logcatCall) option(name byte, v string) error {
	switch name {
	case 'e':
		expr, err := regexp.Compile(v)
		if err != nil {
			return complaint("logcat: Invalid regex\n")
		}
		c.expr = expr
	case 'm':
		c.most, _ = strconv.Atoi(v)
	case 't', 'T':
		c.dump = c.dump || name == 't'
		if n, err := strconv.Atoi(v); err == nil {
			if n < 1 {
				return complaint(fmt.Sprintf("-%c \"%s\" invalid, setting to 1\n", name, v))
			}
			c.tail = n
			return nil
		}
		at, ok := c.parseTime(v)
		if !ok {
			return complaint(fmt.Sprintf("-%c \"%s\" not in time format\n", name, v))
		}
		c.since = at
	}
	return nil
}

// parseTime reads a time as logcat prints it, or seconds since the epoch.
func (c *logcatCall) parseTime(v string) (time.Time, bool) {
	zone, now := c.h.Zone(), c.h.Now()
	if at, err := time.ParseInLocation("2006-01-02 15:04:05.999999999", v, zone); err == nil {
		return at, true
	}
	if at, err := time.ParseInLocation("01-02 15:04:05.999999999", v, zone); err == nil {
		return time.Date(now.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), zone), true
	}
	seconds, fraction, ok := strings.Cut(v, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	f, err2 := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	return time.Unix(s, f), ok && err == nil && err2 == nil
}

func (c *logcatCall) addBuffers(list string) bool {
	for name := range strings.SplitSeq(list, ",") {
		switch {
		case name == "all":
			for _, b := range logBuffers {
				c.buffers[b] = true
			}
		case name == "default":
			c.buffers["main"], c.buffers["system"], c.buffers["crash"] = true, true, true
		case slices.Contains(logBuffers, name) || name == "security" || name == "stats":
			c.buffers[name] = true
		default:
			return false
		}
	}
	return true
}

// addFormat reads one -v; formats and modifiers may be joined by commas. It
// returns what logcat says of one that it does not know.
func (c *logcatCall) addFormat(list string) error {
	for name := range strings.SplitSeq(list, ",") {
		if since, ok := logModifiers[name]; ok && c.sdk >= since {
			c.mods[name] = true
			continue
		}
		if !slices.Contains(logFormats, name) {
			if c.sdk < 24 {
				return complaint("Invalid parameter to -v\n")
			}
			return complaint(fmt.Sprintf("logcat: Invalid parameter \"%s\" to -v\n", name))
		}
		c.format = name
	}
	return nil
}
