package dumpsys

import (
	"fmt"
	"io"
	"strings"

	"assay/harness/virtual/phone"
)

// dumpDeviceIdle prints dumpsys deviceidle (DeviceIdleController.dump), from
// Android 6: constants in part, whom battery saving spares, and the state.
func dumpDeviceIdle(h *phone.Handset, w io.Writer, args []string) {
	if len(args) > 0 && args[0] == "whitelist" {
		ListSpared(h, w, args[1:])
		return
	}
	sdk := h.SDK()
	fmt.Fprint(w, "  Settings:\n")
	if sdk >= 31 {
		fmt.Fprint(w, "    flex_time_short=+1m0s0ms\n")
	}
	if sdk >= 24 {
		fmt.Fprint(w, "    light_after_inactive_to=+4m0s0ms\n    light_idle_to=+5m0s0ms\n")
	}
	fmt.Fprint(w, "    inactive_to=+30m0s0ms\n    sensing_to=+4m0s0ms\n    locating_to=+30s0ms\n    location_accuracy=20.0m\n"+
		"    idle_to=+1h0m0s0ms\n    max_idle_to=+6h0m0s0ms\n    idle_factor=2.0\n    min_time_to_alarm=+30m0s0ms\n")
	if sdk >= 31 {
		fmt.Fprint(w, "    max_temp_app_allowlist_duration_ms=+5m0s0ms\n")
	} else {
		fmt.Fprint(w, "    max_temp_app_whitelist_duration=+5m0s0ms\n")
	}
	var names, ids []string
	for _, name := range phone.PowerSaveAllowed {
		if p := h.State.Package(name); p != nil {
			names, ids = append(names, name), append(ids, fmt.Sprint(p.AppID))
		}
	}
	for _, list := range []struct {
		heading string
		lines   []string
	}{
		{"Whitelist (except idle) system apps", names}, {"Whitelist system apps", names},
		{"Whitelist (except idle) all app ids", ids}, {"Whitelist all app ids", ids},
	} {
		if len(list.lines) > 0 {
			fmt.Fprintf(w, "  %s:\n    %s\n", list.heading, strings.Join(list.lines, "\n    "))
		}
	}
	switch {
	case sdk < 24:
		fmt.Fprintf(w, "  mEnabled=true\n  mForceIdle=%t\n", h.Dozing())
	default:
		fmt.Fprintf(w, "  mLightEnabled=%t  mDeepEnabled=%[1]t\n  mForceIdle=%[1]t\n", h.Dozing())
	}
	fmt.Fprintf(w, "  mScreenOn=%t\n", h.State.Screen.Awake)
	if sdk >= 28 {
		fmt.Fprintf(w, "  mScreenLocked=%t\n", h.State.Screen.Keyguard)
	}
	fmt.Fprintf(w, "  mNetworkConnected=true\n  mCharging=%t\n  mMotionActive=false\n  mNotMoving=false\n"+
		"  mLocating=false mHasGps=false mHasNetwork=false mLocated=false\n", h.Persona().Battery.USB)
	deep, light := h.IdleStates()
	if sdk < 24 {
		fmt.Fprintf(w, "  mState=%s\n", deep)
	} else {
		fmt.Fprintf(w, "  mState=%s mLightState=%s\n", deep, light)
	}
	fmt.Fprint(w, "  mInactiveTimeout=+30m0s0ms\n")
}

// dumpDevicePolicy prints dumpsys device_policy (DevicePolicyManagerService.dump)
// of a handset that nobody administers.
func dumpDevicePolicy(h *phone.Handset, w io.Writer, _ []string) {
	sdk := h.SDK()
	fmt.Fprintln(w, "Current Device Policy Manager state:")
	if sdk >= 30 {
		fmt.Fprint(w, "  Immutable state:\n    mHasFeature=true\n    mIsWatch=false\n")
		if sdk >= 31 {
			fmt.Fprint(w, "    mIsAutomotive=false\n    mHasTelephonyFeature=true\n    mSafetyChecker=null\n  \n")
		}
	}
	for _, u := range h.UserIDs() {
		switch {
		case sdk < 24:
			fmt.Fprintf(w, "  Enabled Device Admins (User %d):\n \n    mPasswordOwner=-1\n", u)
		case sdk < 30:
			fmt.Fprintf(w, "\n  Enabled Device Admins (User %d, provisioningState: 0):\n \n    mPasswordOwner=-1\n", u)
		default:
			fmt.Fprintf(w, "  \n  Enabled Device Admins (User %d, provisioningState: 0):\n  \n    mPasswordOwner=-1\n"+
				"    mPasswordTokenHandle=0\n    mAppsSuspended=false\n", u)
			if sdk >= 31 {
				fmt.Fprint(w, "    mUserSetupComplete=true\n    mAffiliationIds={}\n    mNewUserDisclaimer=null\n")
			}
		}
	}
	switch {
	case sdk < 24:
	case sdk < 30:
		fmt.Fprint(w, "\n  Encryption Status: per-user\n")
		if sdk >= 28 {
			fmt.Fprint(w, "\nDevice policy cache\n  Screen capture disabled: {0=false}\n  Password quality: {0=0}\n")
		}
	default:
		fmt.Fprint(w, "  \n  Constants:\n    DAS_DIED_SERVICE_RECONNECT_BACKOFF_SEC: 3600\n"+
			"    DAS_DIED_SERVICE_RECONNECT_BACKOFF_INCREASE: 2.0\n    DAS_DIED_SERVICE_RECONNECT_MAX_BACKOFF_SEC: 86400\n"+
			"    DAS_DIED_SERVICE_STABLE_CONNECTION_THRESHOLD_SEC: 120\n  \n  Encryption Status: per-user\n  Logout user: -10000\n  \n"+
			"  Device policy cache:\n    Screen capture disallowed users: []\n    Password quality: {0=0}\n")
	}
}

