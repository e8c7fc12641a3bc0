package command

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/phone"
)

// keyCodes are the keys that a virtual handset heeds (android.view.KeyEvent).
var keyCodes = map[string]int{
	"APP_SWITCH": 187, "BACK": 4, "CAMERA": 27, "DEL": 67, "ENTER": 66, "HOME": 3, "MENU": 82, "POWER": 26, "SLEEP": 223, "TAB": 61,
	"VOLUME_DOWN": 25, "VOLUME_UP": 24, "WAKEUP": 224,
}

// input is the command input: keyevent, tap, text, swipe (cmds/input).
func input(_ context.Context, p *phone.Call) int {
	h, args := p.Handset, p.Argv[1:]
	for len(args) > 0 && (args[0] == "touchscreen" || args[0] == "keyboard" || args[0] == "touchpad") {
		args = args[1:]
	}
	if len(args) == 0 {
		return inputUsage(p, "")
	}
	defer h.Lock()()
	switch args[0] {
	case "keyevent":
		return inputKeys(p, args[1:])
	case "text":
		if len(args) < 2 {
			return inputUsage(p, "Error: Invalid arguments for command: text")
		}
		if h.State.Screen.Awake {
			h.State.Screen.Typed += strings.ReplaceAll(args[1], "%s", " ")
		}
		h.Pass(300 * time.Millisecond)
		return 0
	case "tap", "swipe", "draganddrop":
		want := 2
		if args[0] != "tap" {
			want = 4
		}
		at, err := numbers(args[1:])
		if err != nil || len(at) < want {
			return inputUsage(p, "Error: Invalid arguments for command: "+args[0])
		}
		if args[0] == "tap" {
			tap(h, at[0], at[1])
		} else {
			swipe(h, at)
		}
		h.Pass(settle)
		return 0
	case "press", "roll":
		return 0
	}
	return inputUsage(p, "Error: Unknown command: "+args[0])
}

func numbers(args []string) ([]int, error) {
	var out []int
	for _, a := range args {
		f, err := strconv.ParseFloat(a, 64)
		if err != nil {
			return nil, fmt.Errorf("coordinate %q: %w", a, err)
		}
		out = append(out, int(f))
	}
	return out, nil
}

func inputUsage(p *phone.Call, fault string) int {
	if fault != "" {
		fmt.Fprintln(p.Stderr, fault)
	}
	fmt.Fprintln(p.Stderr, "Usage: input [<source>] <command> [<arg>...]")
	if p.Handset.SDK() < 29 {
		return 0
	}
	return 255
}

// inputKeys presses keys, by number or name.
func inputKeys(p *phone.Call, args []string) int {
	h, pressed := p.Handset, false
	for _, a := range args {
		if strings.HasPrefix(a, "--") {
			continue
		}
		code, err := strconv.Atoi(a)
		if err != nil {
			known, ok := keyCodes[strings.TrimPrefix(strings.ToUpper(a), "KEYCODE_")]
			if !ok {
				return inputUsage(p, "Error: Invalid arguments for command: keyevent")
			}
			code = known
		}
		key(h, code)
		h.Pass(500 * time.Millisecond)
		pressed = true
	}
	if !pressed {
		return inputUsage(p, "Error: Invalid arguments for command: keyevent")
	}
	return 0
}

// key does what a key does.
func key(h *phone.Handset, code int) {
	s := &h.State.Screen
	switch code {
	case keyCodes["POWER"]:
		h.Power(!s.Awake)
	case keyCodes["WAKEUP"]:
		h.Power(true)
	case keyCodes["SLEEP"]:
		h.Power(false)
	case keyCodes["MENU"]:
		unlock(h)
	}
	if !s.Awake || s.Keyguard {
		return
	}
	switch code {
	case keyCodes["HOME"]:
		h.LeaveWindows()
		h.GoHome()
	case keyCodes["BACK"]:
		h.Back()
	case keyCodes["DEL"]:
		if n := len(s.Typed); n > 0 {
			s.Typed = s.Typed[:n-1]
		}
	}
}

// unlock takes the keyguard away, which has no secret.
func unlock(h *phone.Handset) {
	if h.State.Screen.Awake && !h.Secured() {
		h.State.Screen.Keyguard = false
	}
}

// swipe moves a finger: up on the lock screen unlocks it.
func swipe(h *phone.Handset, at []int) {
	if h.State.Screen.Keyguard && at[3] < at[1] {
		unlock(h)
	}
}

// tap touches the screen: a dialog's button, or a specimen's widget.
func tap(h *phone.Handset, x, y int) {
	s := &h.State.Screen
	if !s.Awake || s.Keyguard {
		return
	}
	for _, v := range h.Views() {
		if !v.Clickable || x < v.Left || x >= v.Right || y < v.Top || y >= v.Bottom {
			continue
		}
		t := s.Top()
		if h.CloseWindow(v.ID) {
			return
		}
		if t.Dialog != nil {
			h.Press(v.ID)
			return
		}
		p, n := h.State.Package(t.Package), h.State.ProcessOf(t.Package, t.User)
		if p != nil && p.Manner != nil && n != nil {
			h.Play(p, n, p.Manner.Taps[v.ID], nil)
		}
		return
	}
}

// wm is the command wm: size, density, dismiss-keyguard (from Android 7).
func wm(_ context.Context, p *phone.Call) int {
	h := p.Handset
	sub := ""
	if len(p.Argv) > 1 {
		sub = p.Argv[1]
	}
	switch {
	case sub == "size":
		defer h.RLock()()
		fmt.Fprintf(p.Stdout, "Physical size: %dx%d\n", h.State.Screen.Width, h.State.Screen.Height)
		return 0
	case sub == "density":
		fmt.Fprintln(p.Stdout, "Physical density: 420")
		return 0
	case sub == "dismiss-keyguard" && h.SDK() >= 24:
		defer h.Lock()()
		unlock(h)
		return 0
	}
	if h.SDK() < 28 {
		fmt.Fprintf(p.Stderr, "Error: unknown command '%s'\n", sub)
		return 1
	}
	fmt.Fprintf(p.Stderr, "Unknown command: %s\n", sub)
	return 255
}

// svc is the command svc: power stayon, wifi and data enable or disable, which
// leave a setting behind.
func svc(_ context.Context, p *phone.Call) int {
	if len(p.Argv) < 3 {
		fmt.Fprintln(p.Stderr, "Available commands:\n    help     Show information about the subcommands\n"+
			"    power    Control the power manager\n    data     Control mobile data connectivity\n    wifi     Control the Wi-Fi manager")
		return 0
	}
	key := map[string]string{"wifi": "wifi_on", "data": "mobile_data", "power": "stay_on_while_plugged_in"}[p.Argv[1]]
	value := "0"
	switch p.Argv[2] {
	case "enable":
		value = "1"
	case "stayon":
		if len(p.Argv) > 3 && p.Argv[3] != "false" {
			value = "7"
		}
	}
	if key == "" {
		return 0
	}
	defer p.Handset.Lock()()
	p.Handset.State.Settings["global"][key] = value
	return 0
}
