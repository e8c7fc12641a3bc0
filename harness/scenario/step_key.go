package scenario

import (
	"context"
	"slices"
	"strings"

	"assay/harness/strict"

	"github.com/goccy/go-yaml/ast"
)

// press presses a key, by its name in android.view.KeyEvent:
//
//   - key: VOLUME_UP
type press string

// pressable are the keys that a person can press on a handset, by their names
// without KEYCODE_ (frameworks/base core …/view/KeyEvent.java).
var pressable = []string{
	"APP_SWITCH", "BACK", "CAMERA", "DEL", "DPAD_CENTER", "DPAD_DOWN", "DPAD_LEFT", "DPAD_RIGHT", "DPAD_UP",
	"ENDCALL", "ENTER", "ESCAPE", "FOCUS", "HEADSETHOOK", "HOME", "MEDIA_PAUSE", "MEDIA_PLAY", "MEDIA_PLAY_PAUSE",
	"MENU", "MOVE_END", "MOVE_HOME", "PAGE_DOWN", "PAGE_UP", "POWER", "SEARCH", "SLEEP", "SPACE", "TAB",
	"VOLUME_DOWN", "VOLUME_MUTE", "VOLUME_UP", "WAKEUP",
}

func readKey(r *reader, at, value ast.Node) Step {
	if value == nil {
		r.problem(at, "", "%q lacks the key's name", "key")
		return nil
	}
	name := strings.TrimPrefix(r.text(value, "key"), "KEYCODE_")
	if name != "" && !slices.Contains(pressable, name) {
		r.problem(value, strict.Nearest(name, pressable), "unknown key %q", name)
	}
	return press("KEYCODE_" + name)
}

func (p press) String() string { return "press " + strings.TrimPrefix(string(p), "KEYCODE_") }

// Do sends the key.
func (p press) Do(ctx context.Context, h Handset, _ Target) (Report, error) {
	if p == "KEYCODE_POWER" || p == "KEYCODE_SLEEP" {
		if err := h.Change(ctx, "the screen is switched with "+string(p), "input", "keyevent", "KEYCODE_WAKEUP"); err != nil {
			return Report{}, err
		}
	}
	_, err := command(ctx, h, "input", "keyevent", string(p))
	return Report{}, err
}
