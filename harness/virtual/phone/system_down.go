package phone

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/sh"
)

// carriers are commands that run others: faults touch what they run.
var carriers = map[string]bool{"env": true, "sh": true, "timeout": true, "toybox": true, "xargs": true}

// withFaults puts the faults that touch a command around it, and what the handset's
// state has it print.
func (h *Handset) withFaults(c sh.Command) sh.Command {
	return func(ctx context.Context, p *sh.Process) int {
		if ctx.Err() != nil {
			return sh.Killed // its caller hung up before it began
		}
		if carriers[p.Argv[0]] {
			return c(ctx, p)
		}
		do := c
		if h.faults.Booting() && needsSystem(p.Argv) {
			do = withoutSystem
		}
		if p.Argv[0] == "dumpsys" {
			do = h.speaking(do)
		}
		status := h.faults.Around(ctx, p.Argv, do)(ctx, p)
		h.carryOut(false) // what the command's output set off while the command held the state
		return status
	}
}

// withoutSystem answers as a handset does whose system is not up.
func withoutSystem(_ context.Context, p *sh.Process) int {
	old := p.Machine.SDK() < 26 // from Android 8 on they go by way of cmd
	switch {
	case p.Argv[0] == "dumpsys" && slices.Contains(p.Argv, "-l"):
		return p.Print("Currently running services:\n  SurfaceFlinger\n")
	case p.Argv[0] == "dumpsys" && len(p.Argv) == 1:
		return p.Print("Currently running services:\n  SurfaceFlinger\n" + strings.Repeat("-", 79) + "\nDUMP OF SERVICE SurfaceFlinger:\n")
	case p.Argv[0] == "pm" && old:
		fmt.Fprintln(p.Stderr, "Error: Could not access the Package Manager.  Is the system running?")
		return 1
	case p.Argv[0] == "am" && old:
		fmt.Fprintln(p.Stderr, "Error type 2\nandroid.util.AndroidException: Can't connect to activity manager; is the system running?")
		return 1
	case p.Argv[0] == "dumpsys" || p.Argv[0] == "cmd":
		return p.NoService()
	case !old:
		service := map[string]string{"am": "activity", "pm": "package", "wm": "window"}[p.Argv[0]]
		child := *p
		child.Argv = []string{"cmd", cmp.Or(service, p.Argv[0])}
		return child.NoService()
	}
	return p.NoService()
}

// needsSystem says whether a command asks system_server.
func needsSystem(argv []string) bool {
	switch argv[0] {
	case "am", "appops", "cmd", "content", "input", "monkey", "pm", "settings", "svc", "uiautomator", "wm":
		return true
	case "dumpsys":
		return !slices.Contains(argv, "SurfaceFlinger")
	}
	return false
}
