package virtual

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// command finds the recorded answer to a command line, or the refusal of what
// was not recorded. Commands that any Unix has are not looked up here.
func (r *recording) command(argv []string) (Command, bool) {
	if _, android := androidCommands[argv[0]]; !android {
		if _, ok := r.peek(commandLine(argv)); !ok {
			return nil, false
		}
	}
	return r.answer, true
}

func (r *recording) peek(line string) (recorded, bool) {
	all := r.answers[line]
	if len(all) == 0 {
		return recorded{}, false
	}
	return all[0], true
}

func (r *recording) answer(ctx context.Context, p *Process) int {
	line := commandLine(p.argv)
	goesOn := p.argv[0] == "logcat" && !slices.ContainsFunc(p.argv, endsLogcat)
	if a, ok := r.next(line); ok {
		return r.play(ctx, p, a, goesOn)
	}
	switch p.argv[0] {
	case "getprop":
		return r.getprop(p)
	case "logcat":
		if a, ok := r.next(r.logOf(p.argv)); ok {
			return r.play(ctx, p, a, goesOn)
		}
	case "ps":
		if a, ok := r.next("ps"); ok {
			return r.play(ctx, p, a, false)
		}
	case "dumpsys":
		if len(p.argv) == 2 && p.argv[1] == "-l" {
			fmt.Fprintf(p.stdout, "Currently running services:\n  %s\n", strings.Join(r.services, "\n  "))
			return 0
		}
	}
	return refuse(p)
}

func endsLogcat(word string) bool {
	return word == "-d" || word == "-t" || word == "-g" || word == "-S" || word == "-c" || word == "-L" || strings.HasPrefix(word, "-t") && len(word) > 2
}

// getprop answers for one property out of the recorded list; without a list
// nothing is known of any.
func (r *recording) getprop(p *Process) int {
	if len(p.argv) < 2 {
		return refuse(p)
	}
	value := r.props[p.argv[1]]
	if value == "" && len(p.argv) > 2 {
		value = p.argv[2]
	}
	return p.print(value + "\n")
}

// logOf chooses the loose print-out that holds the buffers that are asked for.
func (r *recording) logOf(argv []string) string {
	wanted := []string{"logcat_main_system_crash", "logcat_threadtime", "logcat_threadtime_all", "logcat_all_threadtime", "logcat_time", "logcat_brief"}
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
		if _, ok := r.peek(name); ok {
			return name
		}
	}
	return wanted[0]
}

// refuse answers as a handset does that lacks the service behind a command.
func refuse(p *Process) int {
	service, status := p.argv[0], 1
	switch p.argv[0] {
	case "dumpsys":
		if len(p.argv) > 1 {
			service = p.argv[1]
		}
		status = 0 // dumpsys itself has done its work (dumpsys.cpp)
	case "cmd":
		if len(p.argv) > 1 {
			service = p.argv[1]
		}
		fmt.Fprintf(p.stderr, "cmd: Can't find service: %s\n", service)
		return 20
	case "pm":
		service = "package"
	case "am":
		service = "activity"
	case "wm":
		service = "window"
	}
	fmt.Fprintf(p.stderr, "Can't find service: %s\n", service)
	return status
}
