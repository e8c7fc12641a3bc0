package command

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"assay/harness/virtual/dumpsys"
	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// pm is the command pm: since Android 9 another name for cmd package, before
// that a program of its own with its own error texts (cmds/pm, and
// PackageManagerShellCommand).
func pm(_ context.Context, p *phone.Call) int { return packageShell(p, p.Argv[1:]) }

// packageShell carries out one command of the package service.
func packageShell(p *phone.Call, args []string) int {
	s := &packageCommand{call: p, h: p.Handset, sdk: p.Handset.SDK()}
	if len(args) == 0 {
		fmt.Fprintln(p.Stdout, "Package manager (package) commands:\n  help\n    Print this help text.")
		return 1
	}
	s.name, s.args = args[0], args[1:]
	for _, c := range packageCommands {
		if c.name == s.name && s.sdk >= c.sdk {
			if c.reads {
				defer s.h.RLock()()
			} else {
				defer s.h.Lock()()
			}
			return c.run(s)
		}
	}
	if s.sdk < 24 {
		fmt.Fprintf(p.Stderr, "Error: unknown command '%s'\n", s.name)
		return 1
	}
	fmt.Fprintf(p.Stderr, "Unknown command: %s\n", s.name)
	return 255
}

// packageCommands are sorted by name; sdk is the first release that has them.
var packageCommands = []struct {
	name  string
	sdk   int
	reads bool
	run   func(*packageCommand) int
}{
	{"clear", 21, false, (*packageCommand).clear},
	{"clear-permission-flags", 31, false, (*packageCommand).permissionFlags},
	{"default-state", 23, false, (*packageCommand).enable},
	{"disable", 21, false, (*packageCommand).enable},
	{"disable-user", 21, false, (*packageCommand).enable},
	{"dump", 21, true, (*packageCommand).dump},
	{"enable", 21, false, (*packageCommand).enable},
	{"get-oem-permissions", 26, true, (*packageCommand).nobodys},
	{"get-privapp-deny-permissions", 26, true, (*packageCommand).nobodys},
	{"get-privapp-permissions", 26, true, (*packageCommand).privapp},
	{"grant", 21, false, (*packageCommand).grant},
	{"install", 21, false, (*packageCommand).install},
	{"install-create", 21, false, (*packageCommand).installCreate},
	{"list", 21, true, (*packageCommand).list},
	{"path", 21, true, (*packageCommand).path},
	{"query-activities", 24, true, (*packageCommand).query},
	{"query-receivers", 24, true, (*packageCommand).queryReceivers},
	{"query-services", 24, true, (*packageCommand).queryServices},
	{"resolve-activity", 24, true, (*packageCommand).resolve},
	{"reset-permissions", 23, false, (*packageCommand).reset},
	{"revoke", 21, false, (*packageCommand).grant},
	{"set-permission-flags", 31, false, (*packageCommand).permissionFlags},
	{"uninstall", 21, false, (*packageCommand).uninstall},
}

// packageCommand is one call of pm or cmd package.
type packageCommand struct {
	call *phone.Call
	h    *phone.Handset
	sdk  int
	name string
	args []string
}

// next takes the next argument, or "".
func (s *packageCommand) next() string {
	if len(s.args) == 0 {
		return ""
	}
	a := s.args[0]
	s.args = s.args[1:]
	return a
}

// user takes a leading --user option; the default is the owner.
func (s *packageCommand) user() (int, error) {
	user := 0
	for len(s.args) >= 2 && s.args[0] == "--user" {
		switch s.args[1] {
		case "all", "current", "cur":
		default:
			n, err := strconv.Atoi(s.args[1])
			if err != nil {
				return 0, complaint(fmt.Sprintf("Invalid user: %s", s.args[1]))
			}
			user = n
		}
		s.args = s.args[2:]
	}
	if !slices.Contains(s.h.UserIDs(), user) {
		return 0, complaint(fmt.Sprintf("User %d does not exist", user))
	}
	return user, nil
}

// exception reports an exception of the service as this release's command does:
// security exceptions and others, through pm or through cmd.
func (s *packageCommand) exception(class, message string) int {
	if s.sdk < 28 { // Pm.java
		prefix := "Bad argument: "
		if class == "java.lang.SecurityException" {
			prefix = "Operation not allowed: "
		}
		if s.name != "grant" && s.name != "revoke" {
			prefix = "Error: "
		}
		fmt.Fprintf(s.call.Stderr, "%s%s: %s\n", prefix, class, message)
		return 1
	}
	return shellException(s.call, s.name, class, message)
}

