package dumpsys

import (
	"fmt"
	"io"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// dumpWindow prints the parts of dumpsys window that say what has the focus and
// whether the lock screen shows (WindowManagerService.dumpWindowsNoHeaderLocked,
// PhoneWindowManager.dump), or one of them: policy, displays, windows. What has the
// focus moved from the windows to the displays with Android 10; the record of the
// focused app changed with 11.
func dumpWindow(h *phone.Handset, w io.Writer, args []string) {
	sdk, s := h.SDK(), &h.State.Screen
	t := s.Top()
	window := fmt.Sprintf("Window{%s u%d %s}", h.Hash("window", h.Focus()), t.User, h.Focus())
	activity := persona.ShortComponent(t.Component())
	if t.Dialog != nil {
		activity = persona.ShortComponent(t.Dialog.Component())
	}
	if o := h.TopWindow(); o != nil && o.App == "" {
		activity = persona.ShortComponent(o.Name)
	}
	record := fmt.Sprintf("ActivityRecord{%s u%d %s t%d}", h.Hash("record", activity), t.User, activity, t.ID)
	focused := func() {
		fmt.Fprintf(w, "  mCurrentFocus=%s\n", window)
		token := fmt.Sprintf("Token{%s %s}", h.Hash("token", activity), record)
		switch {
		case sdk >= 30 && sdk < 34: // Android 11 to 13 print the closing brace of the task on its own
			fmt.Fprintf(w, "  mFocusedApp=ActivityRecord{%s u%d %s} t%d}\n", h.Hash("record", activity), t.User, activity, t.ID)
		case sdk >= 34:
			fmt.Fprintf(w, "  mFocusedApp=%s\n", record)
		default:
			fmt.Fprintf(w, "  mFocusedApp=AppWindowToken{%s token=%s}\n", h.Hash("appwindow", activity), token)
		}
	}
	part, short := "", map[string]string{"d": "displays", "p": "policy", "w": "windows"}
	if len(args) > 0 {
		if part = args[0]; short[part] != "" {
			part = short[part]
		}
	}
	if part == "" || part == "policy" {
		dumpWindowPolicy(h, w, window)
		fmt.Fprintln(w)
	}
	if part == "displays" || part == "" && sdk >= 29 {
		fmt.Fprintf(w, "WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)\n  Display: mDisplayId=0\n"+
			"    init=%dx%d 420dpi cur=%dx%d app=%dx%d\n",
			s.Width, s.Height, s.Width, s.Height, s.Width, s.Height)
		if sdk >= 29 {
			focused()
		}
		fmt.Fprintln(w)
	}
	if part == "" || part == "windows" {
		fmt.Fprint(w, "WINDOW MANAGER WINDOWS (dumpsys window windows)\n")
		fmt.Fprintf(w, "  Window #0 %s:\n    mDisplayId=0 mSession=Session{%s} mClient=android.os.BinderProxy@%s\n    mOwnerUid=%d package=%s\n",
			window, h.Hash("session"), h.Hash("client"), ownerUID(h), h.FocusPackage())
		if sdk < 29 {
			focused()
		}
		fmt.Fprint(w, "  mHoldScreenWindow=null\n")
	}
}

// dumpWindowPolicy prints what the window policy knows of screen and lock screen.
func dumpWindowPolicy(h *phone.Handset, w io.Writer, window string) {
	sdk, s := h.SDK(), &h.State.Screen
	fmt.Fprint(w, "WINDOW MANAGER POLICY STATE (dumpsys window policy)\n")
	fmt.Fprintf(w, "    mSafeMode=false mSystemReady=true mSystemBooted=true\n    mAwake=%t", s.Awake)
	if sdk == 28 {
		fmt.Fprintf(w, "mScreenOnEarly=%t mScreenOnFully=%t\n", s.Awake, s.Awake)
	} else {
		fmt.Fprintf(w, " mScreenOnEarly=%t mScreenOnFully=%t\n", s.Awake, s.Awake)
	}
	if sdk < 26 {
		fmt.Fprintf(w, "    mShowingLockscreen=%t mShowingDream=false mDreamingLockscreen=%t\n", s.Keyguard, s.Keyguard)
	} else {
		fmt.Fprintf(w, "    mShowingDream=false mDreamingLockscreen=%t\n", s.Keyguard)
	}
	if sdk >= 29 {
		fmt.Fprintf(w, "    isKeyguardShowing=%t\n", s.Keyguard)
	}
	fmt.Fprintf(w, "    mFocusedWindow=%s\n", window)
	fmt.Fprintf(w, "    KeyguardServiceDelegate\n      showing=%t\n      showingAndNotOccluded=%t\n      inputRestricted=%t\n"+
		"      mInputRestricted=%t\n", s.Keyguard, s.Keyguard, s.Keyguard, s.Keyguard)
}

// ownerUID is whose window has the focus.
func ownerUID(h *phone.Handset) int {
	if p := h.State.Package(h.FocusPackage()); p != nil {
		return p.AppID
	}
	return 1000
}
