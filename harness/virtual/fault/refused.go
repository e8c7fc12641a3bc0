package fault

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/sh"
)

// refusal is a way in which Android says no.
type refusal struct {
	of  func(f *pending, argv []string) bool // says whether it has to do with a command
	say func(f *pending, p *sh.Process) int
}

// refusals are those that a fault can have, by name.
var refusals = map[string]*refusal{
	"change":  {func(_ *pending, argv []string) bool { return changeWants(argv) != "" }, changeRefused},
	"denied":  {deniable, denied},
	"ignored": {func(_ *pending, argv []string) bool { return changeWants(argv) != "" }, func(*pending, *sh.Process) int { return 0 }},
	"inject":  {func(_ *pending, argv []string) bool { return argv[0] == "input" && len(argv) > 1 }, injectionRefused},
	"user":    {asksOtherUsers, userRefused},
}

// refuse says no in the place of a command.
func (f *pending) refuse(_ context.Context, p *sh.Process, _ sh.Command) int {
	return refusals[f.What].say(f, p)
}

// deniable leaves out what needs no permission: the list of services.
func deniable(_ *pending, argv []string) bool {
	return argv[0] != "dumpsys" || Dumped(argv) != ""
}

// readsFiles are the programs that tell of each of their files why they cannot
// read it. Others are not run at all.
var readsFiles = []string{"cat", "grep", "head", "ls", "stat", "tail", "wc"}

// denied refuses for want of a permission: a service to dump, the kernel to open a
// file or to run a program.
func denied(f *pending, p *sh.Process) int {
	switch {
	case p.Argv[0] == "dumpsys":
		return p.Print(f.box.hooks.Denial(Dumped(p.Argv)))
	case !slices.Contains(readsFiles, p.Argv[0]):
		fmt.Fprintf(p.Stderr, "/system/bin/sh: %s: can't execute: Permission denied\n", p.Argv[0])
		return 126
	}
	for _, file := range p.Argv[1:] {
		if strings.HasPrefix(file, "/") {
			fmt.Fprintf(p.Stderr, "%s: %s: Permission denied\n", p.Argv[0], file)
		}
	}
	return 1
}

// injectionRefused is what input says where the shell may not press keys: up to
// Android 10 in a process of its own (Input.java), then as a command of the
// service (InputShellCommand), from Android 13 on in other words
// (InputManagerService.injectInputEventToTarget).
func injectionRefused(_ *pending, p *sh.Process) int {
	words := "Injecting to another application requires INJECT_EVENTS permission"
	if p.Machine.SDK() >= 33 {
		words = "Injecting input events requires the caller (or the source of the instrumentation, if any) to have the INJECT_EVENTS permission."
	}
	if p.Machine.SDK() < 30 {
		fmt.Fprintf(p.Stderr, "java.lang.SecurityException: %s\n\tat android.os.Parcel.readException(Parcel.java)\n"+
			"\tat android.hardware.input.IInputManager$Stub$Proxy.injectInputEvent(IInputManager.java)\n"+
			"\tat com.android.commands.input.Input.main(Input.java)\n", words)
		return 255
	}
	return securityException(p, p.Argv[1], words, "com.android.server.input.InputManagerService.injectInputEvent(InputManagerService.java)")
}

// changes are the permissions that a command which changes something wants of the
// shell, by its first words.
var changes = map[string]string{
	"appops set":      "MANAGE_APP_OPS_MODES",
	"pm clear":        "CLEAR_APP_USER_DATA",
	"pm grant":        "GRANT_RUNTIME_PERMISSIONS",
	"pm revoke":       "REVOKE_RUNTIME_PERMISSIONS",
	"settings delete": "WRITE_SECURE_SETTINGS",
	"settings put":    "WRITE_SECURE_SETTINGS",
}

