package virtual

import (
	"fmt"
	"io"
	"slices"
	"time"

	"assay/harness/virtual/persona"
)

// dumpAppOps prints dumpsys appops (AppOpsService.dump): one line an op up to
// Android 8, blocks by UID state in 9, by state and flag from 10, and those by
// attribution tag from 11.
func dumpAppOps(h *PhoneHandset, w io.Writer, args []string) {
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
	for _, uid := range h.opUIDs() {
		if only != "" && !slices.ContainsFunc(h.state.byUID(uid%100000), func(p *installed) bool { return p.Name == only }) {
			continue
		}
		h.dumpOpUID(w, uid, only)
	}
	if sdk >= 26 {
		fmt.Fprintln(w)
	}
	if sdk >= 31 && slices.Contains(args, "--include-discrete") {
		h.dumpDiscrete(w)
	}
}

func (h *PhoneHandset) dumpOpUID(w io.Writer, uid int, only string) {
	sdk := h.SDK()
	fmt.Fprintf(w, "  Uid %s:\n", formatUID(uid))
	st := h.uidState(uid)
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
	for _, name := range h.opsOfUID(uid) {
		word := fmt.Sprint(int(h.state.uidModes[uid][name]))
		if sdk >= 28 {
			word = h.state.uidModes[uid][name].String()
		}
		fmt.Fprintf(w, "      %s: mode=%s\n", persona.OpName(name, sdk), word)
	}
	for _, p := range h.state.byUID(uid % 100000) {
		blocks := h.opBlocks(uid, p.Name)
		if len(blocks) == 0 || only != "" && p.Name != only {
			continue
		}
		fmt.Fprintf(w, "    Package %s:\n", p.Name)
		for _, b := range blocks {
			h.dumpOp(w, uid, p.Name, b)
		}
	}
}

func (h *PhoneHandset) dumpOp(w io.Writer, uid int, pkg string, b opBlock) {
	sdk, now := h.SDK(), h.Now()
	name := persona.OpName(b.op.Name, sdk)
	if sdk < 28 {
		h.dumpOp8(w, name, b, now)
		return
	}
	mode := b.mode.String()
	if decider := b.op.SwitchOf(sdk); decider != b.op.Name {
		mode += fmt.Sprintf(" / switch %s=%s", decider, h.state.opModes[opKey{uid: uid, pkg: pkg, op: decider}])
	}
	fmt.Fprintf(w, "      %s (%s): \n", name, mode)
	switch {
	case sdk == 28:
		h.dumpUses9(w, b, now)
	case sdk == 29:
		for _, k := range b.uses {
			h.dumpUse(w, "          ", k, now)
		}
	default:
		for i, k := range b.uses {
			if i == 0 || b.uses[i-1].tag != k.tag {
				fmt.Fprintf(w, "        %s=[\n", nullOr(k.tag))
			}
			h.dumpUse(w, "          ", k, now)
			if i == len(b.uses)-1 || b.uses[i+1].tag != k.tag {
				if u := h.state.uses[k]; u.until.After(now) {
					fmt.Fprintf(w, "          Running start at: %s\n          startNesting=1\n", formatDuration(now.Sub(u.access)))
				}
				fmt.Fprint(w, "        ]\n")
			}
		}
	}
}

// dumpOp8 prints an op's single line of Android 5 to 8: the last use in any state.
func (h *PhoneHandset) dumpOp8(w io.Writer, name string, b opBlock, now time.Time) {
	line, sdk := fmt.Sprintf("      %s: mode=%d", name, int(b.mode)), h.SDK()
	for _, k := range b.uses { // one: older releases know neither state nor tag
		u := h.state.uses[k]
		if !u.access.IsZero() {
			line += "; time=" + formatDuration(now.Sub(u.printed(sdk, now))) + " ago"
		}
		if !u.reject.IsZero() {
			line += "; rejectTime=" + formatDuration(now.Sub(u.reject)) + " ago"
		}
		switch {
		case u.until.After(now):
			line += " (running)"
		case u.duration > 0:
			line += "; duration=" + formatDuration(u.duration)
		}
	}
	fmt.Fprintln(w, line)
}

// dumpUses9 prints the blocks of Android 9: a label for the first state only,
// and one duration for the op.
func (h *PhoneHandset) dumpUses9(w io.Writer, b opBlock, now time.Time) {
	var longest time.Duration
	running := false
	for _, kind := range []string{"Access", "Reject"} {
		label := kind + ": "
		for _, k := range b.uses {
			u := h.state.uses[k]
			at := u.printed(h.SDK(), now)
			if kind == "Reject" {
				at = u.reject
			}
			if at.IsZero() {
				continue
			}
			fmt.Fprintf(w, "          %-8s%-5s = %s\n", label, k.state, stamp(at, now))
			label = ""
			longest, running = max(longest, u.duration), running || u.until.After(now)
		}
	}
	switch {
	case running:
		fmt.Fprint(w, "          Running start at: +0ms\n")
	case longest > 0:
		fmt.Fprintf(w, "          duration=%s\n", formatDuration(longest))
	}
}

// dumpUse prints one state's last use and last rejection, Android 10 and later. A
// rejection has no space after its state.
func (h *PhoneHandset) dumpUse(w io.Writer, prefix string, k opKey, now time.Time) {
	u := h.state.uses[k]
	if !u.access.IsZero() {
		fmt.Fprintf(w, "%sAccess: [%s-%s] %s", prefix, k.state, k.forwarded, stamp(u.printed(h.SDK(), now), now))
		if u.until.After(now) {
			if h.SDK() == 29 {
				fmt.Fprint(w, " (running)")
			} else {
				fmt.Fprintf(w, " duration=%s", formatDuration(now.Sub(u.access)))
			}
		} else if u.duration > 0 {
			fmt.Fprintf(w, " duration=%s", formatDuration(u.duration))
		}
		fmt.Fprintln(w, proxyOf(u, h.SDK()))
	}
	if !u.reject.IsZero() {
		fmt.Fprintf(w, "%sReject: [%s-%s]%s%s\n", prefix, k.state, k.forwarded, stamp(u.reject, now), proxyOf(u, h.SDK()))
	}
}

// proxyOf names who used an op in a package's name; attribution tags came with 11.
func proxyOf(u *opUse, sdk int) string {
	switch {
	case u.proxy == nil:
		return ""
	case sdk == 29:
		return fmt.Sprintf(" proxy[uid=%d, pkg=%s]", u.proxy.uid, u.proxy.Name)
	}
	return fmt.Sprintf(" proxy[uid=%d, pkg=%s, attributionTag=null]", u.proxy.uid, u.proxy.Name)
}

// stamp is a moment and how far off it is: 2020-01-08 15:29:51.731 (-1m57s750ms).
func stamp(at, now time.Time) string {
	return fmt.Sprintf("%s (%s)", at.Format("2006-01-02 15:04:05.000"), formatDuration(at.Sub(now)))
}
