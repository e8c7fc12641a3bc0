package virtual

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// logBuffers are the buffers of a handset, in the order in which they are counted.
var logBuffers = []string{"main", "radio", "events", "system", "crash", "kernel"}

// logcatCall is one call of logcat, as its arguments ask.
type logcatCall struct {
	h       *Handset
	sdk     int
	out     io.Writer
	buffers map[string]bool
	format  string
	mods    map[string]bool // epoch, monotonic, printable, uid, usec, UTC, year, zone, color, descriptive
	dump    bool
	tail    int       // -t N, -T N; 0: all
	since   time.Time // -t TIME, -T TIME
	pid     int       // 0: any
	uids    []int
	expr    *regexp.Regexp
	most    int // -m
	rules   []logRule
	begun   map[string]bool // buffers whose heading was printed
	printed int
}

// logRule is a filter expression: tag:priority; * stands for all tags.
type logRule struct {
	tag   string
	level byte // V D I W E F S
}

const logLevels = "VDIWEFS"

// logModifiers are the format modifiers, and since when.
var logModifiers = map[string]int{
	"UTC": 24, "color": 23, "colour": 23, "descriptive": 26, "epoch": 24, "monotonic": 24, "printable": 23, "uid": 24, "usec": 23, "year": 23, "zone": 23,
}

var logFormats = []string{"brief", "long", "process", "raw", "tag", "thread", "threadtime", "time"}

// logcat is the command logcat (system/logging/logcat, before that
// system/core/logcat). Without -d or -t it follows the log until it is stopped.
func logcat(ctx context.Context, p *process) int {
	c := &logcatCall{
		h: p.handset, sdk: p.handset.persona.SDK, out: p.stdout, buffers: map[string]bool{}, mods: map[string]bool{},
		format: "brief", begun: map[string]bool{},
	}
	if c.sdk >= 24 {
		c.format = "threadtime"
	}
	action, status := c.parse(p)
	if status >= 0 {
		return status
	}
	if len(c.buffers) == 0 {
		c.buffers = map[string]bool{"main": true, "system": true, "crash": true}
		if c.sdk >= 30 {
			c.buffers["kernel"] = true
		}
	}
	switch action {
	case "-g":
		for _, b := range c.sorted() {
			fmt.Fprintf(c.out, c.ringLine(), b, c.size(b))
		}
		return 0
	case "-S":
		c.statistics()
		return 0
	case "-c":
		for b := range c.buffers {
			c.h.log.clear(b)
		}
		return 0
	case "-G", "-P", "-p":
		return 0
	}
	return c.run(ctx)
}

// ringLine is what -g says of a buffer: its text changed with Android 11.
func (c *logcatCall) ringLine() string {
	if c.sdk >= 30 {
		return "%s: ring buffer is 256 KiB (%d KiB consumed, 256 KiB readable), max entry is 5120 B, max payload is 4068 B\n"
	}
	return "%s: ring buffer is 256Kb (%dKb consumed), max entry is 5120b, max payload is 4068b\n"
}