// dumpAccessibility prints dumpsys accessibility (AccessibilityManagerService.dump)
// of a handset that has no service of that kind switched on.
func dumpAccessibility(h *phone.Handset, w io.Writer, _ []string) {
	sdk := h.SDK()
	fmt.Fprint(w, "ACCESSIBILITY MANAGER (dumpsys accessibility)\n\n")
	switch {
	case sdk < 24:
		fmt.Fprint(w, "User state[attributes:{id=0, currentUser=true, accessibilityEnabled=false, touchExplorationEnabled=false, "+
			"displayMagnificationEnabled=false}\n           services:{}]\n\n")
	case sdk < 29:
		nav := ""
		if sdk >= 26 {
			nav = ", navBarMagnificationEnabled=false"
		}
		fmt.Fprintf(w, "User state[attributes:{id=0, currentUser=true, touchExplorationEnabled=false, displayMagnificationEnabled=false%s, "+
			"autoclickEnabled=false}\n           services:{}]\n\n", nav)
	case sdk == 29:
		fmt.Fprint(w, "User state[attributes:{id=0, currentUser=true, touchExplorationEnabled=false, displayMagnificationEnabled=false, "+
			"navBarMagnificationEnabled=false, autoclickEnabled=false, nonInteractiveUiTimeout=0, interactiveUiTimeout=0, "+
			"installedServiceCount=0}\n"+
			"     Bound services:{}\n     Enabled services:{}\n     Binding services:{}]\n\n")
	default:
		attributes := "id=0, touchExplorationEnabled=false, serviceHandlesDoubleTap=false, requestMultiFingerGestures=false, " +
			"displayMagnificationEnabled=false, autoclickEnabled=false, nonInteractiveUiTimeout=0, interactiveUiTimeout=0, installedServiceCount=0"
		if sdk >= 31 {
			fmt.Fprint(w, "currentUserId=0\nhasWindowMagnificationConnection=false\n")
		} else {
			fmt.Fprint(w, "currentUserId=0\n")
		}
		fmt.Fprintf(w, "User state[\n     attributes:{%s}\n     shortcut key:{}\n     button:{}\n     button target:{null}\n"+
			"     Bound services:{}\n     Enabled services:{}\n     Binding services:{}\n     Crashed services:{}]\n\n", attributes)
	}
}

// dumpAccount prints dumpsys account (AccountManagerService.dumpUser): nobody has
// signed in.
func dumpAccount(h *phone.Handset, w io.Writer, args []string) {
	checkin := false
	for _, a := range args {
		checkin = checkin || a == "--checkin" || a == "-c"
	}
	for _, u := range h.UserIDs() {
		name := "Owner"
		if u != 0 {
			name = fmt.Sprintf("User %d", u)
		}
		fmt.Fprintf(w, "User UserInfo{%d:%s:%x}:\n", u, name, 0x13-3*phone.Bit(u != 0))
		if checkin {
			fmt.Fprintln(w)
			continue
		}
		fmt.Fprint(w, "  Accounts: 0\n\n")
		if h.SDK() >= 23 {
			fmt.Fprint(w, "  Accounts History\n  AccountId, Action_Type, timestamp, UID, TableName, Key\n\n")
		}
		fmt.Fprint(w, "  Active Sessions: 0\n\n  RegisteredServicesCache: 0 services\n")
		if h.SDK() >= 26 {
			fmt.Fprint(w, "\n  Account visibility:\n")
		}
	}
}

// ListSpared is whitelist: it lists whom battery saving spares, a line each with its
// app ID, or adds and takes away names, as the user may in Settings
// (DeviceIdleController.Shell).
func ListSpared(h *phone.Handset, w io.Writer, changes []string) {
	for _, change := range changes {
		name := strings.TrimLeft(change, "+-=")
		switch {
		case h.State.Package(name) == nil:
			fmt.Fprintf(w, "Unknown package: %s\n", name)
		case strings.HasPrefix(change, "+"):
			fmt.Fprintf(w, "Added: %s\n", name)
		case strings.HasPrefix(change, "-"):
			fmt.Fprintf(w, "Removed: %s\n", name)
		default:
			fmt.Fprintf(w, "Package must be prefixed with +, -, or =: %s\n", change)
		}
	}
	if len(changes) > 0 {
		return
	}
	for _, list := range []string{"system-excidle", "system"} {
		for _, name := range phone.PowerSaveAllowed {
			if p := h.State.Package(name); p != nil {
				fmt.Fprintf(w, "%s,%s,%d\n", list, name, p.AppID)
			}
		}
	}
}
