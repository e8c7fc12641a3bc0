package sh

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// ending is a builtin of ours that may end the function, subshell or shell that it
// stands in.
type ending func(ctx context.Context, s *shell, hc interp.HandlerContext, args []string) error

func endingNamed(name string) (ending, bool) {
	switch name {
	case "assigned":
		return assigned, true
	case "divisor", "number":
		return printNumber, true
	case "end":
		return func(ctx context.Context, s *shell, hc interp.HandlerContext, args []string) error {
			return s.end(ctx, hc, args[1])
		}, true
	case "fail":
		return func(ctx context.Context, s *shell, hc interp.HandlerContext, args []string) error {
			fmt.Fprintf(hc.Stderr, "%s: %s\n", s.run.Name, args[2])
			return s.end(ctx, hc, args[1])
		}, true
	case "kill":
		return killSelf, true
	case "status":
		return func(_ context.Context, _ *shell, _ interp.HandlerContext, args []string) error {
			status, _ := strconv.Atoi(args[1])
			return exitWith(status)
		}, true
	}
	return nil, false
}

// ended is the error with which a whole shell ends.
type ended int

func (e ended) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// inFunction is a status by which "return" shows that it has a function to return from.
const inFunction = "199"

// end ends what an error in mksh ends: the function, or else the subshell or shell.
func (s *shell) end(ctx context.Context, hc interp.HandlerContext, status string) error {
	s.errors.mute(true)
	probe := hc.Builtin(ctx, []string{"return", inFunction})
	s.errors.mute(false)
	if probe != nil && strings.HasSuffix(probe.Error(), " "+inFunction) {
		return hc.Builtin(ctx, []string{"return", status})
	}
	return hc.Builtin(ctx, []string{"exit", status})
}

// assigned comes after an assignment that failed, and tells whether it was to a
// read-only variable.
func assigned(ctx context.Context, s *shell, hc interp.HandlerContext, args []string) error {
	for _, name := range args[2:] {
		if hc.Env.Get(name).ReadOnly {
			return s.end(ctx, hc, "2")
		}
	}
	status, _ := strconv.Atoi(args[1])
	return exitWith(status)
}

func exitWith(status int) error {
	if status &= 0xff; status != 0 {
		return interp.ExitStatus(status)
	}
	return nil
}

// badNumber is the error of an expression that is none: the interpreter prints it and
// ends the shell, as it does for a variable that must be set.
type badNumber string

func (b badNumber) Error() string { return string(b) }
func (b badNumber) Unwrap() error { return expand.UnsetParameterError{} }

// printNumber prints the number that a text stands for. A text that stands for none,
// and a divisor of 0, end the shell.
func printNumber(_ context.Context, s *shell, hc interp.HandlerContext, args []string) error {
	n, err := valueOf(hc.Env, strings.Join(args[1:], " "))
	if err == nil && n == 0 && args[0] == Own+"divisor" {
		err = fmt.Errorf("zero divisor")
	}
	if err != nil {
		return badNumber(s.run.Name + ": " + err.Error())
	}
	fmt.Fprint(hc.Stdout, n)
	return nil
}

// killSelf is kill where it is the shell itself that is to get a signal.
func killSelf(ctx context.Context, s *shell, hc interp.HandlerContext, args []string) error {
	self := hc.Env.Get(ownPID).String()
	if !slices.Contains(args[1:], self) {
		return s.command(ctx, hc, append([]string{"kill"}, args[1:]...))
	}
	name := "TERM"
	for i, a := range args[1:] {
		switch {
		case a == "-s" && i+2 < len(args):
			name = args[i+2]
		case strings.HasPrefix(a, "-"):
			name = a[1:]
		}
	}
	number, ok := SignalNumber(name)
	switch {
	case !ok:
		fmt.Fprintf(hc.Stderr, "%s: kill: %s: bad signal\n", s.run.Name, name)
		return interp.ExitStatus(1)
	case number == 0:
		return nil
	}
	s.mu.Lock()
	action, trapped := s.traps[number]
	s.mu.Unlock()
	if trapped && number != 9 {
		return hc.Builtin(ctx, []string{"eval", action})
	}
	return ended(128 + number)
}

// Signals are those that scripts name, by number.
var Signals = map[string]int{
	"HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10, "SEGV": 11, "USR2": 12,
	"PIPE": 13, "ALRM": 14, "TERM": 15, "CHLD": 17, "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "WINCH": 28,
}

// SignalNumber reads a signal's name, with or without SIG, or its number.
func SignalNumber(name string) (int, bool) {
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < 65 {
		return n, true
	}
	n, ok := Signals[strings.TrimPrefix(strings.ToUpper(name), "SIG")]
	return n, ok
}

// listVariables prints variables, as set, typeset, export and readonly do.
func listVariables(_ context.Context, _ *shell, p *Process) int {
	kind, values := p.Argv[1], p.Argv[2] == "values"
	lines := map[string]string{}
	p.All.Each(func(name string, v expand.Variable) bool {
		if hidden[name] || !v.IsSet() || kind == "export" && !v.Exported || kind == "readonly" && !v.ReadOnly {
			delete(lines, name)
			return true
		}
		line := name
		if values {
			text, err := syntax.Quote(v.String(), syntax.LangMirBSDKorn)
			if err != nil || v.String() == "" {
				text = ""
			}
			line += "=" + text
			if kind != "set" {
				line = kind + " " + line
			}
		}
		lines[name] = line
		return true
	})
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		if status := p.Print(lines[name] + "\n"); status != 0 {
			return status
		}
	}
	return 0
}