// parse reads the arguments. It returns what to do instead of printing, and an
// exit status, or -1 to go on.
func (c *logcatCall) parse(p *process) (action string, status int) {
	args := p.argv[1:]
	value := func(i *int, a string) (string, bool) {
		if len(a) > 2 && a[1] != '-' {
			return a[2:], true
		}
		if *i+1 >= len(args) {
			return "", false
		}
		*i++
		return args[*i], true
	}
	fail := func(format string, a ...any) (string, int) {
		fmt.Fprintf(p.stderr, format, a...)
		return "", 1
	}
	for i := 0; i < len(args); i++ {
		a := args[i]
		if !strings.HasPrefix(a, "-") || a == "-" {
			if err := c.addRules(a); err != nil {
				return fail("Invalid filter expression '%s'\n", a)
			}
			continue
		}
		name, inline, _ := strings.Cut(a, "=")
		if strings.HasPrefix(a, "--") {
			switch name {
			case "--pid":
				c.pid, _ = strconv.Atoi(inline)
			case "--uid":
				for u := range strings.SplitSeq(inline, ",") {
					n, err := strconv.Atoi(u)
					if err != nil {
						return fail("logcat: invalid uid: %s\n", u)
					}
					c.uids = append(c.uids, n)
				}
			case "--regex":
				if err := c.option('e', inline); err != nil {
					return fail("%s", err)
				}
			case "--last", "--print", "--wrap", "--dividers":
			case "--buffer":
				if !c.addBuffers(inline) {
					return fail("logcat: Unknown buffer '%s'\n", inline)
				}
			case "--format":
				if msg := c.addFormat(inline); msg != "" {
					return fail("%s", msg)
				}
			default:
				return fail("logcat: Unknown long option: %s\n", a)
			}
			continue
		}
		switch a[:2] {
		case "-d":
			c.dump = true
		case "-c", "-g", "-S", "-p":
			action = a[:2]
		case "-s":
			c.rules = append(c.rules, logRule{"*", 'S'})
		case "-D", "-L", "-B":
		case "-G", "-P", "-f", "-n", "-r":
			action = map[bool]string{true: a[:2], false: action}[a[1] == 'G' || a[1] == 'P']
			if _, ok := value(&i, a); !ok {
				return fail("logcat: option requires an argument -- '%c'\n", a[1])
			}
		case "-b":
			v, ok := value(&i, a)
			if !ok || !c.addBuffers(v) {
				return fail("%s", c.unknownBuffer(v))
			}
		case "-v":
			v, _ := value(&i, a)
			if msg := c.addFormat(v); msg != "" {
				return fail("%s", msg)
			}
		case "-e", "-m", "-t", "-T":
			v, ok := value(&i, a)
			if !ok {
				return fail("logcat: option requires an argument -- '%c'\n", a[1])
			}
			if err := c.option(a[1], v); err != nil {
				return fail("%s", err)
			}
		default:
			return fail("logcat: invalid option -- '%c'\n", a[1])
		}
	}
	return action, -1
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
	zone, now := c.h.clock.Zone(), c.h.clock.Now()
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
func (c *logcatCall) addFormat(list string) string {
	for name := range strings.SplitSeq(list, ",") {
		if since, ok := logModifiers[name]; ok && c.sdk >= since {
			c.mods[name] = true
			continue
		}
		if !slices.Contains(logFormats, name) {
			if c.sdk < 24 {
				return "Invalid parameter to -v\n"
			}
			return fmt.Sprintf("logcat: Invalid parameter \"%s\" to -v\n", name)
		}
		c.format = name
	}
	return ""
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
			if l != '*' && !strings.ContainsRune(logLevels, rune(l)) {
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
func (c *logcatCall) passes(e logEntry) bool {
	switch {
	case !c.buffers[e.buffer], c.pid != 0 && e.pid != c.pid, len(c.uids) > 0 && !slices.Contains(c.uids, e.uid),
		c.expr != nil && !c.expr.MatchString(e.text), !c.since.IsZero() && e.at.Before(c.since):
		return false
	}
	least := byte('V')
	for _, r := range c.rules {
		if r.tag == "*" {
			least = r.level
		}
	}
	for _, r := range c.rules {
		if r.tag == e.tag {
			least = r.level
		}
	}
	return strings.IndexByte(logLevels, e.level) >= strings.IndexByte(logLevels, least)
}

// run prints what there is and, unless it only dumps, goes on as the log grows.
// It loses nothing and keeps the order, whatever goes on meanwhile.
func (c *logcatCall) run(ctx context.Context) int {
	c.h.rlock()() // where the clock keeps the wall's pace, let the handset catch up
	entries, next, grown := c.h.log.from(0)
	var shown []logEntry
	for _, e := range entries {
		if c.passes(e) {
			shown = append(shown, e)
		}
	}
	if c.tail > 0 && len(shown) > c.tail {
		shown = shown[len(shown)-c.tail:]
	}
	for {
		done, err := c.print(shown)
		if err != nil || done || c.dump {
			return boolInt(err != nil)
		}
		if !c.await(ctx, grown) {
			return 130
		}
		shown = shown[:0]
		entries, next, grown = c.h.log.from(next)
		for _, e := range entries {
			if c.passes(e) {
				shown = append(shown, e)
			}
		}
	}
}

// await waits until the log grows; it returns false when the caller is gone.
// Where the clock keeps the wall's pace, it lets the handset catch up meanwhile.
func (c *logcatCall) await(ctx context.Context, grown <-chan struct{}) bool {
	for {
		var tick <-chan time.Time
		if c.h.clock.isReal() {
			tick = time.After(200 * time.Millisecond)
		}
		select {
		case <-ctx.Done():
			return false
		case <-grown:
			return true
		case <-tick:
			c.h.rlock()()
		}
	}
}

// print writes entries, each buffer's first under its heading. It returns true
// when -m is reached.
func (c *logcatCall) print(entries []logEntry) (done bool, err error) {
	var b strings.Builder
	for _, e := range entries {
		if !c.begun[e.buffer] {
			c.begun[e.buffer] = true
			fmt.Fprintf(&b, "--------- beginning of %s\n", e.buffer)
		}
		c.line(&b, e)
		if c.printed++; c.most > 0 && c.printed >= c.most {
			done = true
			break
		}
	}
	if b.Len() > 0 {
		_, err = io.WriteString(c.out, b.String())
	}
	return done, err
}

func (c *logcatCall) sorted() []string {
	var names []string
	for _, b := range logBuffers {
		if c.buffers[b] {
			names = append(names, b)
		}
	}
	return names
}

// size is how much a buffer holds, in KiB.
func (c *logcatCall) size(buffer string) int {
	entries, _, _ := c.h.log.from(0)
	bytes := 0
	for _, e := range entries {
		if e.buffer == buffer {
			bytes += len(e.text) + len(e.tag) + 20
		}
	}
	if c.h.log.lostOf(buffer).entries > 0 { // it was full
		return 255
	}
	return min(bytes/1024, 255)
}

// statistics prints logcat -S, in short: sizes and numbers by buffer.
func (c *logcatCall) statistics() {
	entries, _, _ := c.h.log.from(0)
	sizes, numbers := map[string]int{}, map[string]int{}
	for _, e := range entries {
		sizes[e.buffer] += len(e.text) + len(e.tag) + 20
		numbers[e.buffer]++
	}
	names := c.sorted()
	fmt.Fprint(c.out, "size/num ")
	for _, n := range names {
		fmt.Fprintf(c.out, "%-19s", n)
	}
	fmt.Fprintln(c.out, "Total")
	for _, row := range []string{"Total", "Now"} {
		fmt.Fprintf(c.out, "%-9s", row)
		size, number := 0, 0
		for _, n := range names {
			var lost loss
			if row == "Total" {
				lost = c.h.log.lostOf(n)
			}
			fmt.Fprintf(c.out, "%-19s", fmt.Sprintf("%d/%d", sizes[n]+lost.bytes, numbers[n]+lost.entries))
			size, number = size+sizes[n]+lost.bytes, number+numbers[n]+lost.entries
		}
		fmt.Fprintf(c.out, "%d/%d\n", size, number)
	}
}
