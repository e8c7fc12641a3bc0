package scenario

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrLocked is wrapped by the error for a lock screen that only a person opens.
// It is the lab's fault, not the handset's answer to anything.
var ErrLocked = errors.New("the handset is locked, and its lock screen asks for a secret")

// keyguardWords are what dumpsys window policy calls the lock screen, the best
// first: DisplayPolicy.dump (from Android 10), KeyguardStateMonitor.dump (from 8),
// PhoneWindowManager.dump (5 to 7), KeyguardServiceDelegate.dump (all).
var keyguardWords = []string{"isKeyguardShowing", "mIsShowing", "mShowingLockscreen", "showing"}

// locked says whether the lock screen shows. The error wraps ErrBlind where the
// handset does not tell.
func locked(ctx context.Context, h Handset) (bool, error) {
	out, _, err := ask(ctx, h, "dumpsys", "window", "policy")
	if err != nil {
		return false, err
	}
	told := map[string]bool{}
	for word := range strings.FieldsSeq(out) {
		name, value, _ := strings.Cut(word, "=")
		if _, known := told[name]; !known || value == "true" {
			told[name] = value == "true"
		}
	}
	for _, word := range keyguardWords {
		if showing, known := told[word]; known {
			return showing, nil
		}
	}
	return false, fmt.Errorf("%w: dumpsys window policy does not say whether the lock screen shows", ErrBlind)
}

// unlock wakes the handset and takes the lock screen away, as a person would
// who need not know a secret: by wm dismiss-keyguard, and by MENU where that does
// not exist (up to Android 6).
func unlock(ctx context.Context, h Handset) error {
	if err := h.Change(ctx, "the screen is woken and its lock screen dismissed"); err != nil {
		return err
	}
	if _, err := command(ctx, h, "input", "keyevent", "KEYCODE_WAKEUP"); err != nil {
		return err
	}
	dismiss := []string{"wm", "dismiss-keyguard"}
	if h.SDK() < 24 {
		dismiss = []string{"input", "keyevent", "KEYCODE_MENU"}
	}
	if _, _, err := ask(ctx, h, dismiss...); err != nil {
		return err
	}
	open, err := poll(ctx, h, 5*time.Second, func() (bool, error) {
		showing, err := locked(ctx, h)
		return !showing, err
	})
	if err == nil && !open {
		err = ErrLocked
	}
	return err
}
