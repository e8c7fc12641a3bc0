package virtual

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// psHelp is what toybox's ps says of itself, in short; scripts look for -A in it.
const psHelp = "usage: ps [-AadefLlnwZ] [-gG GROUP,] [-k FIELD,] [-o FIELD,] [-p PID,] [-t TTY,] [-u USER,]\n\n" +
	"List processes.\n\n" +
	"Which processes to show (selections may be comma separated lists):\n\n" +
	"-A\tAll processes\n-e\tSynonym for -A\n-p\tPIDs\n-u\tOwned by USERs\n\n" +
	"Output modifiers:\n\n-f\tFull listing\n-o\tShow FIELDs\n"

// numbersIn reads a list of numbers with commas between.
func numbersIn(list string) ([]int, bool) {
	var all []int
	for word := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

// pgrep is the command pgrep, from Android 7 (toybox ps.c): the processes whose
// name, or with -f command line, has the pattern. A name is matched as far as the
// kernel keeps it.
func pgrep(_ context.Context, p *process) int {
	h := p.handset
	if h.persona.SDK < 24 {
		return p.missing()
	}
	o, err := p.options("cflnovxd:u:P:")
	switch {
	case err != nil:
		return p.complain("%v", err)
	case len(o.rest) == 0 && !o.has('u') && !o.has('P'):
		return p.complain("No PATTERN")
	}
	pattern := regexp.MustCompile("")
	if len(o.rest) > 0 {
		if pattern, err = regexp.Compile(o.rest[0]); err != nil {
			return p.complain("bad regex '%s'", o.rest[0])
		}
	}
	defer h.rlock()()
	var found []*proc
	for _, n := range h.state.sortedProcesses() {
		if o.picks(n, pattern) {
			found = append(found, n)
		}
	}
	if o.has('n') || o.has('o') {
		slices.SortFunc(found, func(a, b *proc) int { return a.started.Compare(b.started) })
		switch {
		case len(found) == 0:
		case o.has('n'):
			found = found[len(found)-1:]
		default:
			found = found[:1]
		}
	}
	if o.has('c') {
		return max(p.print(fmt.Sprintf("%d\n", len(found))), boolInt(len(found) == 0))
	}
	var lines []string
	for _, n := range found {
		line := strconv.Itoa(n.pid)
		if o.has('l') {
			line += " " + n.name
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return 1
	}
	between := "\n"
	if d, ok := o.set['d']; ok {
		between = d
	}
	return p.print(strings.Join(lines, between) + "\n")
}

// picks says whether pgrep's options choose a process.
func (o options) picks(n *proc, pattern *regexp.Regexp) bool {
	name := n.name
	if !o.has('f') {
		name = name[max(0, len(name)-15):]
	}
	ok := pattern.MatchString(name)
	if o.has('x') {
		ok = ok && pattern.FindString(name) == name
	}
	if u := o.set['u']; u != "" {
		ok = ok && slices.Contains(strings.Split(u, ","), userName(n.uid))
	}
	if parents, given := numbersIn(o.set['P']); given {
		ok = ok && slices.Contains(parents, n.ppid)
	}
	return ok != o.has('v')
}
