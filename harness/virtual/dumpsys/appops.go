package dumpsys

import (
	"fmt"
	"io"
	"slices"
	"time"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// dumpAppOps prints dumpsys appops (AppOpsService.dump): one line an op up to
// Android 8, blocks by UID state in 9, by state and flag from 10, and those by
// attribution tag from 11.
func dumpAppOps(h *phone.Handset, w io.Writer, args []string) {
	sdk := h.SDK()
	fmt.Fprint(w, "Current AppOps Service state:\n")
	if sdk >= 28 {
		settle := "+30s0ms\n    fg_service_state_settle_time=+10s0ms"
		if sdk >= 30 {
			settle = "+5s0ms\n    fg_service_state_settle_time=+5s0ms"
		}
		fmt.Fprintf(w, "  Settings:\n    top_state_settle_time=%s\n    bg_state_settle_time=+1s0ms\n\n", settle)
	}
	only := ""
	for i, a := range args {
		if a == "--package" && i+1 < len(args) {
			only = args[i+1]
		}
	}
	for _, uid := range h.OpUIDs() {
		if only != "" && !slices.ContainsFunc(h.State.PackagesOf(uid%100000), func(p *phone.Package) bool { return p.Name == only }) {
			continue
		}
		dumpOpUID(h, w, uid, only)
	}
	if sdk >= 26 {
		fmt.Fprintln(w)
	}
	if sdk >= 31 && slices.Contains(args, "--include-discrete") {
		dumpDiscrete(h, w)
	}
}

func dumpOpUID(h *phone.Handset, w io.Writer, uid int, only string) {
	sdk := h.SDK()
	fmt.Fprintf(w, "  Uid %s:\n", phone.FormatUID(uid))
	st := h.UIDState(uid)
	switch {
	case sdk == 28:
		fmt.Fprintf(w, "    state=%-5s\n", st)
	case sdk >= 29:
		fmt.Fprintf(w, "    state=%s\n", st)
	}
	if sdk >= 30 {
		mark := map[bool]string{true: "LCM", false: "---"}[st == "top" || st == "pers"]
		if sdk >= 33 {
			mark += map[bool]string{true: "NFU", false: "---"}[st == "top" || st == "pers"]
		} else {
			mark += "-"
		}
		fmt.Fprintf(w, "    capability=%s\n", mark)
		if sdk >= 31 {
			fmt.Fprint(w, "    appWidgetVisible=false\n")
		}
	}
	for _, name := range h.UIDModeOps(uid) {
		word := fmt.Sprint(int(h.State.UIDModes[uid][name]))
		if sdk >= 28 {
			word = h.State.UIDModes[uid][name].String()
		}
		fmt.Fprintf(w, "      %s: mode=%s\n", persona.OpName(name, sdk), word)
	}
	for _, p := range h.State.PackagesOf(uid % 100000) {
		blocks := h.OpUses(uid, p.Name)
		if len(blocks) == 0 || only != "" && p.Name != only {
			continue
		}
		fmt.Fprintf(w, "    Package %s:\n", p.Name)
		for _, b := range blocks {
			dumpOp(h, w, uid, p.Name, b)
		}
	}
}

func dumpOp(h *phone.Handset, w io.Writer, uid int, pkg string, b phone.OpUses) {
	sdk, now := h.SDK(), h.Now()
	name := persona.OpName(b.Op.Name, sdk)
	if sdk < 28 {
		dumpOp8(h, w, name, b, now)
		return
	}
	mode := b.Mode.String()
	if decider := b.Op.SwitchOf(sdk); decider != b.Op.Name {
		mode += fmt.Sprintf(" / switch %s=%s", decider, h.State.OpModes[phone.UseKey{UID: uid, Package: pkg, Op: decider}])
	}
	fmt.Fprintf(w, "      %s (%s): \n", name, mode)
	switch {
	case sdk == 28:
		dumpUses9(h, w, b, now)
	case sdk == 29:
		for _, k := range b.Uses {
			dumpUse(h, w, "          ", k, now)
		}
	default:
		for i, k := range b.Uses {
			if i == 0 || b.Uses[i-1].Tag != k.Tag {
				fmt.Fprintf(w, "        %s=[\n", nullOr(k.Tag))
			}
			dumpUse(h, w, "          ", k, now)
			if i == len(b.Uses)-1 || b.Uses[i+1].Tag != k.Tag {
				if u := h.State.Uses[k]; u.Until.After(now) {
					fmt.Fprintf(w, "          Running start at: %s\n          startNesting=1\n", phone.FormatDuration(now.Sub(u.LastAccess)))
				}
				fmt.Fprint(w, "        ]\n")
			}
		}
	}
}

// dumpOp8 prints an op's single line of Android 5 to 8: the last use in any state.
func dumpOp8(h *phone.Handset, w io.Writer, name string, b phone.OpUses, now time.Time) {
	line, sdk := fmt.Sprintf("      %s: mode=%d", name, int(b.Mode)), h.SDK()
	for _, k := range b.Uses { // one: older releases know neither state nor tag
		u := h.State.Uses[k]
		if !u.LastAccess.IsZero() {
			line += "; time=" + phone.FormatDuration(now.Sub(u.Printed(sdk, now))) + " ago"
		}
		if !u.LastReject.IsZero() {
			line += "; rejectTime=" + phone.FormatDuration(now.Sub(u.LastReject)) + " ago"
		}
		switch {
		case u.Until.After(now):
			line += " (running)"
		case u.Duration > 0:
			line += "; duration=" + phone.FormatDuration(u.Duration)
		}
	}
	fmt.Fprintln(w, line)
}

// dumpUses9 prints the blocks of Android 9: a label for the first state only,
// and one duration for the op.
func dumpUses9(h *phone.Handset, w io.Writer, b phone.OpUses, now time.Time) {
	var longest time.Duration
	running := false
	for _, kind := range []string{"Access", "Reject"} {
		label := kind + ": "
		for _, k := range b.Uses {
			u := h.State.Uses[k]
			at := u.Printed(h.SDK(), now)
			if kind == "Reject" {
				at = u.LastReject
			}
			if at.IsZero() {
				continue
			}
			fmt.Fprintf(w, "          %-8s%-5s = %s\n", label, k.State, stamp(at, now))
			label = ""
			longest, running = max(longest, u.Duration), running || u.Until.After(now)
		}
	}
	switch {
	case running:
		fmt.Fprint(w, "          Running start at: +0ms\n")
	case longest > 0:
		fmt.Fprintf(w, "          duration=%s\n", phone.FormatDuration(longest))
	}
}

// dumpUse prints one state's last use and last rejection, Android 10 and later. A
// rejection has no space after its state.
func dumpUse(h *phone.Handset, w io.Writer, prefix string, k phone.UseKey, now time.Time) {
	u := h.State.Uses[k]
	if !u.LastAccess.IsZero() {
		fmt.Fprintf(w, "%sAccess: [%s-%s] %s", prefix, k.State, k.Forwarded, stamp(u.Printed(h.SDK(), now), now))
		if u.Until.After(now) {
			if h.SDK() == 29 {
				fmt.Fprint(w, " (running)")
			} else {
				fmt.Fprintf(w, " duration=%s", phone.FormatDuration(now.Sub(u.LastAccess)))
			}
		} else if u.Duration > 0 {
			fmt.Fprintf(w, " duration=%s", phone.FormatDuration(u.Duration))
		}
		fmt.Fprintln(w, proxyOf(u, h.SDK()))
	}
	if !u.LastReject.IsZero() {
		fmt.Fprintf(w, "%sReject: [%s-%s]%s%s\n", prefix, k.State, k.Forwarded, stamp(u.LastReject, now), proxyOf(u, h.SDK()))
	}
}

// proxyOf names who used an op in a package's name; attribution tags came with 11.
func proxyOf(u *phone.Use, sdk int) string {
	switch {
	case u.Proxy == nil:
		return ""
	case sdk == 29:
		return fmt.Sprintf(" proxy[uid=%d, pkg=%s]", u.Proxy.AppID, u.Proxy.Name)
	}
	return fmt.Sprintf(" proxy[uid=%d, pkg=%s, attributionTag=null]", u.Proxy.AppID, u.Proxy.Name)
}

// stamp is a moment and how far off it is: 2020-01-08 15:29:51.731 (-1m57s750ms).
func stamp(at, now time.Time) string {
	return fmt.Sprintf("%s (%s)", at.Format("2006-01-02 15:04:05.000"), phone.FormatDuration(at.Sub(now)))
}
