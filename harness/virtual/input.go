package virtual

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// keyCodes are the keys that a virtual handset heeds (android.view.KeyEvent).
var keyCodes = map[string]int{
	"APP_SWITCH": 187, "BACK": 4, "CAMERA": 27, "DEL": 67, "ENTER": 66, "HOME": 3, "MENU": 82, "POWER": 26, "SLEEP": 223, "TAB": 61,
	"VOLUME_DOWN": 25, "VOLUME_UP": 24, "WAKEUP": 224,
}

// input is the command input: keyevent, tap, text, swipe (cmds/input).
func input(_ context.Context, p *process) int {
	h, args := p.handset, p.Argv[1:]
	for len(args) > 0 && (args[0] == "touchscreen" || args[0] == "keyboard" || args[0] == "touchpad") {
		args = args[1:]
	}
	if len(args) == 0 {
		return inputUsage(p, "")
	}
	defer h.lock()()
	switch args[0] {
	case "keyevent":
		return inputKeys(p, args[1:])
	case "text":
		if len(args) < 2 {
			return inputUsage(p, "Error: Invalid arguments for command: text")
		}
		if h.state.screen.awake {
			h.state.screen.typed += strings.ReplaceAll(args[1], "%s", " ")
		}
		h.pass(300 * time.Millisecond)
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
			h.tap(at[0], at[1])
		} else {
			h.swipe(at)
		}
		h.pass(settle)
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

func inputUsage(p *process, fault string) int {
	if fault != "" {
		fmt.Fprintln(p.Stderr, fault)
	}
	fmt.Fprintln(p.Stderr, "Usage: input [<source>] <command> [<arg>...]")
	if p.handset.SDK() < 29 {
		return 0
	}
	return 255
}

// inputKeys presses keys, by number or name.
func inputKeys(p *process, args []string) int {
	h, pressed := p.handset, false
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
		h.key(code)
		h.pass(500 * time.Millisecond)
		pressed = true
	}
	if !pressed {
		return inputUsage(p, "Error: Invalid arguments for command: keyevent")
	}
	return 0
}

// key does what a key does.
func (h *PhoneHandset) key(code int) {
	s := &h.state.screen
	switch code {
	case keyCodes["POWER"]:
		h.power(!s.awake)
	case keyCodes["WAKEUP"]:
		h.power(true)
	case keyCodes["SLEEP"]:
		h.power(false)
	case keyCodes["MENU"]:
		h.unlock()
	}
	if !s.awake || s.keyguard {
		return
	}
	switch code {
	case keyCodes["HOME"]:
		h.behind()
		h.goHome()
	case keyCodes["BACK"]:
		h.back()
	case keyCodes["DEL"]:
		if n := len(s.typed); n > 0 {
			s.typed = s.typed[:n-1]
		}
	}
}

// unlock takes the keyguard away, which has no secret.
func (h *PhoneHandset) unlock() {
	if h.state.screen.awake && !h.secured() {
		h.state.screen.keyguard = false
	}
}

// swipe moves a finger: up on the lock screen unlocks it.
func (h *PhoneHandset) swipe(at []int) {
	if h.state.screen.keyguard && at[3] < at[1] {
		h.unlock()
	}
}

// tap touches the screen: a dialog's button, or a specimen's widget.
func (h *PhoneHandset) tap(x, y int) {
	s := &h.state.screen
	if !s.awake || s.keyguard {
		return
	}
	for _, v := range h.views() {
		if !v.clickable || x < v.left || x >= v.right || y < v.top || y >= v.bottom {
			continue
		}
		t := s.top()
		if h.uncover(v.id) {
			return
		}
		if t.dialog != nil {
			h.press(v.id)
			return
		}
		p, n := h.state.find(t.pkg), h.state.processOf(t.pkg, t.user)
		if p != nil && p.manner != nil && n != nil {
			h.play(p, n, p.manner.Taps[v.id], nil)
		}
		return
	}
}

// wm is the command wm: size, density, dismiss-keyguard (from Android 7).
func wm(_ context.Context, p *process) int {
	h := p.handset
	sub := ""
	if len(p.Argv) > 1 {
		sub = p.Argv[1]
	}
	switch {
	case sub == "size":
		defer h.rlock()()
		fmt.Fprintf(p.Stdout, "Physical size: %dx%d\n", h.state.screen.width, h.state.screen.height)
		return 0
	case sub == "density":
		fmt.Fprintln(p.Stdout, "Physical density: 420")
		return 0
	case sub == "dismiss-keyguard" && h.SDK() >= 24:
		defer h.lock()()
		h.unlock()
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
func svc(_ context.Context, p *process) int {
	if len(p.Argv) < 3 {
		fmt.Fprintln(p.Stderr, "Available commands:\n    help     Show information about the subcommands\n    power    Control the power manager\n    data     Control mobile data connectivity\n    wifi     Control the Wi-Fi manager")
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
	defer p.handset.lock()()
	p.handset.state.settings["global"][key] = value
	return 0
}
