package dumpsys

import (
	"fmt"
	"io"

	"assay/harness/virtual/phone"
)

// dumpInput prints what dumpsys input says of the screen's size and turn
// (frameworks/native, TouchInputMapper::dump). Android 13 gave the turn another
// name.
func dumpInput(h *phone.Handset, w io.Writer, _ []string) {
	s := &h.State.Screen
	fmt.Fprint(w, "INPUT MANAGER (dumpsys input)\n\nInput Manager State:\n  Interactive: ", s.Awake,
		"\n\nInput Reader State:\n  Device 2: touchscreen\n    Touch Input Mapper:\n")
	fmt.Fprintf(w, "      Viewport: displayId=0, orientation=0, logicalFrame=[0, 0, %d, %d], "+
		"physicalFrame=[0, 0, %[1]d, %d], deviceSize=[%[1]d, %d]\n",
		s.Width, s.Height, s.Height, s.Height)
	if h.SDK() >= 33 {
		fmt.Fprint(w, "      InputDeviceOrientation: 0\n")
	} else {
		fmt.Fprintf(w, "      SurfaceWidth: %dpx\n      SurfaceHeight: %dpx\n      SurfaceOrientation: 0\n", s.Width, s.Height)
	}
	fmt.Fprintf(w, "\nInput Dispatcher State:\n  FocusedApplication: name='%s'\n  FocusedWindow: name='%s'\n", h.Focus(), h.Focus())
}

// dumpInputMethod prints the keyboards and whether one shows, which none of ours
// does (InputMethodManagerService.dump).
func dumpInputMethod(h *phone.Handset, w io.Writer, _ []string) {
	fmt.Fprint(w, "Current Input Method Manager state:\n  Input Methods:\n")
	for i, m := range h.InputMethods() {
		fmt.Fprintf(w, "  InputMethod #%d:\n    mId=%s mSettingsActivityName=%s\n", i, m.ID(), m.Package.App.Launcher)
	}
	current := h.State.Settings["secure"]["default_input_method"]
	fmt.Fprintf(w, "  mCurMethodId=%s\n  mCurFocusedWindow=Window{%s u0 %s}\n"+
		"  mShowRequested=false mShowExplicitlyRequested=false mShowForced=false mInputShown=false\n  mSystemReady=true mInteractive=%t\n",
		current, h.Hash("window", h.Focus()), h.Focus(), h.State.Screen.Awake)
}
