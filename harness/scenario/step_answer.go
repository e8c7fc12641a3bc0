package scenario

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/android"
)

// answer answers a permission dialog, exactly as it declares:
//
//   - answer: {permission: CAMERA, with: deny}
//   - answer: {permission: [ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION], with: allow-foreground, within: 20s}
//
// Of several permissions, those count that the app requests. A dialog that asks
// for something else is left alone.
type answer struct {
	permissions []android.Permission
	with        string
	pkg         android.Package // empty: the target's
	within      time.Duration
}

// Ways to answer, and the buttons that mean them, the best first. Up to Android
// 9 there is one Allow; from 11 the dialog of a while-in-use permission has no
// plain Allow, and "allow" means the most lasting that it offers. From 10, the one
// refusal on the screen after a first one may be "don't ask again".
var answers = []struct {
	with    string
	buttons func(sdk int) []string
}{
	{"allow", func(int) []string {
		return []string{"permission_allow_all_button", "permission_allow_always_button", "permission_allow_button", "permission_allow_button_1",
			"permission_allow_foreground_only_button"}
	}},
	{"allow-foreground", func(sdk int) []string {
		if sdk < 29 {
			return []string{"permission_allow_button", "permission_allow_button_1"}
		}
		return []string{"permission_allow_foreground_only_button"}
	}},
	{"allow-once", func(int) []string {
		return []string{"permission_allow_one_time_button", "permission_allow_onetime_button"}
	}},
	{"deny", func(sdk int) []string {
		if sdk < 29 {
			return []string{"permission_deny_button", "permission_deny_button_1"}
		}
		return []string{"permission_deny_button", "permission_deny_button_1", "permission_deny_and_dont_ask_again_button"}
	}},
	{"deny-forever", func(sdk int) []string {
		if sdk < 29 {
			return []string{"permission_deny_dont_ask_again_button", "permission_deny_button"}
		}
		return []string{"permission_deny_and_dont_ask_again_button", "permission_deny_dont_ask_again_button"}
	}},
}

func readAnswer(r *reader, at, value ast.Node) Step {
	a := answer{within: patience}
	if value == nil {
		r.problem(at, "", "%q lacks the permission, and what to answer with", "answer")
		return nil
	}
	var ways []string
	for _, w := range answers {
		ways = append(ways, w.with)
	}
	r.fields(value, "answer",
		field{"permission", true, func(n ast.Node) { a.permissions = r.permissionList(n) }},
		field{"with", true, func(n ast.Node) { a.with = r.word(n, "answer", ways) }},
		field{"package", false, func(n ast.Node) { a.pkg = r.pkg(n) }},
		field{"within", false, func(n ast.Node) { a.within = r.duration(n, "within") }})
	return a
}

func (a answer) aimless() bool { return a.pkg == "" }

func (a answer) String() string { return "answer " + short(a.permissions) + " with " + a.with }

func (a answer) allows() bool { return strings.HasPrefix(a.with, "allow") }

// Do waits for the dialog, taps the declared answer, and checks on the package's
// own record that this permission, and no other, changed as declared.
func (a answer) Do(ctx context.Context, h Handset, t Target) (Report, error) {
	pkg := either(a.pkg, t.Package)
	report := Report{Package: string(pkg)}
	if h.SDK() < 23 {
		report.NotApplicable, report.Detail = true, "before Android 6 nobody is asked"
		return report, nil
	}
	before, err := permissionsOf(ctx, h, pkg)
	if err != nil {
		return report, err
	}
	wanted := before.wanted(a.permissions)
	open := before.open(wanted)
	if len(open) == 0 {
		report.NotApplicable, report.Detail = true, unasked(pkg, a.permissions, wanted)
		return report, nil
	}
	report.Dialog = string(open[0])
	if fixed := unaskable(before, open); fixed != "" {
		return a.stands(report, before, open, fixed), nil
	}
	d, err := a.await(ctx, h, open)
	if err != nil {
		return report, err
	}
	if err := a.journal(ctx, h, pkg, before, open); err != nil {
		return report, err
	}
	if err := a.tap(ctx, h, d); err != nil {
		return report, err
	}
	report.Answer = a.with
	return report, a.check(ctx, h, pkg, before, open)
}

