package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/phone"
)

// ime is the command ime: a program of its own up to Android 8 (cmds/ime), and
// another name for cmd input_method ime since.
func ime(_ context.Context, p *phone.Call) int {
	return (&imeCommand{call: p, old: p.Handset.SDK() < 28}).run(p.Argv[1:])
}

// inputMethodShell is cmd input_method, of which only ime is for the shell
// (InputMethodManagerService.ShellCommandImpl).
func inputMethodShell(p *phone.Call, args []string) int {
	if args[0] != "ime" {
		return unknownCommand(p, args[0])
	}
	return (&imeCommand{call: p}).run(args[1:])
}

// imeCommand is one call of ime. The old program exits with 0 whatever happened.
type imeCommand struct {
	call *phone.Call
	old  bool
}

// failure is the exit status of a call that failed.
func (c *imeCommand) failure() int {
	if c.old {
		return 0
	}
	return 255
}

func (c *imeCommand) run(args []string) int {
	name := ""
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	switch name {
	case "list":
		return c.list(args)
	case "enable", "disable", "set":
		return c.change(name, c.withoutUser(args))
	case "":
		fmt.Fprintln(c.call.Stderr, "usage: ime list [-a] [-s]\n       ime enable ID\n       ime disable ID\n       ime set ID")
		return 0
	}
	if c.old {
		fmt.Fprintf(c.call.Stderr, "Error: unknown command '%s'\n", name)
		return 0
	}
	fmt.Fprintln(c.call.Stdout, "Unknown command: "+name)
	return 255
}

// withoutUser passes over --user N, from Android 10: the owner alone has keyboards.
func (c *imeCommand) withoutUser(args []string) []string {
	if len(args) >= 2 && args[0] == "--user" && c.call.Handset.SDK() >= 29 {
		return args[2:]
	}
	return args
}

// forUser is what Android 10 added to what it says.
func (c *imeCommand) forUser() string {
	if c.call.Handset.SDK() < 29 {
		return ""
	}
	return " for user #0"
}

// list prints the input methods that are enabled, or with -a all: with -s their
// IDs, else all of InputMethodInfo.dump.
func (c *imeCommand) list(args []string) int {
	all, brief := false, false
	for _, a := range c.withoutUser(args) {
		switch {
		case a == "-a":
			all = true
		case a == "-s":
			brief = true
		case strings.HasPrefix(a, "-") && c.old:
			fmt.Fprintln(c.call.Stderr, "Error: Unknown option: "+a)
			return 0
		}
	}
	h := c.call.Handset
	defer h.RLock()()
	enabled := h.EnabledInputMethods()
	for _, m := range h.InputMethods() {
		id := m.ID()
		switch {
		case !all && !slices.Contains(enabled, id):
		case brief:
			fmt.Fprintln(c.call.Stdout, id)
		default:
			fmt.Fprintf(c.call.Stdout, "%s:\n  mId=%s mSettingsActivityName=%s\n  mIsDefaultResId=0x0\n  Service:\n"+
				"    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false\n"+
				"    ServiceInfo:\n      name=%s\n      packageName=%s\n"+
				"      enabled=true exported=true directBootAware=false\n      permission=%s\n      flags=0x0\n",
				id, id, m.Package.App.Launcher, m.Class, m.Package.Name, m.Permission)
		}
	}
	return 0
}

// change enables, disables or chooses an input method.
func (c *imeCommand) change(how string, args []string) int {
	h := c.call.Handset
	verb := map[string]string{"enable": "enabled", "disable": "disabled", "set": "selected"}[how]
	if len(args) == 0 {
		if c.old {
			fmt.Fprintln(c.call.Stderr, "Error: no input method ID specified")
			return 0
		}
		return missingArgument(c.call, []string{"ime", how})
	}
	defer h.Lock()()
	id := args[0]
	known := slices.ContainsFunc(h.InputMethods(), func(m phone.Match) bool { return m.ID() == id })
	enabled := h.EnabledInputMethods()
	has := slices.Contains(enabled, id)
	if !known || how == "set" && !has {
		if h.SDK() < 29 {
			fmt.Fprintln(c.call.Stderr, "Error: Unknown id: "+id)
		} else {
			fmt.Fprintf(c.call.Stderr, "Unknown input method %s cannot be %s%s\n", id, verb, c.forUser())
		}
		return c.failure()
	}
	if how == "set" {
		h.State.Settings["secure"]["default_input_method"] = id
		return c.call.Print("Input method " + id + " selected" + c.forUser() + "\n")
	}
	word := "now "
	if has == (how == "enable") {
		word = "already "
	}
	enabled = slices.DeleteFunc(enabled, func(e string) bool { return e == id })
	if how == "enable" {
		enabled = append(enabled, id)
	}
	h.State.Settings["secure"]["enabled_input_methods"] = strings.Join(enabled, ":")
	return c.call.Print("Input method " + id + ": " + word + verb + c.forUser() + "\n")
}
