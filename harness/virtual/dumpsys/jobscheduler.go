package dumpsys

import (
	"fmt"
	"io"
	"time"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// job is one job that the scheduler knows.
type job struct {
	uid       int
	id        int
	component string // package/class, short
	long      string // with the class in full
	every     time.Duration
	idle      bool // only while the handset is charged and lies idle
	set       time.Time
	next      time.Time
	last      time.Time
	of        *phone.Chore // nil: the platform's own
}

// jobs are the specimens', and the one that the platform itself has on every
// handset.
func jobs(h *phone.Handset) []job {
	boot := h.BootTime().Add(20 * time.Second)
	all := []job{{
		uid: phone.SystemUID, id: 800, component: "android/com.android.server.pm.BackgroundDexOptService",
		long:  "android/com.android.server.pm.BackgroundDexOptService",
		every: 24 * time.Hour, idle: true, set: boot, next: boot.Add(24 * time.Hour),
	}}
	for _, s := range h.State.History.Chores {
		if s.Plan.By != "job" || !s.Active() {
			continue
		}
		long := s.Package.Name + "/" + s.Package.Name + ".RefreshJob"
		all = append(all, job{uid: s.Package.AppID, id: 100 + s.Number, component: persona.ShortComponent(long), long: long,
			every: time.Duration(s.Plan.Every), set: s.Set, next: s.Next, last: s.Last, of: s})
	}
	return all
}

// jobRuns lists the times that jobs ran, oldest first.
func jobRuns(h *phone.Handset) []phone.ChoreRun {
	var runs []phone.ChoreRun
	for _, r := range h.State.History.Runs {
		if r.Chore.Plan.By == "job" {
			runs = append(runs, r)
		}
	}
	return runs
}

// running says whether a job runs now.
func running(h *phone.Handset, j job) bool {
	for _, r := range jobRuns(h) {
		if r.Chore == j.of && r.To.After(h.Now()) {
			return true
		}
	}
	return false
}

// dumpJobs prints dumpsys jobscheduler (JobSchedulerService.dumpInternal,
// JobStatus.dump): jobs in one line each up to Android 6, in a block since.
func dumpJobs(h *phone.Handset, w io.Writer, _ []string) {
	sdk := h.SDK()
	if sdk < 24 {
		jobsOld(h, w)
		return
	}
	jobSettings(h, w)
	all := jobs(h)
	fmt.Fprintf(w, "Started users: [0]\n")
	if sdk >= 33 {
		fmt.Fprint(w, "\nMedia Cloud Providers: {}\n\n")
	}
	fmt.Fprintf(w, "Registered %d jobs:\n", len(all))
	for _, j := range all {
		dumpJob(h, w, j)
	}
	jobControllers(h, w)
	jobHistory(h, w)
	activeJobs(h, w)
	if sdk >= 26 {
		fmt.Fprintf(w, "PersistStats: FirstLoad: 0/0/0 LastSave: 1/0/0\n")
	}
}

// jobsOld prints the dump of Android 5 and 6.
func jobsOld(h *phone.Handset, w io.Writer) {
	fmt.Fprint(w, "Started users: u0 \nRegistered jobs:\n")
	now := h.Now()
	hashes := ""
	for _, j := range jobs(h) {
		service := "ComponentInfo{" + j.long + "}"
		if h.SDK() >= 23 {
			service = j.component
		}
		hash := fmt.Sprint(100 + h.Number("job", j.long)%900)
		hashes += hash + "..: C=true, UM=true\n"
		fmt.Fprintf(w, "  %s..:[%s,jId=%d,u%d,R=(%s,%s),N=0,C=%t,I=%t,F=0,P=false,ANI=true]\n",
			hash, service, j.id, j.uid/100000, minuteSecond(j.next.Sub(now)), minuteSecond(j.next.Add(j.every).Sub(now)), j.idle, j.idle)
	}
	fmt.Fprintf(w, "\nConn.\nconnected: true unmetered: true\n%s\nAlarms (%d)\nNext delay alarm in %ds\nNext deadline alarm in %ds\n"+
		"Tracking:\n\nIdle: false\n\nBatt.\nStable power: %t\n\nPending:\n\nActive jobs:\n",
		hashes, h.Uptime().Milliseconds(), 900, 3600, h.Persona().Battery.USB)
	for _, r := range jobRuns(h) {
		if r.To.After(now) {
			fmt.Fprintf(w, "Running for: %ds timeout=%d fromnow=%d\n", int(now.Sub(r.From).Seconds()), h.Uptime().Milliseconds()+600000, 600000)
		}
	}
	fmt.Fprint(w, "\nmReadyToRock=true\n\n")
}

// minuteSecond prints a span as DateUtils.formatElapsedTime does.
func minuteSecond(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	s := int(d.Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%s%d:%02d:%02d", sign, s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%s%02d:%02d", sign, s/60, s%60)
}

func jobSettings(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	switch {
	case sdk < 28:
		fmt.Fprint(w, "  Settings:\n    min_idle_count=1\n    min_charging_count=1\n    min_connectivity_count=1\n    min_content_count=1\n"+
			"    min_ready_jobs_count=1\n    heavy_use_factor=0.9\n    moderate_use_factor=0.5\n")
		if sdk >= 26 {
			fmt.Fprint(w, "    min_linear_backoff_time=10000\n    min_exp_backoff_time=10000\n")
		}
		fmt.Fprintln(w)
	case sdk < 31:
		fmt.Fprint(w, "Settings:\n  min_ready_jobs_count=1 \n  heavy_use_factor=0.9 \n  moderate_use_factor=0.5 \n"+
			"  min_linear_backoff_time=10000 \n  min_exp_backoff_time=10000 \n  \n")
	default:
		fmt.Fprint(w, "Settings:\n  min_ready_non_active_jobs_count=5 \n  max_non_active_job_batch_delay_ms=1860000 \n"+
			"  heavy_use_factor=0.9 \n  moderate_use_factor=0.5 \n  enable_api_quotas=true \n  \n")
		if sdk >= 33 {
			fmt.Fprint(w, "Thermal status: 0\n\n")
		} else {
			fmt.Fprint(w, "  In thermal throttling?: false\n\n")
		}
		fmt.Fprintf(w, "QuotaTracker:\n  Is enabled: true\n  Is global quota free: false\n"+
			"  Current elapsed time: %d\n\n", h.Uptime().Milliseconds())
		if sdk >= 33 {
			fmt.Fprintf(w, "Battery charging: %t\nBattery not low: true\n\n", h.Persona().Battery.USB)
		}
	}
}

// jobControllers prints the headings of those who watch over constraints.
func jobControllers(h *phone.Handset, w io.Writer) {
	sdk, usb := h.SDK(), h.Persona().Battery.USB
	fmt.Fprintln(w)
	switch {
	case sdk < 26:
		fmt.Fprintf(w, "Connectivity: connected=true\n\nAlarms: %s\n\nIdle: false\n\n"+
			"Battery: stable power = %t, not low = true\n\n", phone.FormatDuration(h.Uptime()), usb)
	case sdk < 28:
		fmt.Fprintf(w, "Connectivity: connected=true\n\nAlarms: %s\n\nIdle: false\n\nBattery: stable power = %t, not low = true\n\n"+
			"Storage: not low = true\n\n", phone.FormatDuration(h.Uptime()), usb)
	default:
		fmt.Fprintf(w, "ConnectivityController:\n\nTimeController:\n  Elapsed clock: %d\n\nIdleController:\n  Idleness tracker:\n\n"+
			"BatteryController:\n  Stable power: %t\n  Not low: true\n\nStorageController:\n  Not low: true\n\nDeviceIdleJobsController:\n"+
			"  Idle mode: false\n\n", h.Uptime().Milliseconds(), usb)
		if sdk >= 29 {
			fmt.Fprint(w, "QuotaController:\n  Is charging: true\n  In parole: true\n\n")
		}
	}
	switch {
	case sdk < 31:
		fmt.Fprint(w, "Uid priority overrides:\n\n")
	default:
		fmt.Fprint(w, "Uid bias overrides:\n\n")
	}
}
