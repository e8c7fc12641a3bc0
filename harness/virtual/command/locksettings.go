package command

import (
	"context"
	"fmt"

	"assay/harness/virtual/phone"
)

// locksettings is the command locksettings, from Android 8: another name for cmd
// lock_settings (cmds/locksettings).
func locksettings(_ context.Context, p *phone.Call) int {
	if p.Handset.SDK() < 26 {
		return p.Missing()
	}
	if len(p.Argv) < 2 {
		return lockSettingsShell(p, []string{"help"})
	}
	return lockSettingsShell(p, p.Argv[1:])
}

// lockCommands are the commands of lock_settings, and since when
// (LockSettingsShellCommand).
var lockCommands = map[string]int{
	"clear": 26, "get-disabled": 28, "help": 26, "set-disabled": 26, "set-password": 26, "set-pattern": 26, "set-pin": 26, "verify": 28,
}

// lockSettingsShell sets, checks and clears what unlocks the screen. A credential
// makes the lock screen ask for it from the next time that it shows.
func lockSettingsShell(p *phone.Call, args []string) int {
	h := p.Handset
	defer h.Lock()()
	name, given, value := args[0], "", ""
	for rest := args[1:]; len(rest) > 0; rest = rest[1:] {
		switch {
		case rest[0] == "--old" && len(rest) > 1:
			given, rest = rest[1], rest[1:]
		case rest[0] == "--user" && len(rest) > 1:
			rest = rest[1:]
		case value == "":
			value = rest[0]
		}
	}
	if since, ok := lockCommands[name]; !ok || h.SDK() < since {
		fmt.Fprintln(p.Stderr, "Unknown command: "+name)
		return 0
	}
	if name == "help" {
		return p.Print("lockSettings service commands:\n\n  help\n    Prints this help text.\n")
	}
	has := h.State.Credential
	switch {
	case has != "" && given != has:
		fmt.Fprintf(p.Stdout, "Old password '%s' didn't match\n", given)
		return 255
	case has == "" && given != "":
		fmt.Fprintln(p.Stdout, "Old password provided but user has no password")
		return 255
	}
	return lockSetting(h, p, name, value)
}

func lockSetting(h *phone.Handset, p *phone.Call, name, value string) int {
	secure := h.State.Settings["secure"]
	switch name {
	case "get-disabled":
		return p.Print(fmt.Sprintln(secure["lockscreen.disabled"] == "1"))
	case "set-disabled":
		secure["lockscreen.disabled"] = fmt.Sprint(phone.Bit(value == "true"))
		return p.Print(fmt.Sprintf("Lock screen disabled set to %t\n", value == "true"))
	case "verify":
		return p.Print("Lock credential verified successfully\n")
	case "clear":
		h.SetCredential("")
		return p.Print("Lock credential cleared\n")
	}
	if len(value) < 4 { // LockPatternUtils.MIN_LOCK_PATTERN_SIZE, MIN_LOCK_PASSWORD_SIZE
		fmt.Fprintln(p.Stderr, "Error while executing command: "+name)
		return 255
	}
	h.SetCredential(value)
	secure["lockscreen.disabled"] = "0"
	kind := map[string]string{"set-pin": "Pin", "set-password": "Password", "set-pattern": "Pattern"}[name]
	return p.Print(fmt.Sprintf("%s set to '%s'\n", kind, value))
}
