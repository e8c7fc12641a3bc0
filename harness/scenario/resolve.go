package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
)

// Resolve asks the handset which apps a subject names. A control has one
// target, the zero one. Where nothing answers, the error wraps ErrNoTarget; any
// other error is infrastructure's.
//
// A role is looked for in this order, and the first answer stands: the inventory's
// override, if that package is on the handset; the holder of Android's own role
// (Android 10 and later); the default that settings keep; the activity that
// answers the role's intents (cmd package, Android 7 and later; before that the
// Activity Resolver Table of dumpsys package -f); last, for want of an API, the
// role's words within the names of launchable preinstalled packages.
//
// Where Android would show a chooser, the answer is the alphabetically first
// preinstalled candidate, so that two runs play the same app; How names the number
// of candidates.
func Resolve(ctx context.Context, h Handset, s Subject, o Overrides) ([]Target, error) {
	q := &query{h: h, subject: s}
	switch {
	case s.Role != "":
		return q.role(ctx, s.Role, o)
	case s.Package != "":
		return q.one(ctx, s.Package)
	case s.Intent != Intent{}:
		return q.intent(ctx, s.Intent)
	case s.Each != "":
		return q.each(ctx)
	}
	return []Target{{}}, nil
}

// query is one resolution: what was asked of the handset is asked once.
type query struct {
	h       Handset
	subject Subject
	tried   []string

	system    map[android.Package]bool // preinstalled packages; nil: not asked yet
	launchers []component              // every activity that a launcher shows
	asked     bool                     // whether launchers was
	table     []entry                  // Activity Resolver Table, up to Android 6
	read      bool                     // whether table was
}

func (q *query) try(format string, args ...any) {
	q.tried = append(q.tried, fmt.Sprintf(format, args...))
}

// nothing says that the handset has no such app, once it has shown that it lists the
// packages that every handset has: one that prints nothing has not said that.
func (q *query) nothing(ctx context.Context) error {
	if _, err := q.preinstalled(ctx, nil); err != nil {
		return err
	}
	return &NoTarget{Subject: q.subject, Tried: q.tried}
}

func (q *query) role(ctx context.Context, name string, o Overrides) ([]Target, error) {
	r, ok := findRole(name)
	if !ok {
		return nil, fmt.Errorf("unknown role %q", name)
	}
	for _, way := range []func() (Target, error){
		func() (Target, error) { return q.overridden(ctx, o.pick(name)) },
		func() (Target, error) { return q.holder(ctx, r.holder) },
		func() (Target, error) { return q.setting(ctx, r.setting) },
		func() (Target, error) { return q.answering(ctx, r.intents) },
		func() (Target, error) { return q.named(ctx, r.words) },
	} {
		t, err := way()
		if err != nil {
			return nil, err
		}
		if t.Package != "" {
			return q.launchable(ctx, t)
		}
	}
	return nil, q.nothing(ctx)
}

// launchable gives the target the activity that its launcher icon opens, where
// it has one: a person opens an app by its icon.
func (q *query) launchable(ctx context.Context, t Target) ([]Target, error) {
	if err := q.readLaunchers(ctx); err != nil {
		return nil, err
	}
	for _, c := range q.launchers {
		if c.pkg == t.Package {
			t.Component = c.String()
			break
		}
	}
	return []Target{t}, nil
}

func (q *query) overridden(ctx context.Context, pkg android.Package) (Target, error) {
	if pkg == "" {
		return Target{}, nil
	}
	there, err := q.installed(ctx, pkg)
	if err != nil || !there {
		q.try("%s, which the inventory names, is not installed", pkg)
		return Target{}, err
	}
	return Target{Package: pkg, How: "named by the inventory"}, nil
}

// holder asks for the holder of one of Android's roles. The command prints the
// holders, parted by semicolons or line ends (RoleShellCommand, Android 10 to 16).
func (q *query) holder(ctx context.Context, name string) (Target, error) {
	if name == "" || q.h.SDK() < 29 {
		return Target{}, nil
	}
	out, ok, err := ask(ctx, q.h, "cmd", "role", "get-role-holders", "--user", "0", name)
	if err != nil {
		return Target{}, err
	}
	for _, word := range strings.FieldsFunc(out, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' }) {
		if pkg := android.Package(strings.TrimSpace(word)); ok && validPackage(string(pkg)) {
			return Target{Package: pkg, How: "holder of " + name}, nil
		}
	}
	q.try("the holder of %s: none", name)
	return Target{}, nil
}

// setting reads a default that settings secure keeps: a package, or a component.
func (q *query) setting(ctx context.Context, key string) (Target, error) {
	if key == "" {
		return Target{}, nil
	}
	out, ok, err := ask(ctx, q.h, "settings", "get", "--user", "0", "secure", key)
	if err != nil {
		return Target{}, err
	}
	pkg, _, _ := strings.Cut(strings.TrimSpace(out), "/")
	if !ok || !validPackage(pkg) {
		q.try("settings secure %s: none", key)
		return Target{}, nil
	}
	return Target{Package: android.Package(pkg), How: "settings secure " + key}, nil
}

// answering asks who answers the intents, one after the other.
func (q *query) answering(ctx context.Context, intents []Intent) (Target, error) {
	for _, i := range intents {
		found, err := q.answer(ctx, i)
		if err != nil || found.Package != "" {
			return found, err
		}
		q.try("the activity for %s: none", i)
	}
	return Target{}, nil
}

