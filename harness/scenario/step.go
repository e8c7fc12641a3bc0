package scenario

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"assay/harness/android"
	"assay/harness/strict"
)

// verb is a word that steps begin with, and how to read what follows it.
type verb struct {
	word string
	// read gives the step. at is the word, for problems; value is nil where
	// nothing follows.
	read func(r *reader, at, value ast.Node) Step
}

// steps is every verb, by word. One file a verb.
var steps = []verb{
	{"answer", readAnswer},
	{"back", readBack},
	{"grant", readGrant},
	{"home", readHome},
	{"idle", readIdle},
	{"key", readKey},
	{"launch", readLaunch},
	{"revoke", readRevoke},
	{"shell", readShell},
	{"stop", readStop},
	{"swipe", readSwipe},
	{"tap", readTap},
	{"type", readType},
	{"wait", readWait},
	{"wait-for", readWaitFor},
}

// Verbs are the words that steps may begin with, sorted.
func Verbs() []string {
	all := make([]string, len(steps))
	for i, s := range steps {
		all[i] = s.word
	}
	return all
}

// actions reads a list of steps.
func (r *reader) actions(n ast.Node, what string) []Action {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		r.problem(n, "", "%s is %s; it takes a list of steps", what, kind(n))
		return nil
	}
	if len(list.Values) == 0 {
		r.problem(n, "", "%s has no step", what)
	}
	var all []Action
	for _, item := range list.Values {
		if a, ok := r.action(item); ok {
			all = append(all, a)
		}
	}
	return all
}

// action reads one step: a verb alone, or a verb and what follows it.
func (r *reader) action(n ast.Node) (Action, bool) {
	if empty(n) {
		r.problem(n, "", "a step has no verb")
		return Action{}, false
	}
	var at, value ast.Node
	if entries, ok := pairs(n); ok {
		if len(entries) != 1 {
			r.problem(n, "", "a step has one verb; here are %d keys", len(entries))
			return Action{}, false
		}
		at, value = entries[0].Key, entries[0].Value
	} else {
		at = n
	}
	word := r.text(at, "a step")
	i := slices.IndexFunc(steps, func(v verb) bool { return v.word == word })
	if i < 0 {
		if word != "" {
			r.problem(at, strict.Nearest(word, Verbs()), "unknown verb %q", word)
		}
		return Action{}, false
	}
	if empty(value) {
		value = nil
	}
	text := word
	if value != nil {
		text += ": " + inline(value, 0)
	}
	step := steps[i].read(r, at, value)
	return Action{Step: step, Verb: word, Text: text, Position: r.position(at)}, step != nil
}

// takesNothing tells of a value after a verb that takes none.
func (r *reader) takesNothing(verb string, value ast.Node) {
	if value != nil {
		r.problem(value, "", "%q takes nothing after it", verb)
	}
}

// permission reads a permission's name; one without a dot is Android's own.
func (r *reader) permission(n ast.Node) android.Permission {
	w := r.text(n, "permission")
	p := android.Permission(w)
	if !strings.Contains(w, ".") {
		p = "android.permission." + p
	}
	if w != "" && !askable(p) {
		r.problem(n, nearestPermission(w), "%q is no permission that a user is asked for", w)
	}
	return p
}

// nearestPermission compares without what all names have in common.
func nearestPermission(w string) string {
	var known []string
	for _, p := range askables() {
		known = append(known, strings.TrimPrefix(p, "android.permission."))
	}
	return strict.Nearest(strings.TrimPrefix(w, "android.permission."), known)
}

// askable says whether a dialog may ask for the permission. Makers' own
// permissions may be anything.
func askable(p android.Permission) bool {
	return !strings.HasPrefix(string(p), "android.permission.") || slices.Contains(askables(), string(p))
}

// askables are the permissions of Android that a user is asked for.
func askables() []string {
	all := []string{notifications}
	for _, p := range android.SensitivePermissions() {
		all = append(all, string(p))
	}
	return all
}

// notifications opens nothing of the owner's, but is asked for, from Android 13.
const notifications = "android.permission.POST_NOTIFICATIONS"

// permissionList reads one permission or several, none twice.
func (r *reader) permissionList(n ast.Node) []android.Permission {
	var all []android.Permission
	r.texts(n, "permission", func(n ast.Node, _ string) {
		p := r.permission(n)
		if slices.Contains(all, p) {
			r.problem(n, "", "permission %q is named twice", p)
		}
		all = append(all, p)
	})
	return all
}