// shellException reports an exception as ShellCommand.exec does, Android 9 and later.
func shellException(p *phone.Call, name, class, message string) int {
	switch {
	case class == "java.lang.SecurityException":
		fmt.Fprintf(p.Stderr, "Security exception: %s\n\n", message)
	case p.Handset.SDK() >= 30:
		fmt.Fprintf(p.Stderr, "\nException occurred while executing '%s':\n", name)
	default:
		fmt.Fprint(p.Stderr, "\nException occurred while executing:\n")
	}
	fmt.Fprintf(p.Stderr, "%s: %s\n\tat android.os.ShellCommand.exec(ShellCommand.java)\n"+
		"\tat android.os.Binder.shellCommand(Binder.java)\n", class, message)
	return 255
}

func (s *packageCommand) unknownPackage(name string) int {
	return s.exception("java.lang.IllegalArgumentException", "Unknown package: "+name)
}

// grant grants or revokes a runtime permission, and leaves its flags
// (PermissionManagerService.grantRuntimePermission, revokeRuntimePermission; Android
// 6 to 9 PackageManagerService). What is fixed is not granted without a word.
func (s *packageCommand) grant() int {
	user, err := s.user()
	if err != nil {
		fmt.Fprintln(s.call.Stderr, "Error:", err)
		return 1
	}
	name, perm := s.next(), s.next()
	switch {
	case name == "":
		fmt.Fprintln(s.call.Stderr, "Error: no package specified")
		return 1
	case perm == "":
		fmt.Fprintln(s.call.Stderr, "Error: no permission specified")
		return 1
	}
	p := s.h.State.Package(name)
	d, known := s.h.State.Permission(perm)
	switch {
	case p == nil:
		return s.unknownPackage(name)
	case !known:
		return s.exception("java.lang.IllegalArgumentException", "Unknown permission: "+perm)
	case !slices.Contains(p.Grants.Requested, perm):
		return s.exception("java.lang.SecurityException", fmt.Sprintf("Package %s has not requested permission %s", name, perm))
	case !s.h.IsRuntime(perm):
		if strings.Contains(d.Protection, "development") {
			p.Grants.Install[perm] = &phone.Grant{Granted: s.name == "grant"}
			return 0
		}
		return s.exception("java.lang.SecurityException", fmt.Sprintf("Permission %s is not a changeable permission type", perm))
	}
	granted := s.name == "grant"
	g := p.Grants.RuntimeOf(user, perm)
	switch {
	case p.Target > 0 && p.Target < 23: // a legacy app's come with its installation: nothing is done, and nothing said
		return 0
	case g != nil && g.Flags&(persona.SystemFixed|persona.PolicyFixed) != 0 && (granted || s.sdk >= 34): // only logged
		return 0
	case g != nil && g.Flags&persona.PolicyFixed != 0:
		return s.exception("java.lang.SecurityException", "Cannot revoke policy fixed permission "+perm+" for package "+name)
	case g != nil && g.Flags&persona.SystemFixed != 0:
		return s.exception("java.lang.SecurityException", "Non-System UID cannot revoke system fixed permission "+perm+" for package "+name)
	}
	was := g != nil && g.Granted
	s.h.SetRuntime(p, user, perm, phone.GrantChange{Granted: granted})
	if was && !granted {
		stop(s.h, p, user, "permissions revoked")
	}
	return 0
}

// stop kills a package's process for a user and takes it off the screen.
func stop(h *phone.Handset, p *phone.Package, user int, why string) {
	h.LeaveScreen(p.Name)
	if n := h.State.ProcessOf(p.Name, user); n != nil {
		h.Kill(n, why)
	}
}

// permissionFlags sets or clears flags of a permission.
func (s *packageCommand) permissionFlags() int {
	user, err := s.user()
	if err != nil {
		fmt.Fprintln(s.call.Stderr, "Error:", err)
		return 1
	}
	name, perm := s.next(), s.next()
	p := s.h.State.Package(name)
	if p == nil {
		return s.unknownPackage(name)
	}
	g := p.Grants.RuntimeOf(user, perm)
	if g == nil {
		return s.exception("java.lang.IllegalArgumentException", "Unknown permission: "+perm)
	}
	if len(s.args) == 0 {
		fmt.Fprintln(s.call.Stderr, "Error: must specify permission flags")
		return 1
	}
	named := map[string]persona.Flags{
		"review-required": persona.ReviewRequired, "revoked-compat": persona.RevokeOnUpgrade,
		"revoke-when-requested": persona.RevokeWhenRequested,
		"user-fixed":            persona.UserFixed, "user-set": persona.UserSet,
	}
	var bits persona.Flags
	for _, f := range s.args {
		bit, ok := named[f]
		if !ok {
			return s.exception("java.lang.IllegalArgumentException", "Unknown flag "+f)
		}
		bits |= bit
	}
	if s.name == "set-permission-flags" {
		g.Flags |= bits
	} else {
		g.Flags &^= bits
	}
	return 0
}

