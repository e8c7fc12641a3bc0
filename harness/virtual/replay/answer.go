package replay

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/sh"
)

// Command finds the recorded answer to a command line, or the refusal of what
// was not recorded. Commands that any Unix has are not looked up here.
func (r *Recording) Command(argv []string) (sh.Command, bool) {
	if !r.isAndroid(argv[0]) {
		if !r.has(commandLine(argv)) {
			return nil, false
		}
	}
	return r.answer, true
}

// has says whether a command was recorded.
func (r *Recording) has(line string) bool { return len(r.answers[line]) > 0 }

func (r *Recording) answer(ctx context.Context, p *sh.Process) int {
	line := commandLine(p.Argv)
	goesOn := p.Argv[0] == "logcat" && !slices.ContainsFunc(p.Argv, endsLogcat)
	if a, ok := r.next(line); ok {
		return r.play(ctx, p, a, goesOn)
	}
	switch p.Argv[0] {
	case "getprop":
		return r.getprop(p)
	case "logcat":
		if a, ok := r.next(r.logOf(p.Argv)); ok {
			return r.play(ctx, p, a, goesOn)
		}
	case "ps":
		if a, ok := r.next("ps"); ok {
			return r.play(ctx, p, a, false)
		}
	case "dumpsys":
		if len(p.Argv) == 2 && p.Argv[1] == "-l" {
			fmt.Fprintf(p.Stdout, "Currently running services:\n  %s\n", strings.Join(r.services, "\n  "))
			return 0
		}
	}
	return p.NoService()
}

func endsLogcat(word string) bool {
	return word == "-d" || word == "-t" || word == "-g" || word == "-S" || word == "-c" || word == "-L" || strings.HasPrefix(word, "-t") &&
		len(word) > 2
}

// getprop answers for one property out of the recorded list; without a list
// nothing is known of any.
func (r *Recording) getprop(p *sh.Process) int {
	if len(p.Argv) < 2 {
		return p.NoService()
	}
	value := r.props[p.Argv[1]]
	if value == "" && len(p.Argv) > 2 {
		value = p.Argv[2]
	}
	return p.Print(value + "\n")
}

// logOf chooses the loose print-out that holds the buffers that are asked for.
func (r *Recording) logOf(argv []string) string {
	wanted := []string{"logcat_main_system_crash", "logcat_threadtime", "logcat_threadtime_all", "logcat_all_threadtime", "logcat_time",
		"logcat_brief"}
	for i, word := range argv {
		buffers, ok := strings.CutPrefix(word, "-b")
		if ok && buffers == "" && i+1 < len(argv) {
			buffers = argv[i+1]
		}
		switch {
		case ok && buffers == "events", ok && buffers == "radio":
			wanted = []string{"logcat_" + buffers}
		case word == "-S", word == "-g":
			wanted = []string{"logcat_statistics"}
		case word == "-L":
			wanted = []string{"logcat_last"}
		}
	}
	for _, name := range wanted {
		if r.has(name) {
			return name
		}
	}
	return wanted[0]
}
