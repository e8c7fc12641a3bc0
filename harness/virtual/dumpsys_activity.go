package virtual

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"assay/harness/virtual/persona"
)

// dumpActivity prints the parts of dumpsys activity that name the activity on
// top and the running processes (ActivityManagerService.dumpProcessesLocked,
// ActivityStackSupervisor.dumpActivitiesLocked).
func dumpActivity(h *PhoneHandset, w io.Writer, args []string) {
	what := ""
	for _, a := range args {
		if len(a) > 0 && a[0] != '-' {
			what = a
			break
		}
	}
	switch what {
	case "top", "activities", "a":
		h.dumpActivities(w)
	case "processes", "p":
		h.dumpProcesses(w)
	case "services", "s":
		h.dumpServices(w)
	case "broadcasts", "b":
		h.dumpBroadcasts(w)
	case "":
		h.dumpActivities(w)
		fmt.Fprintln(w, "-------------------------------------------------------------------------------")
		h.dumpProcesses(w)
	default:
		fmt.Fprintf(w, "Bad activity command, or no activities match: %s\n", what)
		fmt.Fprintln(w, "Use -h for help.")
	}
}

func (h *PhoneHandset) dumpActivities(w io.Writer) {
	s, sdk := &h.state.screen, h.SDK()
	fmt.Fprint(w, "ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)\nDisplay #0 (activities from top to bottom):\n")
	for _, t := range slices.Backward(s.tasks) {
		record := fmt.Sprintf("ActivityRecord{%s u%d %s t%d}", h.hash("record", persona.ShortComponent(t.component())), t.user, persona.ShortComponent(t.component()), t.id)
		fmt.Fprintf(w, "  Stack #%d:\n    Task id #%d\n      * Hist #0: %s\n          packageName=%s processName=%s\n", t.id, t.id, record, t.pkg, t.pkg)
	}
	activity := persona.ShortComponent(s.top().component())
	if d := s.top().dialog; d != nil {
		activity = persona.ShortComponent(d.component())
	}
	record := fmt.Sprintf("ActivityRecord{%s u%d %s t%d}", h.hash("record", activity), s.top().user, activity, s.top().id)
	switch {
	case sdk < 26:
		fmt.Fprintf(w, "\n  mFocusedActivity: %s\n", record)
	case sdk < 29:
		fmt.Fprintf(w, "\n  mResumedActivity: %s\n", record)
	case sdk < 31:
		fmt.Fprintf(w, "\n  mResumedActivity: %s\n  ResumedActivity: %s\n", record, record)
	default:
		fmt.Fprintf(w, "\n  ResumedActivity: %s\n  topResumedActivity=%s\n", record, record)
	}
}

func (h *PhoneHandset) dumpProcesses(w io.Writer) {
	fmt.Fprint(w, "ACTIVITY MANAGER RUNNING PROCESSES (dumpsys activity processes)\n  All known processes:\n")
	for _, p := range h.state.sortedProcesses() {
		if p.pkg == "" {
			continue
		}
		fmt.Fprintf(w, "  *APP* UID %d ProcessRecord{%s %d:%s/%s}\n    user #%d uid=%d\n    dir=null publicDir=null data=/data/user/%d/%s\n    packageList={%s}\n    thread=android.app.IApplicationThread$Stub$Proxy@%s\n    pid=%d\n    curProcState=%d\n",
			p.uid, h.hash("process", fmt.Sprint(p.pid)), p.pid, p.name, formatUID(p.uid), p.uid/100000, p.uid, p.uid/100000, p.pkg, p.pkg,
			h.hash("thread", fmt.Sprint(p.pid)), p.pid, map[string]int{"pers": 0, "top": 2, "fgsvc": 4, "fg": 6, "bg": 10, "cch": 16}[h.state.stateOf(p)])
	}
}

// dumpRole prints dumpsys role (RoleManagerService of Android 10 and 11,
// RoleService since 12), by its two-column dumper.
func dumpRole(h *PhoneHandset, w io.Writer, _ []string) {
	old := h.SDK() < 31
	name, open, shut, in := "ROLE STATE (dumpsys role):", "{", "}", "  "
	if old {
		name, open, shut, in = "ROLE MANAGER STATE (dumpsys role):", "[", "]", "    "
	}
	fmt.Fprintf(w, "%s\n{\n  user_states=%s\n", name, open)
	for _, u := range h.userIDs() {
		if old {
			fmt.Fprintln(w, "    {")
		}
		p := in + "  "
		fmt.Fprintf(w, "%suser_id=%d\n%sversion=1\n%spackages_hash=%032X\n%sroles=[\n", p, u, p, p, h.number("packages"), p)
		for _, r := range slices.Sorted(maps.Keys(h.state.roles)) {
			fmt.Fprintf(w, "%s  {\n%s    name=%s\n%s    holders=%s\n%s  }\n", p, p, r, p, h.state.roles[r], p)
		}
		fmt.Fprintf(w, "%s]\n", p)
		if old {
			fmt.Fprintln(w, "    }")
		}
	}
	fmt.Fprintf(w, "  %s\n}\n", shut)
}

// dumpPhoneInfo prints dumpsys iphonesubinfo, which told the IMEI up to Android
// 5.1 (PhoneSubInfoController.dump).
func dumpPhoneInfo(h *PhoneHandset, w io.Writer, _ []string) {
	fmt.Fprintf(w, "Phone Subscriber Info:\n  Phone Type = GSM\n  Device ID = %s\n", h.Persona().Identity.IMEI)
}
