package dumpsys

import (
	"fmt"
	"io"
	"time"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// dumpJob prints one job's block, Android 7 and later.
func dumpJob(h *phone.Handset, w io.Writer, j job) {
	sdk, now := h.SDK(), h.Now()
	pkg := j.long[:len(j.long)-len(classOf(j.long))-1]
	who := phone.FormatUID(j.uid)
	tag := fmt.Sprintf("*job*/%s", j.component)
	if sdk >= 33 {
		tag += fmt.Sprintf("#%d", j.id)
	}
	fmt.Fprintf(w, "  JOB #%s/%d: %s %s\n    %s tag=%s\n    Source: uid=%s user=0 pkg=%s\n    JobInfo:\n      Service: %s\n",
		who, j.id, h.Hash("job", j.long), j.component, who, tag, who, pkg, j.component)
	every := phone.FormatDuration(j.every)
	fmt.Fprintf(w, "      PERIODIC: interval=%s flex=%s\n", every, every)
	if sdk >= 33 {
		fmt.Fprintln(w, "      Priority: 300 [DEFAULT]")
	}
	if j.idle {
		low := ""
		if sdk >= 26 {
			low = " batteryNotLow=false"
		}
		fmt.Fprintf(w, "      Requires: charging=true%s deviceIdle=true\n", low)
	}
	fmt.Fprint(w, "      Backoff: policy=1 initial=+30s0ms\n      Has early constraint\n      Has late constraint\n")
	jobConstraints(h, w, j)
	switch {
	case sdk < 26:
		fmt.Fprintf(w, "    Earliest run time: %s\n    Latest run time: %s\n", minuteSecond(j.next.Sub(now)),
			minuteSecond(j.next.Add(j.every).Sub(now)))
	default:
		jobTimes(h, w, j, now)
	}
	fmt.Fprintf(w, "    Ready: %s\n", ready(h, j))
}

func classOf(component string) string {
	for i := range len(component) {
		if component[i] == '/' {
			return component[i+1:]
		}
	}
	return ""
}

// constraint is a bit that a job may wait for, by its name.
type constraint struct {
	name string
	bit  uint32
}

// jobConstraints prints what a job waits for, and what of it is there: with the
// bits from Android 9.
func jobConstraints(h *phone.Handset, w io.Writer, j job) {
	sdk := h.SDK()
	required := []constraint{{"TIMING_DELAY", 1 << 31}, {"DEADLINE", 1 << 30}}
	satisfied := []constraint{{"DEVICE_NOT_DOZING", 1 << 25}}
	if sdk >= 28 {
		satisfied = append(satisfied, constraint{"BACKGROUND_NOT_RESTRICTED", 1 << 22})
	}
	if sdk >= 29 {
		satisfied = append(satisfied, constraint{"WITHIN_QUOTA", 1 << 24})
	}
	unsatisfied := required
	if j.idle {
		required = append([]constraint{{"CHARGING", 1}}, append(required, constraint{"IDLE", 4})...)
		satisfied = append([]constraint{{"CHARGING", 1}}, satisfied...)
		unsatisfied = append(unsatisfied[:2:2], constraint{"IDLE", 4})
	}
	print := func(label string, list []constraint) {
		fmt.Fprintf(w, "    %s constraints:", label)
		bits := uint32(0)
		for _, c := range list {
			fmt.Fprintf(w, " %s", c.name)
			bits |= c.bit
		}
		if sdk >= 28 {
			fmt.Fprintf(w, " [0x%x]", bits)
		}
		fmt.Fprintln(w)
	}
	print("Required", required)
	if sdk >= 34 {
		fmt.Fprintln(w, "    Preferred constraints:")
	}
	if sdk >= 31 {
		fmt.Fprintln(w, "    Dynamic constraints:")
	}
	print("Satisfied", satisfied)
	print("Unsatisfied", unsatisfied)
	if sdk >= 26 {
		jobTracking(w, sdk, j)
	}
}

// jobTracking prints who looks after a job's constraints, and those that every job has.
func jobTracking(w io.Writer, sdk int, j job) {
	if sdk >= 31 {
		fmt.Fprint(w, "    Constraint history:\n")
	}
	tracking := "TIME"
	if j.idle {
		tracking = "BATTERY IDLE TIME"
	}
	if sdk >= 29 {
		tracking += " QUOTA"
	}
	fmt.Fprintf(w, "    Tracking: %s\n", tracking)
	if sdk >= 29 {
		fmt.Fprint(w, "    Implicit constraints:\n      readyNotDozing: true\n      readyNotRestrictedInBg: true\n")
		if sdk >= 30 {
			fmt.Fprint(w, "      readyComponentEnabled: true\n")
		}
	}
	if sdk >= 28 {
		fmt.Fprint(w, "    Standby bucket: ACTIVE\n")
	}
}

// jobTimes prints when a job was set and may run, Android 8 and later.
func jobTimes(h *phone.Handset, w io.Writer, j job, now time.Time) {
	sdk := h.SDK()
	latest := phone.FormatDuration(j.next.Add(j.every).Sub(now))
	fmt.Fprintf(w, "    Enqueue time: %s\n    Run time: earliest=%s, latest=%s", phone.FormatDuration(j.set.Sub(now)),
		phone.FormatDuration(j.next.Sub(now)), latest)
	if sdk >= 29 {
		fmt.Fprintf(w, ", original latest=%s", latest)
	}
	fmt.Fprintln(w)
	if !j.last.IsZero() {
		fmt.Fprintf(w, "    Last successful run: %s\n", j.last.Format("2006-01-02 15:04:05"))
	}
	if sdk >= 31 {
		fmt.Fprintln(w, "    Restricted due to: none.")
	}
}

func ready(h *phone.Handset, j job) string {
	sdk, on := h.SDK(), running(h, j)
	switch {
	case sdk < 26:
		return fmt.Sprintf("false (job=false pending=false active=%t user=true)", on)
	case sdk < 30:
		return fmt.Sprintf("false (job=false user=true !pending=true !active=%t !backingup=true comp=true)", !on)
	}
	return fmt.Sprintf("false (job=false user=true !restricted=true !pending=true !active=%t !backingup=true comp=true)", !on)
}

// jobHistory prints the packages that ran jobs, and the last hundred times
// (JobPackageTracker.dump).
func jobHistory(h *phone.Handset, w io.Writer) {
	sdk, now, up := h.SDK(), h.Now(), h.Uptime()
	fmt.Fprintf(w, "Current stats at %s (-%s) over %s:\n", h.BootTime().In(h.Zone()).Format("2006-01-02-15-04-05"),
		phone.FormatDuration(up)[1:], phone.FormatDuration(up))
	runs := jobRuns(h)
	counts := map[*phone.Package]int{}
	for _, r := range runs {
		counts[r.Chore.Package]++
	}
	for _, p := range h.State.SortedPackages() {
		if n := counts[p]; n > 0 {
			fmt.Fprintf(w, "  %s / %s: %dx pending %dx active\n", phone.FormatUID(p.AppID), p.Name, n, n)
		}
	}
	fmt.Fprint(w, "  Max concurrency: 1 total, 0 foreground\n\n  Job history:\n")
	for _, r := range runs[max(0, len(runs)-50):] {
		j := fmt.Sprintf("%s %s", phone.FormatUID(r.Chore.Package.AppID),
			persona.ShortComponent(r.Chore.Package.Name+"/"+r.Chore.Package.Name+".RefreshJob"))
		start, stop := "START", " STOP"
		if sdk >= 26 {
			j = fmt.Sprintf("#%s/%d %s", phone.FormatUID(r.Chore.Package.AppID), 100+r.Chore.Number,
				persona.ShortComponent(r.Chore.Package.Name+"/"+r.Chore.Package.Name+".RefreshJob"))
		}
		if sdk >= 28 {
			start, stop = "  START", "   STOP"
		}
		fmt.Fprintf(w, "%18s %s: %s\n", phone.FormatDuration(r.From.Sub(now)), start, j)
		if r.To.After(now) {
			continue
		}
		why := ""
		if sdk >= 28 {
			why = " app called jobFinished"
		}
		fmt.Fprintf(w, "%18s %s: %s%s\n", phone.FormatDuration(r.To.Sub(now)), stop, j, why)
	}
	fmt.Fprintln(w)
}

// activeJobs prints what runs now, and the marks at the end.
func activeJobs(h *phone.Handset, w io.Writer) {
	sdk, now := h.SDK(), h.Now()
	fmt.Fprint(w, "Pending queue:\n")
	if sdk >= 31 {
		fmt.Fprint(w, "  None\n")
	}
	fmt.Fprint(w, "\nActive jobs:\n")
	slot, names := 0, 0
	for _, r := range jobRuns(h) {
		if !r.To.After(now) {
			continue
		}
		name := persona.ShortComponent(r.Chore.Package.Name + "/" + r.Chore.Package.Name + ".RefreshJob")
		fmt.Fprintf(w, "  Slot #%d(ID=%d): %s #%s/%d %s\n", slot, h.Number("context")&0xffffff, h.Hash("job", name),
			phone.FormatUID(r.Chore.Package.AppID), 100+r.Chore.Number, name)
		fmt.Fprintf(w, "    Running for: %s, timeout at: %s\n", phone.FormatDuration(now.Sub(r.From)),
			phone.FormatDuration(r.From.Add(10*time.Minute).Sub(now)))
		slot, names = slot+1, names+1
	}
	if sdk < 31 {
		for ; slot < 16; slot++ {
			fmt.Fprintf(w, "  Slot #%d: inactive\n", slot)
		}
	} else if names == 0 {
		fmt.Fprint(w, "  N/A\n")
	}
	fmt.Fprintf(w, "\nmReadyToRock=true\nmReportedActive=false\n")
	if sdk < 26 {
		fmt.Fprint(w, "mMaxActiveJobs=6\n")
	}
	fmt.Fprintln(w)
}