// reset puts all runtime permissions back to what the first boot gave.
func (s *packageCommand) reset() int {
	for _, p := range s.h.State.Order {
		resetGrants(s.h, p)
	}
	return 0
}

// resetGrants forgets what users decided about a package.
func resetGrants(h *phone.Handset, p *phone.Package) {
	for _, u := range h.UserIDs() {
		for perm, g := range p.Grants.Runtime[u] {
			if g.Flags&(persona.SystemFixed|persona.PolicyFixed) != 0 {
				continue
			}
			h.SetRuntime(p, u, perm, phone.GrantChange{
				Granted: g.Flags&persona.GrantedByDefault != 0, Clear: persona.UserSet | persona.UserFixed | persona.OneTime})
		}
	}
}

// clear wipes a package's data and its users' decisions.
func (s *packageCommand) clear() int {
	user, err := s.user()
	if err != nil {
		fmt.Fprintln(s.call.Stderr, "Error:", err)
		return 1
	}
	name := s.next()
	if name == "" {
		fmt.Fprintln(s.call.Stderr, "Error: no package specified")
		return 1
	}
	p := s.h.State.Package(name)
	if p == nil || p.Name == "android" {
		fmt.Fprintln(s.call.Stdout, "Failed")
		return 1
	}
	stop(s.h, p, user, "clear data")
	resetGrants(s.h, p)
	fmt.Fprintln(s.call.Stdout, "Success")
	return 0
}

// enable sets whether a package may run: default 0, enabled 1, disabled 2, by
// the user 3.
func (s *packageCommand) enable() int {
	user, err := s.user()
	if err != nil {
		fmt.Fprintln(s.call.Stderr, "Error:", err)
		return 1
	}
	name := s.next()
	if name == "" {
		fmt.Fprintln(s.call.Stderr, "Error: no package or component specified")
		return 1
	}
	p := s.h.State.Package(name)
	if p == nil {
		return s.unknownPackage(name)
	}
	to := map[string]int{"default-state": 0, "enable": 1, "disable": 2, "disable-user": 3}[s.name]
	if to == 2 && s.sdk >= 26 {
		return s.exception("java.lang.SecurityException", fmt.Sprintf("Shell cannot change component state for %s to %d", name, to))
	}
	if to >= 2 && s.sdk >= 24 && protected(s.h, p) {
		return s.exception("java.lang.SecurityException", "Cannot disable a protected package: "+name)
	}
	p.Users[user].Enabled, p.Users[user].DisabledBy = to, "shell:0"
	if to >= 2 {
		stop(s.h, p, user, "pkg="+name)
	}
	word := []string{"default", "enabled", "disabled", "disabled-user"}[to]
	fmt.Fprintf(s.call.Stdout, "Package %s new state: %s\n", name, word)
	return 0
}

// protected says whether Android refuses to disable a package
// (ProtectedPackages): itself, and what it cannot do without.
func protected(h *phone.Handset, p *phone.Package) bool {
	grant, _ := h.GrantActivity()
	return p.Name == "android" || p.Name == grant || p.Name == "com.android.provision"
}

// path prints where a package's APK is.
func (s *packageCommand) path() int {
	if _, err := s.user(); err != nil {
		fmt.Fprintln(s.call.Stderr, "Error:", err)
		return 1
	}
	name := s.next()
	if name == "" {
		fmt.Fprintln(s.call.Stderr, "Error: no package specified")
		return 1
	}
	p := s.h.State.Package(name)
	if p == nil {
		return 1
	}
	fmt.Fprintf(s.call.Stdout, "package:%s\n", p.APKPath())
	return 0
}

// dump prints what the services know of a package, each indented
// (ActivityManager.dumpPackageStateStatic).
func (s *packageCommand) dump() int {
	name := s.next()
	if name == "" {
		fmt.Fprintln(s.call.Stderr, "Error: no package specified")
		return 1
	}
	fmt.Fprintln(s.call.Stdout, "DUMP OF SERVICE package:")
	var b strings.Builder
	dumpsys.DumpPackage(s.h, &b, dumpsys.PackageOptions{Package: name})
	indent(s.call.Stdout, b.String(), "  ")
	fmt.Fprintln(s.call.Stdout)
	return 0
}

func indent(w io.Writer, text, by string) {
	for line := range strings.Lines(text) {
		if line == "\n" {
			io.WriteString(w, by+"\n")
			continue
		}
		io.WriteString(w, by+line)
	}
}