func unasked(pkg android.Package, declared, wanted []android.Permission) string {
	if len(wanted) == 0 {
		return fmt.Sprintf("%s requests no %s", pkg, short(declared))
	}
	return fmt.Sprintf("%s holds %s already: nobody is asked", pkg, short(wanted))
}

// unaskable says, in words, that nobody is asked for any of the permissions on this
// handset: each is fixed as it is, not granted. Android then tells the app that it is
// refused, and shows no dialog (GrantPermissionsActivity, Android 6 to 16). Before
// Android 12 no command of the shell's wipes out what an earlier run has answered.
func unaskable(before permissions, open []android.Permission) string {
	var flags []string
	for _, p := range open {
		now := before.runtime[p]
		if !now.fixed() && !now.has("USER_FIXED") {
			return ""
		}
		flags = append(flags, now.flagged("USER_SET", "USER_FIXED", "SYSTEM_FIXED", "POLICY_FIXED")...)
	}
	return fmt.Sprintf("%s is not asked again on this handset: refused for good (%s)", short(open),
		strings.Join(slices.Compact(slices.Sorted(slices.Values(flags))), " "))
}

// stands is the report where nobody is asked any more: a refusal of the user's that an
// earlier run or the handset's owner gave stands as if it were given now; anything else
// cannot be answered.
func (a answer) stands(report Report, before permissions, open []android.Permission, fixed string) Report {
	report.Detail = fixed
	byUser := !slices.ContainsFunc(open, func(p android.Permission) bool { return !before.runtime[p].has("USER_FIXED") })
	if a.allows() || !byUser {
		report.NotApplicable = true
		return report
	}
	report.Answer, report.Standing = a.with, true
	return report
}

// await waits for a dialog that asks for what is declared and offers the
// declared answer.
func (a answer) await(ctx context.Context, h Handset, open []android.Permission) (dialog, error) {
	expected := "a dialog that asks for " + short(open)
	var d dialog
	ok, seen, err := watch(ctx, h, a.within, func(screen []node) bool {
		var there bool
		d, there = dialogOn(screen)
		return there
	})
	if err != nil {
		return d, err
	}
	if !ok {
		return d, &Unmet{Expected: expected, Seen: "no dialog appeared " + seen}
	}
	asks := d.asks()
	if asks == nil {
		return d, &Unmet{Expected: expected, Seen: "one that says " + quoted(d.message) + ", which is none that assay can read, " +
			"and is left alone; it reads Android's own words in English and Hindi"}
	}
	if !slices.ContainsFunc(open, func(p android.Permission) bool { return slices.Contains(asks, p) }) {
		return d, &Unmet{Expected: expected, Seen: "one that says " + quoted(d.message) + ", which is left alone"}
	}
	if _, ok := a.button(h.SDK(), d); !ok {
		return d, &Unmet{Expected: "a dialog that offers " + a.with, Seen: "it offers " + d.offers()}
	}
	return d, nil
}

func (a answer) button(sdk int, d dialog) (node, bool) {
	for _, way := range answers {
		if way.with != a.with {
			continue
		}
		for _, name := range way.buttons(sdk) {
			if n, ok := d.buttons[name]; ok {
				return n, true
			}
		}
	}
	return node{}, false
}

// journal enters what the answer is about to change: a permission that is given
// is taken back at the end; an answer leaves marks, on what else its dialog asks for
// too, that Android 12 and later can wipe out.
func (a answer) journal(ctx context.Context, h Handset, pkg android.Package, before permissions, open []android.Permission) error {
	if err := holdPermissions(ctx, h, pkg, before); err != nil {
		return err
	}
	for _, p := range before.open(before.requested) {
		asked := slices.Contains(open, p)
		if !asked && !slices.ContainsFunc(open, func(o android.Permission) bool { return related(o, p) }) {
			continue
		}
		what := fmt.Sprintf("%s: the dialog for %s is answered with %s", pkg, p, a.with)
		undo := unmark(h, pkg, p, before.runtime[p])
		if err := h.Change(ctx, what, undo...); err != nil {
			return err
		}
		if !a.allows() || !asked {
			continue
		}
		if err := h.Change(ctx, fmt.Sprintf("%s may be given %s", pkg, p), "pm", "revoke", "--user", "0", string(pkg), string(p)); err != nil {
			return err
		}
	}
	return nil
}

