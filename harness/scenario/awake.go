package scenario

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
)

// asleep reads from dumpsys power whether the screen is off. The error wraps
// ErrBlind where the handset does not tell.
// Android prints mWakefulness=Awake, Asleep, Dozing or Dreaming (frameworks/base
// services core …/power/PowerManagerService.java, dumpInternal; Android 5 to 16).
func asleep(out string) (bool, error) {
	for line := range strings.Lines(out) {
		if word, ok := strings.CutPrefix(strings.TrimSpace(line), "mWakefulness="); ok {
			return word == "Asleep" || word == "Dozing", nil
		}
	}
	return false, fmt.Errorf("%w: dumpsys power does not say whether the screen is on", ErrBlind)
}

// lit are the verbs of steps that are nothing on a dark screen: what they open or
// touch is not in front of anybody.
var lit = []string{"answer", "back", "home", "launch", "swipe", "tap", "type", "wait", "wait-for"}

// wake switches the screen on before the first step, as a person would, and says
// where a later one found it off: what was to happen then need not have happened.
// It asks for the focus in the same shell, and gives what was printed of that, unless
// it has changed since. Between the two stands a word that no app knows: windows and
// wake locks have names that apps give them.
func (w *Watcher) wake(ctx context.Context, h Handset, m Moment) (seen string, err error) {
	first := m.Action.Verb == ""
	if !first && !slices.Contains(lit, m.Action.Verb) {
		return "", nil
	}
	between := rand.Text()
	out, _, err := ask(ctx, h, "sh", "-c", "dumpsys window "+focusPart(h)+"; echo "+between+"; dumpsys power")
	if err != nil {
		return "", err
	}
	seen, power, _ := strings.Cut(out, between)
	dark, err := asleep(power)
	if err != nil || !dark {
		return seen, err
	}
	if !first {
		return seen, fmt.Errorf("%w: the screen was off, and no step had put it to sleep", ErrBlind)
	}
	if err := h.Change(ctx, "the screen is woken"); err != nil {
		return "", err
	}
	_, err = command(ctx, h, "input", "keyevent", "KEYCODE_WAKEUP")
	return "", err
}