func (q *query) answer(ctx context.Context, i Intent) (Target, error) {
	if q.h.SDK() < 24 {
		found, err := q.tableAnswers(ctx, i)
		if err != nil {
			return Target{}, err
		}
		return q.choose(ctx, i, found)
	}
	out, ok, err := ask(ctx, q.h, append([]string{"cmd", "package", "resolve-activity", "--brief", "--user", "0"}, i.args()...)...)
	if err != nil || !ok {
		return Target{}, err
	}
	found := components(out)
	if len(found) == 0 {
		return Target{}, nil
	}
	if !found[0].chooser() {
		return Target{Package: found[0].pkg, Component: found[0].String(), How: "answers " + i.String()}, nil
	}
	out, _, err = ask(ctx, q.h, append([]string{"cmd", "package", "query-activities", "--brief", "--user", "0"}, i.args()...)...)
	if err != nil {
		return Target{}, err
	}
	return q.choose(ctx, i, components(out))
}

// choose takes the alphabetically first preinstalled candidate.
func (q *query) choose(ctx context.Context, i Intent, found []component) (Target, error) {
	found, err := q.preinstalled(ctx, found)
	if err != nil || len(found) == 0 {
		return Target{}, err
	}
	apps := apps(found)
	how := "answers " + i.String()
	if len(apps) > 1 {
		how = fmt.Sprintf("first by name of %d preinstalled apps that answer %s", len(apps), i)
	}
	return Target{Package: found[0].pkg, Component: found[0].String(), How: how}, nil
}

// named looks for the words in the names of launchable preinstalled packages.
func (q *query) named(ctx context.Context, words []string) (Target, error) {
	if len(words) == 0 {
		return Target{}, nil
	}
	if err := q.readLaunchers(ctx); err != nil {
		return Target{}, err
	}
	found, err := q.preinstalled(ctx, q.launchers)
	if err != nil {
		return Target{}, err
	}
	for _, word := range words {
		for _, c := range found {
			if strings.Contains(strings.ToLower(string(c.pkg)), word) {
				return Target{Package: c.pkg, Component: c.String(), How: fmt.Sprintf("its name contains %q", word)}, nil
			}
		}
	}
	q.try("launchable preinstalled packages named like %s: none", strings.Join(words, ", "))
	return Target{}, nil
}

func (q *query) one(ctx context.Context, pkg android.Package) ([]Target, error) {
	there, err := q.installed(ctx, pkg)
	if err != nil {
		return nil, err
	}
	if !there {
		q.try("pm list packages: %s is not there", pkg)
		return nil, q.nothing(ctx)
	}
	return q.launchable(ctx, Target{Package: pkg, How: "named by the scenario"})
}

func (q *query) intent(ctx context.Context, i Intent) ([]Target, error) {
	t, err := q.answer(ctx, i)
	if err != nil {
		return nil, err
	}
	if t.Package == "" {
		q.try("the activity for %s: none", i)
		return nil, q.nothing(ctx)
	}
	return []Target{t}, nil
}

// each gives every launchable preinstalled app once, by name.
func (q *query) each(ctx context.Context) ([]Target, error) {
	if err := q.readLaunchers(ctx); err != nil {
		return nil, err
	}
	found, err := q.preinstalled(ctx, q.launchers)
	if err != nil {
		return nil, err
	}
	var all []Target
	for _, c := range apps(found) {
		all = append(all, Target{Package: c.pkg, Component: c.String(), How: "launchable and preinstalled"})
	}
	if len(all) == 0 {
		q.try("launchable preinstalled packages: none")
		return nil, q.nothing(ctx)
	}
	return all, nil
}

// preinstalled keeps the components whose package came with the image, by name.
func (q *query) preinstalled(ctx context.Context, found []component) ([]component, error) {
	if q.system == nil {
		out, err := q.h.Shell(ctx, "pm", "list", "packages", "-s", "--user", "0")
		if err != nil {
			return nil, fmt.Errorf("preinstalled packages: %w", err)
		}
		q.system = map[android.Package]bool{}
		for _, pkg := range listed(out) {
			q.system[pkg] = true
		}
		if !q.system["android"] {
			q.system = nil
			return nil, errors.New("preinstalled packages: pm lists no package android, which every handset has: what it printed is not all")
		}
	}
	kept := slices.DeleteFunc(slices.Clone(found), func(c component) bool { return !q.system[c.pkg] || c.chooser() })
	slices.SortStableFunc(kept, func(a, b component) int { return strings.Compare(string(a.pkg), string(b.pkg)) })
	return kept, nil
}

func (q *query) installed(ctx context.Context, pkg android.Package) (bool, error) {
	out, err := q.h.Shell(ctx, "pm", "list", "packages", "--user", "0", string(pkg))
	if err != nil {
		return false, fmt.Errorf("installed packages: %w", err)
	}
	return slices.Contains(listed(out), pkg), nil
}

// readLaunchers lists what a launcher shows.
func (q *query) readLaunchers(ctx context.Context) error {
	if q.asked {
		return nil
	}
	i := main("LAUNCHER")
	if q.h.SDK() < 24 {
		found, err := q.tableAnswers(ctx, i)
		q.launchers, q.asked = found, err == nil
		return err
	}
	out, err := q.h.Shell(ctx, append([]string{"cmd", "package", "query-activities", "--brief", "--user", "0"}, i.args()...)...)
	if err != nil {
		return fmt.Errorf("launchable activities: %w", err)
	}
	q.launchers = components(out)
	if len(q.launchers) == 0 && !strings.Contains(out, "No activities found") {
		return errors.New("launchable activities: cmd package lists none, and does not say so: what it printed is not all")
	}
	q.asked = true
	return nil
}