func changeWants(argv []string) string {
	words := slices.Clone(argv)
	if words[0] == "cmd" && len(words) > 1 {
		if words = words[1:]; words[0] == "package" {
			words[0] = "pm"
		}
	}
	for i := 1; i+1 < len(words) && words[i] == "--user"; {
		words = slices.Delete(words, i, i+2)
	}
	if len(words) < 2 {
		return ""
	}
	return changes[words[0]+" "+words[1]]
}

// changeRefused is what a maker's Android says where a switch of its own keeps a
// permission from the shell: in the words of who checks it (ContextImpl.enforce,
// SettingsProvider.enforceWritePermission, ActivityManagerService).
func changeRefused(_ *pending, p *sh.Process) int {
	wants := changeWants(p.Argv)
	words := "Neither user 2000 nor current process has android.permission." + wants + "."
	switch wants {
	case "GRANT_RUNTIME_PERMISSIONS":
		words = "grantRuntimePermission: " + words
	case "REVOKE_RUNTIME_PERMISSIONS":
		words = "revokeRuntimePermission: " + words
	case "WRITE_SECURE_SETTINGS":
		words = "Permission denial: writing to settings requires:android.permission." + wants
	case "CLEAR_APP_USER_DATA":
		words = "PID 4711 does not have permission android.permission." + wants + " to clear data of package " + p.Argv[len(p.Argv)-1]
	}
	if p.Machine.SDK() < 24 {
		fmt.Fprintf(p.Stderr, "Operation not allowed: java.lang.SecurityException: %s\n", words)
		return 1
	}
	return securityException(p, p.Argv[1], words, "android.os.Parcel.createException(Parcel.java)")
}

// asksOtherUsers says whether a command has to do with all users, or with the one
// that the shell may not access: a list of packages does where it is not told
// whose.
func asksOtherUsers(f *pending, argv []string) bool {
	args := packageArgs(argv)
	user := ""
	if i := slices.Index(args, "--user"); i >= 0 && i+1 < len(args) {
		user = args[i+1]
	}
	lists := len(args) > 1 && args[0] == "list" && (args[1] == "packages" || args[1] == "package")
	return slices.Contains([]string{"all", "-1", strconv.FormatInt(f.Count, 10)}, user) || lists && user == ""
}

// packageArgs are what a command asks of the package service; nil: nothing.
func packageArgs(argv []string) []string {
	switch {
	case argv[0] == "pm", argv[0] == "dumpsys" && Dumped(argv) == "package":
		return argv[1:]
	case argv[0] == "cmd" && len(argv) > 2 && argv[1] == "package":
		return argv[2:]
	}
	return nil
}

// userRefused is what the package service says where a user's restrictions keep
// the shell out (UserController.enforceShellRestriction): in a dump in the words
// of Binder.doDump, up to Android 6 in those of Pm.java.
func userRefused(f *pending, p *sh.Process) int {
	words := fmt.Sprintf("Shell does not have permission to access user %d", f.Count)
	switch sdk := p.Machine.SDK(); {
	case p.Argv[0] == "dumpsys":
		return p.Print("Security exception: " + words + "\n")
	case sdk < 24:
		fmt.Fprintf(p.Stderr, "Error: java.lang.SecurityException: %s\n", words)
		return 1
	case sdk >= 30:
		words += "\n com.android.server.am.ActivityManagerService.handleIncomingUser:14983"
	}
	return securityException(p, packageArgs(p.Argv)[0], words, "com.android.server.am.UserController.handleIncomingUser(UserController.java)")
}

// securityException reports one as ShellCommand.exec did from Android 7 to 10, or
// as BasicShellCommandHandler.exec does since.
func securityException(p *sh.Process, name, words, at string) int {
	if p.Machine.SDK() >= 30 {
		fmt.Fprintf(p.Stderr, "\nException occurred while executing '%s':\n", name)
	} else {
		fmt.Fprintf(p.Stderr, "Security exception: %s\n\n", words)
	}
	fmt.Fprintf(p.Stderr, "java.lang.SecurityException: %s\n\tat %s\n\tat android.os.Binder.shellCommand(Binder.java)\n", words, at)
	return 255
}