// tap taps the answer; on Android 6 to 9 "don't ask again" is a box to tick first.
func (a answer) tap(ctx context.Context, h Handset, d dialog) error {
	n, _ := a.button(h.SDK(), d)
	if a.with == "deny-forever" && n.name() == "permission_deny_button" {
		box, ok := d.buttons[checkboxName]
		if !ok {
			return &Unmet{Expected: "a dialog that offers " + a.with, Seen: "it has no box for it, and offers " + d.offers()}
		}
		if !box.Checked {
			if err := box.tap(ctx, h); err != nil {
				return err
			}
		}
	}
	return n.tap(ctx, h)
}

// check polls the package's record until it shows the answer. What was given
// beyond the declaration is taken back at once.
func (a answer) check(ctx context.Context, h Handset, pkg android.Package, before permissions, open []android.Permission) error {
	var after permissions
	ok, err := poll(ctx, h, patience, func() (bool, error) {
		var err error
		after, err = permissionsOf(ctx, h, pkg)
		return err == nil &&
			slices.ContainsFunc(open, func(p android.Permission) bool { return a.shows(after.runtime[p]) }), err
	})
	if err != nil {
		return err
	}
	strays, err := a.takeBack(ctx, h, pkg, before, after)
	if err != nil {
		return err
	}
	expected := fmt.Sprintf("%s to be answered with %s", short(open), a.with)
	if len(strays) > 0 {
		return &Unmet{Expected: expected, Seen: "the dialog gave " + short(strays) + ", which was taken back"}
	}
	if !ok {
		return &Unmet{
			Expected: expected,
			Seen:     fmt.Sprintf("granted=%t flags=%s", after.runtime[open[0]].granted, strings.Join(after.runtime[open[0]].flags, "|")),
		}
	}
	return nil
}

// shows says whether a permission's state is what the answer makes of it.
func (a answer) shows(after held) bool {
	switch a.with {
	case "allow":
		return after.granted
	case "allow-foreground":
		return after.granted && !after.has("ONE_TIME")
	case "allow-once":
		return after.granted && after.has("ONE_TIME")
	case "deny-forever":
		return !after.granted && after.has("USER_FIXED")
	}
	return !after.granted && after.has("USER_SET", "USER_FIXED")
}

// takeBack revokes what the app holds now, did not hold before, and what the
// scenario does not declare. A permission comes with others of its own dialog:
// those are no strays.
func (a answer) takeBack(ctx context.Context, h Handset, pkg android.Package, before, after permissions) ([]android.Permission, error) {
	var strays []android.Permission
	for p, now := range after.runtime {
		if now.granted && !before.runtime[p].granted && !a.covers(p) {
			strays = append(strays, p)
		}
	}
	slices.Sort(strays)
	for _, p := range strays {
		if err := h.Change(ctx, fmt.Sprintf("%s: %s, given by a dialog that the scenario does not declare, is taken back", pkg, p)); err != nil {
			return nil, err
		}
		if _, err := command(ctx, h, "pm", "revoke", "--user", "0", string(pkg), string(p)); err != nil {
			return nil, err
		}
	}
	return strays, nil
}

// covers says whether the declared permissions, or their dialogs, give p. Only
// allow gives location in the background.
func (a answer) covers(p android.Permission) bool {
	if slices.Contains(a.permissions, p) {
		return true
	}
	if p == "android.permission.ACCESS_BACKGROUND_LOCATION" && a.with != "allow" {
		return false
	}
	return slices.ContainsFunc(a.permissions, func(d android.Permission) bool { return related(p, d) })
}
