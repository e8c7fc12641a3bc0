package scenario

import (
	"context"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/android"
	"assay/harness/obstacle"
)

// permissionChange is what revoke and grant have in common.
type permissionChange struct {
	permissions []android.Permission
	pkg         android.Package // empty: the target's
}

func (r *reader) permissionChange(verb string, value ast.Node) permissionChange {
	var c permissionChange
	if _, ok := pairs(value); !ok {
		c.permissions = r.permissionList(value)
		return c
	}
	r.fields(value, verb,
		field{"permission", true, func(n ast.Node) { c.permissions = r.permissionList(n) }},
		field{"package", false, func(n ast.Node) { c.pkg = r.pkg(n) }})
	return c
}

func (c permissionChange) aimless() bool { return c.pkg == "" }

// each does one to every permission that the app requests and that is not fixed,
// checks on the package's record that it holds, and says what was left as it was.
func (c permissionChange) each(ctx context.Context, h Handset, t Target, granted bool,
	one func(context.Context, Handset, android.Package, android.Permission, held) error,
) (Report, error) {
	pkg := either(c.pkg, t.Package)
	report := Report{Package: string(pkg)}
	if h.SDK() < 23 {
		report.NotApplicable, report.Detail = true, "before Android 6 permissions come with installation"
		return report, nil
	}
	before, err := permissionsOf(ctx, h, pkg)
	if err != nil {
		return report, err
	}
	if before.legacy() {
		report.NotApplicable = true
		report.Detail = fmt.Sprintf("%s is made for Android before 6 (targetSdk %d): its permissions came with its installation",
			pkg, before.target)
		return report, nil
	}
	var done, fixed []android.Permission
	for _, p := range before.wanted(c.permissions) {
		now := before.runtime[p]
		if now.granted != granted && (now.fixed() || granted && now.has("APPLY_RESTRICTION")) {
			fixed = append(fixed, p)
			continue
		}
		if now.granted != granted || !granted && now.has("USER_SET", "USER_FIXED") {
			if err := holdPermissions(ctx, h, pkg, before); err != nil {
				return report, err
			}
		}
		if err := one(ctx, h, pkg, p, now); err != nil {
			return report, err
		}
		done = append(done, p)
	}
	report.NotApplicable, report.Detail = len(done) == 0, outcome(pkg, c.permissions, done, fixed)
	return report, verify(ctx, h, pkg, done, granted)
}

func outcome(pkg android.Package, declared, done, fixed []android.Permission) string {
	var said []string
	if len(done) > 0 {
		said = append(said, "done for "+short(done))
	}
	if len(fixed) > 0 {
		said = append(said, short(fixed)+" is fixed by the image or a policy")
	}
	if len(said) == 0 {
		return fmt.Sprintf("%s requests no %s", pkg, short(declared))
	}
	return strings.Join(said, "; ")
}

// wanting is what the shell needs to grant, and to revoke.
var wanting = map[bool]string{true: "GRANT_RUNTIME_PERMISSIONS", false: "REVOKE_RUNTIME_PERMISSIONS"}

// verify checks that every permission is as it was made: some makers' handsets take
// the command, say nothing, and change nothing.
func verify(ctx context.Context, h Handset, pkg android.Package, all []android.Permission, granted bool) error {
	if len(all) == 0 {
		return nil
	}
	after, err := permissionsOf(ctx, h, pkg)
	if err != nil {
		return err
	}
	for _, p := range all {
		if now := after.runtime[p]; now.granted != granted {
			return obstacle.Silent(wanting[granted], &Unmet{
				Expected: fmt.Sprintf("%s of %s to be granted=%t", p, pkg, granted),
				Seen:     fmt.Sprintf("granted=%t, flags=%s", now.granted, strings.Join(now.flags, "|")),
			})
		}
	}
	return nil
}

// flagged are those of the flags that the permission has.
func (g held) flagged(flags ...string) []string {
	var kept []string
	for _, f := range flags {
		if g.has(f) {
			kept = append(kept, f)
		}
	}
	return kept
}

// flagCommand sets or clears flags by pm, which takes them as user-set for
// USER_SET (…/pm/PackageManagerShellCommand.java, Android 12 to 16).
func flagCommand(word string, pkg android.Package, p android.Permission, flags []string) []string {
	argv := []string{"pm", word + "-permission-flags", "--user", "0", string(pkg), string(p)}
	for _, f := range flags {
		argv = append(argv, strings.ToLower(strings.ReplaceAll(f, "_", "-")))
	}
	return argv
}

// unmark is the command that clears the flags which an answer is about to set;
// nothing where the release has none, or the flags are there already.
func unmark(h Handset, pkg android.Package, p android.Permission, now held) []string {
	var fresh []string
	for _, f := range []string{"USER_SET", "USER_FIXED"} {
		if !now.has(f) {
			fresh = append(fresh, f)
		}
	}
	if h.SDK() < 31 || len(fresh) == 0 {
		return nil
	}
	return flagCommand("clear", pkg, p, fresh)
}
