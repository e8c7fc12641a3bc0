package dumpsys

import (
	"fmt"
	"io"
	"slices"

	"assay/harness/virtual/phone"
)

// dumpTail prints what a dump of all packages ends with
// (PackageManagerService.dump): install sessions stand before the messages up to
// Android 7 and after them from 8; changes, frozen packages and volumes came with
// 7 and 8, APEX packages with 10, protected broadcasts with 13.
func dumpTail(h *phone.Handset, w io.Writer, dexopt func()) {
	sdk := h.SDK()
	if sdk < 26 {
		dumpSessions(h, w)
	}
	if sdk >= 26 {
		fmt.Fprint(w, "\nPackage Changes:\n  Sequence number=0\n  User 0:\n")
	}
	if sdk >= 24 {
		fmt.Fprint(w, "\n\nFrozen packages:\n  (none)\n")
	}
	if sdk >= 26 {
		fmt.Fprint(w, "\n\nLoaded volumes:\n  (none)\n")
	}
	dexopt()
	dumpMessages(h, w)
	if sdk >= 26 {
		dumpSessions(h, w)
	}
	if sdk >= 29 {
		fmt.Fprint(w, "\nActive APEX packages:\n\n\nInactive APEX packages:\n\n\nFactory APEX packages:\n\n")
	}
	if sdk >= 31 {
		fmt.Fprint(w, "\nPer UID read timeouts:\n    Default timeouts flag: \n    Known digesters list flag: \n    Timeouts (0):\n")
	}
	if sdk >= 33 {
		fmt.Fprint(w, "\nProtected broadcast actions:\n  android.intent.action.BOOT_COMPLETED\n  android.intent.action.SCREEN_OFF\n"+
			"  android.intent.action.SCREEN_ON\n")
	}
}

func dumpSessions(h *phone.Handset, w io.Writer) {
	fmt.Fprint(w, "\nActive install sessions:\n  \n")
	if h.SDK() >= 31 {
		fmt.Fprint(w, "Finalized install sessions:\n  \n")
	}
	fmt.Fprint(w, "Historical install sessions:\n  \nLegacy install sessions:\n  {}\n")
	if h.SDK() >= 31 {
		fmt.Fprint(w, "  \n")
	}
}

// dumpMessages prints what the package manager had to say at the first boot. The
// time is in the form of the handset's language; the handsets here speak English.
func dumpMessages(h *phone.Handset, w io.Writer) {
	fmt.Fprint(w, "\nSettings parse messages:\n")
	if h.SDK() < 33 {
		fmt.Fprintf(w, "Read completed successfully: %d packages, %d shared uids\n", len(h.State.Order), len(h.State.SharedUsers))
	}
	at := h.SwitchedOn().AddDate(0, -3, 0).In(h.Zone()).Format("1/2/06 3:04 PM")
	first := "No settings file; creating initial state"
	if h.SDK() >= 34 {
		first = "No package manager settings file"
	}
	fmt.Fprintf(w, "\nPackage warning messages:\n%s: %s\n", at, first)
	for _, u := range h.State.SharedUsers {
		if u.AppID >= 10000 || len(u.Members) < 2 {
			continue
		}
		word := "shared id"
		if h.SDK() < 28 {
			word = "user id"
		}
		names := make([]string, len(u.Members))
		for i, p := range u.Members {
			names[i] = p.Name
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Fprintf(w, "%s: Adding duplicate %s: %d name=%s\n", at, word, u.AppID, name)
		}
	}
}
