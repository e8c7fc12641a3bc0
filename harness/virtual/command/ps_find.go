package command

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/phone"
	"assay/harness/virtual/sh"
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
func pgrep(_ context.Context, p *phone.Call) int {
	h := p.Handset
	if h.SDK() < 24 {
		return p.Missing()
	}
	o, err := p.Options("cflnovxd:u:P:")
	switch {
	case err != nil:
		return p.Complain("%v", err)
	case len(o.Rest) == 0 && !o.Has('u') && !o.Has('P'):
		return p.Complain("No PATTERN")
	}
	pattern := regexp.MustCompile("")
	if len(o.Rest) > 0 {
		if pattern, err = regexp.Compile(o.Rest[0]); err != nil {
			return p.Complain("bad regex '%s'", o.Rest[0])
		}
	}
	defer h.RLock()()
	var found []*phone.Process
	for _, n := range h.State.SortedProcesses() {
		if picks(o, n, pattern) {
			found = append(found, n)
		}
	}
	if o.Has('n') || o.Has('o') {
		slices.SortFunc(found, func(a, b *phone.Process) int { return a.Started.Compare(b.Started) })
		switch {
		case len(found) == 0:
		case o.Has('n'):
			found = found[len(found)-1:]
		default:
			found = found[:1]
		}
	}
	if o.Has('c') {
		return max(p.Print(fmt.Sprintf("%d\n", len(found))), phone.Bit(len(found) == 0))
	}
	var lines []string
	for _, n := range found {
		line := strconv.Itoa(n.PID)
		if o.Has('l') {
			line += " " + n.Name
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return 1
	}
	between := "\n"
	if d, ok := o.Set['d']; ok {
		between = d
	}
	return p.Print(strings.Join(lines, between) + "\n")
}

// picks says whether pgrep's options choose a process.
func picks(o sh.Options, n *phone.Process, pattern *regexp.Regexp) bool {
	name := n.Name
	if !o.Has('f') {
		name = name[max(0, len(name)-15):]
	}
	ok := pattern.MatchString(name)
	if o.Has('x') {
		ok = ok && pattern.FindString(name) == name
	}
	if u := o.Set['u']; u != "" {
		ok = ok && slices.Contains(strings.Split(u, ","), phone.UserName(n.UID))
	}
	if parents, given := numbersIn(o.Set['P']); given {
		ok = ok && slices.Contains(parents, n.PPID)
	}
	return ok != o.Has('v')
}
