package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// undos are the commands with which steps take back what they change; a word in
// braces stands for one of a kind. Beside them there is what a shell step declares.
var undos = []string{
	"am kill --user 0 {package}",                                        // launch: a process that was started
	"input keyevent KEYCODE_HOME",                                       // launch: what was brought to the front
	"input keyevent KEYCODE_WAKEUP",                                     // idle, key: a screen that was put to sleep
	"pm clear-permission-flags --user 0 {package} {permission} {marks}", // answer, watcher: marks of an answer
	"pm grant --user 0 {package} {permission}",                          // revoke
	"pm revoke --user 0 {package} {permission}",                         // grant, answer
	"pm set-permission-flags --user 0 {package} {permission} {marks}",   // revoke: marks of an earlier answer
}

// permissionForm is a permission's name: whoever declares one chooses it.
var permissionForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,254}$`)

// marks are the flags in which answers are remembered, as pm writes them.
var marks = []string{"user-set", "user-fixed"}

// Undoable says why a command takes back no change that a step of the scenario can
// make; nil: it does. A journal may come from anybody: what it says is to be undone
// is sent to a handset only where a step of ours could have written it.
func (s Scenario) Undoable(argv []string) error {
	for _, form := range undos {
		if fits(strings.Fields(form), argv) {
			return nil
		}
	}
	for _, actions := range [][]Action{s.Steps, s.Finally} {
		for _, a := range actions {
			if sh, ok := a.Step.(shell); ok && len(argv) > 0 && slices.Equal(sh.undo, argv) {
				return nil
			}
		}
	}
	return fmt.Errorf("no step of scenario %q takes anything back with %q", s.Name, argv)
}

// fits says whether a command is of a form.
func fits(form, argv []string) bool {
	for i, word := range form {
		if word == "{marks}" {
			return marked(argv[min(i, len(argv)):])
		}
		if i >= len(argv) || !stands(word, argv[i]) {
			return false
		}
	}
	return len(argv) == len(form)
}

// stands says whether a word is what a word of a form stands for.
func stands(form, word string) bool {
	switch form {
	case "{package}":
		return validPackage(word)
	case "{permission}":
		return permissionForm.MatchString(word)
	}
	return form == word
}

// marked says whether words are marks, each but once.
func marked(words []string) bool {
	for i, w := range words {
		if !slices.Contains(marks, w) || slices.Contains(words[:i], w) {
			return false
		}
	}
	return len(words) > 0
}
