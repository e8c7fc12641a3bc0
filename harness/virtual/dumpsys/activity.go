package dumpsys

import (
	"fmt"
	"io"
	"slices"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// dumpActivity prints the parts of dumpsys activity that name the activity on
// top and the running processes (ActivityManagerService.dumpProcessesLocked,
// ActivityStackSupervisor.dumpActivitiesLocked).
func dumpActivity(h *phone.Handset, w io.Writer, args []string) {
	what := ""
	for _, a := range args {
		if len(a) > 0 && a[0] != '-' {
			what = a
			break
		}
	}
	switch what {
	case "top", "activities", "a":
		dumpActivities(h, w)
	case "processes", "p":
		dumpProcesses(h, w)
	case "services", "s":
		dumpServices(h, w)
	case "broadcasts", "b":
		dumpBroadcasts(h, w)
	case "":
		dumpActivities(h, w)
		fmt.Fprintln(w, "-------------------------------------------------------------------------------")
		dumpProcesses(h, w)
	default:
		fmt.Fprintf(w, "Bad activity command, or no activities match: %s\n", what)
		fmt.Fprintln(w, "Use -h for help.")
	}
}

func dumpActivities(h *phone.Handset, w io.Writer) {
	s, sdk := &h.State.Screen, h.SDK()
	fmt.Fprint(w, "ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)\nDisplay #0 (activities from top to bottom):\n")
	for _, t := range slices.Backward(s.Tasks) {
		record := fmt.Sprintf("ActivityRecord{%s u%d %s t%d}", h.Hash("record", persona.ShortComponent(t.Component())), t.User,
			persona.ShortComponent(t.Component()), t.ID)
		fmt.Fprintf(w, "  Stack #%d:\n    Task id #%d\n      * Hist #0: %s\n          packageName=%s "+
			"processName=%s\n", t.ID, t.ID, record, t.Package, t.Package)
	}
	activity := persona.ShortComponent(s.Top().Component())
	if d := s.Top().Dialog; d != nil {
		activity = persona.ShortComponent(d.Component())
	}
	record := fmt.Sprintf("ActivityRecord{%s u%d %s t%d}", h.Hash("record", activity), s.Top().User, activity, s.Top().ID)
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

func dumpProcesses(h *phone.Handset, w io.Writer) {
	fmt.Fprint(w, "ACTIVITY MANAGER RUNNING PROCESSES (dumpsys activity processes)\n  All known processes:\n")
	for _, p := range h.State.SortedProcesses() {
		if p.Package == "" {
			continue
		}
		fmt.Fprintf(w, "  *APP* UID %d ProcessRecord{%s %d:%s/%s}\n    user #%d uid=%d\n    dir=null publicDir=null data=/data/user/%d/%s\n"+
			"    packageList={%s}\n    thread=android.app.IApplicationThread$Stub$Proxy@%s\n    pid=%d\n    curProcState=%d\n",
			p.UID, h.Hash("process", fmt.Sprint(p.PID)), p.PID, p.Name, phone.FormatUID(p.UID), p.UID/100000, p.UID, p.UID/100000, p.Package,
			p.Package,
			h.Hash("thread", fmt.Sprint(p.PID)), p.PID, map[string]int{"pers": 0, "top": 2, "fgsvc": 4, "fg": 6, "bg": 10,
				"cch": 16}[h.State.StateOf(p)])
	}
}

// dumpRole prints dumpsys role (RoleManagerService of Android 10 and 11,
// RoleService since 12), by its two-column dumper.
func dumpRole(h *phone.Handset, w io.Writer, _ []string) {
	old := h.SDK() < 31
	name, open, shut, in := "ROLE STATE (dumpsys role):", "{", "}", "  "
	if old {
		name, open, shut, in = "ROLE MANAGER STATE (dumpsys role):", "[", "]", "    "
	}
	fmt.Fprintf(w, "%s\n{\n  user_states=%s\n", name, open)
	for _, u := range h.UserIDs() {
		if old {
			fmt.Fprintln(w, "    {")
		}
		p := in + "  "
		fmt.Fprintf(w, "%suser_id=%d\n%sversion=1\n%spackages_hash=%032X\n%sroles=[\n", p, u, p, p, h.Number("packages"), p)
		for _, r := range phone.SortedKeys(h.State.Roles) {
			fmt.Fprintf(w, "%s  {\n%s    name=%s\n%s    holders=%s\n%s  }\n", p, p, r, p, h.State.Roles[r], p)
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
func dumpPhoneInfo(h *phone.Handset, w io.Writer, _ []string) {
	fmt.Fprintf(w, "Phone Subscriber Info:\n  Phone Type = GSM\n  Device ID = %s\n", h.Persona().Identity.IMEI)
}
