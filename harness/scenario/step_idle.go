package scenario

import (
	"context"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// idle goes home and leaves the handset alone:
//
//   - idle: 30m
//   - idle: {for: 30m, screen: off}
type idle struct {
	length time.Duration
	dark   bool
}

func readIdle(r *reader, at, value ast.Node) Step {
	var i idle
	if value == nil {
		r.problem(at, "", "%q lacks how long", "idle")
		return nil
	}
	if _, ok := pairs(value); !ok {
		i.length = r.duration(value, "idle")
		return i
	}
	r.fields(value, "idle",
		field{"for", true, func(n ast.Node) { i.length = r.duration(n, "for") }},
		field{"screen", false, func(n ast.Node) { i.dark = r.word(n, "state of the screen", []string{"on", "off"}) == "off" }})
	return i
}

func (i idle) String() string {
	if i.dark {
		return "idle " + i.length.String() + " with the screen off"
	}
	return "idle " + i.length.String()
}

// Do goes home, puts the screen to sleep where that is asked for, and waits on
// the handset's clock. KEYCODE_SLEEP, unlike POWER, never switches a screen on
// (Android 5 and later).
func (i idle) Do(ctx context.Context, h Handset, _ Target) (Report, error) {
	if _, err := command(ctx, h, "input", "keyevent", "KEYCODE_HOME"); err != nil {
		return Report{}, err
	}
	if i.dark {
		if err := h.Change(ctx, "the screen is put to sleep", "input", "keyevent", "KEYCODE_WAKEUP"); err != nil {
			return Report{}, err
		}
		if _, err := command(ctx, h, "input", "keyevent", "KEYCODE_SLEEP"); err != nil {
			return Report{}, err
		}
	}
	if err := h.Sleep(ctx, i.length); err != nil || !i.dark {
		return Report{}, err
	}
	_, err := command(ctx, h, "input", "keyevent", "KEYCODE_WAKEUP")
	return Report{}, err
}
