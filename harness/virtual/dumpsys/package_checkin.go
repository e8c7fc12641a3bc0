package dumpsys

import (
	"fmt"
	"io"
	"slices"

	"assay/harness/virtual/phone"
)

// dumpPackageCheckin prints dumpsys package --checkin (PackageManagerService.dump
// and Settings.dumpPackageLPr with a tag): times in milliseconds; the factory
// copies of updated packages with dis.
func dumpPackageCheckin(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	fmt.Fprintln(w, "vers,1")
	if sdk >= 29 {
		fmt.Fprintln(w, "lib,android.test.runner (jar) /system/framework/android.test.runner.jar")
	} else {
		fmt.Fprintln(w, "lib,android.test.runner,jar,/system/framework/android.test.runner.jar")
	}
	for _, f := range phone.SystemFeatures {
		if sdk >= 24 {
			f += ",0"
		}
		fmt.Fprintf(w, "feat,%s\n", f)
	}
	for _, p := range h.State.Order {
		checkin(h, w, "pkg", p, p.Code)
	}
	for _, p := range h.State.Order {
		if p.Updated != "" {
			checkin(h, w, "dis", p, max(p.Code-1, 1))
		}
	}
	for _, u := range h.State.SharedUsers {
		fmt.Fprintf(w, "suid,%d,%s\n", u.AppID, u.Name)
	}
	first := "No settings file; creating initial state"
	if sdk >= 34 {
		first = "No package manager settings file"
	}
	fmt.Fprintf(w, "msg,%s: %s\n", h.SwitchedOn().AddDate(0, -3, 0).In(h.Zone()).Format("1/2/06 3:04 PM"), first)
}

// checkin prints one package: its times up to Android 12; since 13 the first
// installation of each user apart.
func checkin(h *phone.Handset, w io.Writer, tag string, p *phone.Package, code int64) {
	sdk := h.SDK()
	first, last := h.InstallTimes(p)
	if tag == "dis" {
		last = first
	}
	switch {
	case sdk < 33:
		fmt.Fprintf(w, "%s,%s,%d,%d,%d,%d,?\n", tag, p.Name, p.AppID, code, first.UnixMilli(), last.UnixMilli())
	case sdk == 33:
		fmt.Fprintf(w, "%s,%s,%d,%d,%d,?,0\n", tag, p.Name, p.AppID, code, last.UnixMilli())
	default:
		fmt.Fprintf(w, "%s,%s,%d,%d,%d,?-1?,0\n", tag, p.Name, p.AppID, code, last.UnixMilli())
	}
	fmt.Fprintf(w, "%s-splt,base,0\n", tag)
	for _, user := range h.UserIDs() {
		fmt.Fprintf(w, "%s-usr,%d,%s\n", tag, user, checkinUser(h, p, user, first.UnixMilli()))
	}
}

// checkinUser prints what one user has of a package: a capital letter for what
// is so.
func checkinUser(h *phone.Handset, p *phone.Package, user int, first int64) string {
	sdk, u := h.SDK(), p.Users[user]
	flag := func(is bool, yes, no string) string {
		if is {
			return yes
		}
		return no
	}
	line := flag(u.Installed, "I", "i") + "b"
	if sdk >= 24 {
		line += "su"
	}
	line += flag(u.Stopped, "S", "s") + flag(u.NotLaunched, "l", "L")
	if sdk >= 26 {
		line += "iavpi"
	}
	if sdk >= 29 {
		line += "ha"
	}
	by := "?"
	if u.Enabled >= 2 {
		by = u.DisabledBy
	}
	line += fmt.Sprintf(",%d,%s", u.Enabled, by)
	switch {
	case sdk >= 33:
		line += fmt.Sprintf(",%d,", first)
	case sdk >= 29:
		line += ","
	}
	return line
}

// wantsCheckin says whether the arguments ask for it.
func wantsCheckin(args []string) bool { return slices.Contains(args, "--checkin") }
