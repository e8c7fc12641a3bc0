package scenario

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"assay/harness/android"
)

// A part of a handset's state that steps change is named in words: permissions
// PACKAGE, ops PACKAGE, setting NAMESPACE KEY. How it stands is text, a line for each
// permission or op, sorted. A step has it journalled before it changes the part
// (Handset.Hold), so that what is not as it was can be told when all was taken back.

// Rotation are the settings that every dump of the views rewrites: it ends by having
// the rotation locked where the screen stands, or free
// (UiAutomationConnection.restoreRotationStateLocked, Android 4.3 to 16).
var Rotation = []string{"setting system accelerometer_rotation", "setting system user_rotation"}

// ErrNoPart is wrapped by the error of a name that is none of a part's.
var ErrNoPart = errors.New("it is no part of a handset's state that a step changes")

// mostHeld is the most that is kept of how one part stands, in bytes.
const mostHeld = 64 << 10

var (
	settingForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.:-]{0,127}$`)
	spaces      = []string{"global", "secure", "system"}
)

// Standing asks how a part of the handset's state stands. known is false where the
// handset does not say; a name that is none of a part's is an error.
func Standing(ctx context.Context, h Handset, part string) (state string, known bool, err error) {
	w := strings.Fields(part)
	switch {
	case len(w) == 2 && w[0] == "permissions" && validPackage(w[1]):
		p, err := permissionsOf(ctx, h, android.Package(w[1]))
		if unmet(err) {
			return "", false, nil
		}
		return p.standing(), err == nil, err
	case len(w) == 2 && w[0] == "ops" && validPackage(w[1]):
		out, ok, err := ask(ctx, h, "appops", "get", w[1])
		return modes(out), ok && err == nil, err
	case len(w) == 3 && w[0] == "setting" && slices.Contains(spaces, w[1]) && settingForm.MatchString(w[2]):
		out, ok, err := ask(ctx, h, "settings", "get", "--user", "0", w[1], w[2])
		return strings.TrimRight(out, "\r\n"), ok && err == nil && len(out) <= mostHeld, err
	}
	return "", false, fmt.Errorf("%s: %w", quoted(part), ErrNoPart)
}

// settles is how long the services behind a part may take to follow a change: app-ops
// follow permissions by themselves (PermissionPolicyService, from Android 10).
const settles = 3 * time.Second

// Remains says what of a part is not as it was, a sentence each, once it had the time
// to settle; none: it is as it was.
func Remains(ctx context.Context, h Handset, part, was string) ([]string, error) {
	var left []string
	_, err := poll(ctx, h, settles, func() (bool, error) {
		now, known, err := Standing(ctx, h, part)
		if err != nil {
			return false, err
		}
		if left = differ(part, was, now); !known {
			left = []string{part + ": it is not known whether it is as it was"}
		}
		return len(left) == 0, nil
	})
	return left, err
}

// PutBack is the command that puts a part back which no step changed, and a dump of the
// views may have; nil: there is none.
func PutBack(part, was string) []string {
	of := strings.Fields(part)
	switch {
	case !slices.Contains(Rotation, part):
		return nil
	case was == "null": // Android 10 and later write one where none was
		return append([]string{"settings", "delete", "--user", "0"}, of[1:]...)
	case len(was) == 1 && strings.Contains("0123", was):
		return append(append([]string{"settings", "put", "--user", "0"}, of[1:]...), was)
	}
	return nil
}

// differ compares a part as it was and as it is.
func differ(part, was, now string) []string {
	word, of, _ := strings.Cut(part, " ")
	if word == "setting" {
		if was == now {
			return nil
		}
		return []string{fmt.Sprintf("setting %s was %s, and is %s", of, quoted(was), quoted(now))}
	}
	before, after := lined(was), lined(now)
	var left []string
	for _, name := range slices.Sorted(maps.Keys(joined(before, after))) {
		x, had := before[name]
		y, has := after[name]
		if x == y || word == "ops" && (!had || !has) && !strings.HasPrefix(name, uidMode) { // used meanwhile, or no more told of
			continue
		}
		left = append(left, fmt.Sprintf("%s: %s was %s, and is %s", of, strings.TrimPrefix(name, "android.permission."),
			cmp.Or(x, untold[word]), cmp.Or(y, untold[word])))
	}
	return left
}

// untold is how stands what a part has no line for.
var untold = map[string]string{"ops": "at its default", "permissions": "not granted"}

func joined(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// lined reads lines of NAME=STATE.
func lined(text string) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(text) {
		if name, state, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok {
			all[name] = state
		}
	}
	return all
}

// standing is a line for each runtime permission that has an entry: NAME=granted
// USER_SET|USER_FIXED. One that is neither granted nor marked says nothing, as before
// Android 10 it has none.
func (p permissions) standing() string {
	var lines []string
	for name, g := range p.runtime {
		words := slices.Sorted(slices.Values(g.flags))
		state := map[bool]string{true: "granted", false: "not granted"}[g.granted]
		if len(words) > 0 {
			state += " " + strings.Join(words, "|")
		}
		if state != "not granted" {
			lines = append(lines, string(name)+"="+state)
		}
	}
	slices.Sort(lines)
	return bounded(lines)
}

const uidMode = "uid mode of "

// modes reads appops get PACKAGE (AppOpsService.java, Android 5 to 16): Uid mode: OP:
// MODE, then OP: MODE; time=… of each op that was used or set.
func modes(out string) string {
	var lines []string
	for line := range strings.Lines(out) {
		text, prefix := strings.TrimSpace(line), ""
		if rest, is := strings.CutPrefix(text, "Uid mode: "); is {
			text, prefix = rest, uidMode
		}
		op, rest, ok := strings.Cut(text, ": ")
		mode, _, _ := strings.Cut(rest, ";")
		mode, _, _ = strings.Cut(strings.TrimSpace(mode), " ")
		if ok && opForm.MatchString(op) && slices.Contains([]string{"allow", "ask", "default", "deny", "foreground", "ignore"}, mode) {
			lines = append(lines, prefix+op+"="+mode)
		}
	}
	slices.Sort(lines)
	return bounded(slices.Compact(lines))
}

var opForm = regexp.MustCompile(`^[A-Z][A-Za-z0-9_():-]{0,127}$`)

// bounded keeps the first lines of what is too long to be journalled.
func bounded(lines []string) string {
	var text strings.Builder
	for _, line := range lines {
		if text.Len()+len(line) < mostHeld {
			text.WriteString(line + "\n")
		}
	}
	return text.String()
}

// holdPermissions journals how an app's permissions and ops stand, before a step
// changes them.
func holdPermissions(ctx context.Context, h Handset, pkg android.Package, now permissions) error {
	if err := h.Hold(ctx, "permissions "+string(pkg), now.standing()); err != nil {
		return err
	}
	return hold(ctx, h, "ops "+string(pkg))
}

// hold journals how a part stands, as far as the handset says.
func hold(ctx context.Context, h Handset, part string) error {
	state, known, err := Standing(ctx, h, part)
	if err != nil || !known {
		return err
	}
	return h.Hold(ctx, part, state)
}
