package scenario

import (
	"context"
	"strings"

	"assay/harness/android"
)

// focus is the window that has the focus.
type focus struct {
	id    string          // another for each window; it comes back no sooner than the process that made it
	name  string          // package/class in full, or a title of the window's own
	pkg   android.Package // of the component; empty: the name is none
	class string          // in full
}

// same says whether it is the same window, as far as its handset tells.
func (f focus) same(other focus) bool { return f.id == other.id && f.name == other.name }

// focused asks which window has the focus; ok is false where the handset does
// not tell. A window manager in the midst of a change has none: its name is empty.
func focused(ctx context.Context, h Handset) (f focus, ok bool, err error) {
	for _, argv := range [][]string{{"dumpsys", "window", focusPart(h)}, {"dumpsys", "window"}} {
		out, _, err := ask(ctx, h, argv...)
		if err != nil {
			return focus{}, false, err
		}
		if f, ok := parseFocus(out); ok {
			return f, true, nil
		}
	}
	return focus{}, false, nil
}

// focusPart is the part of dumpsys window that says what has the focus. Android
// prints it with the windows up to release 9, with the displays from 10 on
// (frameworks/base services core …/wm/WindowManagerService.java,
// dumpWindowsNoHeaderLocked, and DisplayContent.java, dump; Android 5 to 16).
func focusPart(h Handset) string {
	if h.SDK() < 29 {
		return "windows"
	}
	return "displays"
}

// parseFocus reads the first line of mCurrentFocus that names something: each
// display has its own, and most have none.
func parseFocus(out string) (f focus, ok bool) {
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		value, found := strings.CutPrefix(line, "mCurrentFocus=")
		if !found {
			continue
		}
		ok = true
		if f.name == "" {
			f.id, f.name = parseWindow(value)
		}
	}
	if c, is := parseComponent(f.name); is {
		f.pkg, f.class = c.pkg, c.class
	}
	return f, ok
}

// parseWindow reads Window{1651cd4 u0 NAME}, as WindowState.toString prints it;
// makers add the display, and a window that is going says so.
func parseWindow(value string) (id, name string) {
	value, ok := strings.CutPrefix(value, "Window{")
	end := strings.LastIndexByte(value, '}')
	if !ok || end < 0 {
		return "", ""
	}
	id, name, _ = strings.Cut(value[:end], " ")
	for {
		word, rest, more := strings.Cut(name, " ")
		if !more || len(word) < 2 || word[0] != 'u' && word[0] != 'd' || strings.Trim(word[1:], "0123456789") != "" {
			break
		}
		name = rest
	}
	name = strings.TrimSuffix(strings.TrimSuffix(name, " EXITING"), " paused=false")
	return id[:min(len(id), 32)], name[:min(len(name), 300)]
}

// shade says whether a window is the one that the lock screen shares with the
// notifications (StatusBar up to Android 10, then NotificationShade; Keyguard in
// makers' builds of 5 and 6).
func (f focus) shade() bool {
	return f.name == "StatusBar" || f.name == "NotificationShade" || f.name == "Keyguard"
}
