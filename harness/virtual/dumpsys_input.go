package virtual

import (
	"fmt"
	"io"
)

// dumpInput prints what dumpsys input says of the screen's size and turn
// (frameworks/native, TouchInputMapper::dump). Android 13 gave the turn another
// name.
func dumpInput(h *PhoneHandset, w io.Writer, _ []string) {
	s := &h.state.screen
	fmt.Fprint(w, "INPUT MANAGER (dumpsys input)\n\nInput Manager State:\n  Interactive: ", s.awake,
		"\n\nInput Reader State:\n  Device 2: touchscreen\n    Touch Input Mapper:\n")
	fmt.Fprintf(w, "      Viewport: displayId=0, orientation=0, logicalFrame=[0, 0, %d, %d], "+
		"physicalFrame=[0, 0, %[1]d, %d], deviceSize=[%[1]d, %d]\n",
		s.width, s.height, s.height, s.height)
	if h.SDK() >= 33 {
		fmt.Fprint(w, "      InputDeviceOrientation: 0\n")
	} else {
		fmt.Fprintf(w, "      SurfaceWidth: %dpx\n      SurfaceHeight: %dpx\n      SurfaceOrientation: 0\n", s.width, s.height)
	}
	fmt.Fprintf(w, "\nInput Dispatcher State:\n  FocusedApplication: name='%s'\n  FocusedWindow: name='%s'\n", h.focus(), h.focus())
}

// dumpInputMethod prints the keyboards and whether one shows, which none of ours
// does (InputMethodManagerService.dump).
func dumpInputMethod(h *PhoneHandset, w io.Writer, _ []string) {
	fmt.Fprint(w, "Current Input Method Manager state:\n  Input Methods:\n")
	for i, m := range h.inputMethods() {
		fmt.Fprintf(w, "  InputMethod #%d:\n    mId=%s mSettingsActivityName=%s\n", i, m.id(), m.p.app.Launcher)
	}
	current := h.state.settings["secure"]["default_input_method"]
	fmt.Fprintf(w, "  mCurMethodId=%s\n  mCurFocusedWindow=Window{%s u0 %s}\n"+
		"  mShowRequested=false mShowExplicitlyRequested=false mShowForced=false mInputShown=false\n  mSystemReady=true mInteractive=%t\n",
		current, h.hash("window", h.focus()), h.focus(), h.state.screen.awake)
}
