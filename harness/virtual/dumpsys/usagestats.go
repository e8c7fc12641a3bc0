package dumpsys

import (
	"fmt"
	"io"
	"strings"
	"time"

	"assay/harness/virtual/phone"
)

// usageTotal is how long a package has been on the screen, and how often.
type usageTotal struct {
	p        *phone.Package
	used     time.Duration
	last     time.Time
	service  time.Duration // with a notification
	lastFS   time.Time
	launches int
}

// dumpUsage prints dumpsys usagestats (UsageStatsService.dump,
// UserUsageStatsService.dump): totals by day, week, month and year; events among
// the daily ones up to Android 8, in front of them since 9.
func dumpUsage(h *phone.Handset, w io.Writer, _ []string) {
	sdk, now := h.SDK(), h.Now()
	fmt.Fprintln(w, "user=0 ")
	if sdk >= 28 {
		fmt.Fprintf(w, "  Last 24 hour events (timeRange=\"%s – %s\" )\n", pretty(now.Add(-24*time.Hour)), pretty(now))
		usageEvents(h, w, "    ")
	}
	totals := usageTotals(h)
	for _, span := range []string{"daily", "weekly", "monthly", "yearly"} {
		usageSpan(h, w, span, totals)
	}
	if sdk >= 29 {
		fmt.Fprint(w, "  UsageStatsDatabase:\n    daily stats files: 0, sorted list of files:\n"+
			"    weekly stats files: 0, sorted list of files:\n    monthly stats files: 0, sorted list of files:\n"+
			"    yearly stats files: 0, sorted list of files:\n")
	}
	standby(h, w, totals)
	if sdk >= 29 {
		fmt.Fprint(w, "Usage Source=TASK_ROOT_ACTIVITY \n\n  App Time Limits\n   User  userId=0\n Currently Active:\n Observed Entities:\n")
	}
}

// pretty prints a time as the settings app would.
func pretty(t time.Time) string { return t.Format("1/2/2006, 3:04 PM") }

// usageStamp prints the time of an event or a total.
func usageStamp(t time.Time, sdk int) string {
	if sdk < 28 {
		return pretty(t)
	}
	return t.Format("2006-01-02 15:04:05")
}

// usageSpan prints the totals of a span; of all here the same, since the handset
// has been used for less than a day.
func usageSpan(h *phone.Handset, w io.Writer, span string, totals []usageTotal) {
	sdk, now := h.SDK(), h.Now()
	fmt.Fprintf(w, "  In-memory %s stats\n  timeRange=\"%s – %s\" \n    packages\n", span, pretty(h.BootTime().In(h.Zone())), pretty(now))
	for _, t := range totals {
		used, last := clockTime(t.used), usageStamp(t.last, sdk)
		switch {
		case sdk < 28:
			fmt.Fprintf(w, "      package=%s totalTime=\"%s\" lastTime=\"%s\" \n", t.p.Name, used, last)
		case sdk == 28:
			fmt.Fprintf(w, "      package=%s totalTime=\"%s\" lastTime=\"%s\" appLaunchCount=%d \n", t.p.Name, used, last, t.launches)
		default:
			component := ""
			if sdk >= 31 {
				component = fmt.Sprintf("lastTimeComponentUsed=\"%s\" ", last)
			}
			fmt.Fprintf(w, "      package=%s totalTimeUsed=\"%s\" lastTimeUsed=\"%s\" totalTimeVisible=\"%s\" lastTimeVisible=\"%s\" "+
				"%stotalTimeFS=\"%s\" lastTimeFS=\"%s\" appLaunchCount=%d \n",
				t.p.Name, used, last, used, last, component, clockTime(t.service), usageStamp(t.lastFS, sdk), t.launches)
		}
	}
	if sdk >= 28 {
		fmt.Fprint(w, "    \n    ChooserCounts\n")
	}
	fmt.Fprint(w, "    configurations\n")
	switch {
	case sdk >= 28:
		fmt.Fprintf(w, "    event aggregations\n      screen-interactive: 1x for \"%s\" (now running, started at )\n", clockTime(h.Uptime()))
	default:
		fmt.Fprint(w, "    events\n")
		if span == "daily" {
			usageEvents(h, w, "      ")
		}
	}
}

// clockTime prints a span as DateUtils.formatElapsedTime does.
func clockTime(d time.Duration) string { return minuteSecond(d) }

// usageEvents prints the log of activities, services and the screen.
func usageEvents(h *phone.Handset, w io.Writer, pad string) {
	sdk := h.SDK()
	for _, e := range h.State.History.Usage {
		name := name(e.Kind, sdk)
		if name == "" {
			continue
		}
		line := fmt.Sprintf("%stime=\"%s\" type=%s package=%s", pad, usageStamp(e.At, sdk), name, e.Package)
		if e.Class != "" {
			line += " class=" + e.Class
		}
		if sdk >= 29 && strings.HasPrefix(name, "ACTIVITY_") {
			line += fmt.Sprintf(" instanceId=%d taskRootPackage=%s taskRootClass=%s", e.Instance, e.Package, e.Class)
		}
		if sdk >= 26 {
			line += " flags=0x0"
		}
		fmt.Fprintln(w, line+" ")
	}
}

// name is what a release calls an event, or "" where it has none.
func name(k phone.UsageKind, sdk int) string {
	switch k {
	case phone.UsageResumed:
		return map[bool]string{true: "ACTIVITY_RESUMED", false: "MOVE_TO_FOREGROUND"}[sdk >= 29]
	case phone.UsagePaused:
		return map[bool]string{true: "ACTIVITY_PAUSED", false: "MOVE_TO_BACKGROUND"}[sdk >= 29]
	}
	since := map[phone.UsageKind]struct {
		sdk  int
		name string
	}{
		phone.UsageStopped: {29, "ACTIVITY_STOPPED"}, phone.UsageInteractive: {28, "SCREEN_INTERACTIVE"}, phone.UsageNonInteractive: {28,
			"SCREEN_NON_INTERACTIVE"},
		phone.UsageServiceStart: {29, "FOREGROUND_SERVICE_START"}, phone.UsageServiceStop: {29, "FOREGROUND_SERVICE_STOP"},
	}[k]
	if sdk < since.sdk {
		return ""
	}
	return since.name
}

// usageTotals adds up, for each package that was on the screen, how long.
func usageTotals(h *phone.Handset) []usageTotal {
	byName := map[string]*usageTotal{}
	began, served := map[string]time.Time{}, map[string]time.Time{}
	for _, e := range h.State.History.Usage {
		t := byName[e.Package]
		if p := h.State.Package(e.Package); t == nil && p != nil {
			t = &usageTotal{p: p, lastFS: time.Unix(0, 0).In(h.Zone())}
			byName[e.Package] = t
		}
		if t == nil || e.Class == "" {
			continue
		}
		switch e.Kind {
		case phone.UsageResumed:
			began[e.Package], t.last = e.At, e.At
			t.launches++
		case phone.UsagePaused:
			if at, ok := began[e.Package]; ok {
				t.used, t.last = t.used+e.At.Sub(at), e.At
				delete(began, e.Package)
			}
		case phone.UsageServiceStart:
			served[e.Package], t.lastFS = e.At, e.At
		case phone.UsageServiceStop:
			t.service, t.lastFS = t.service+e.At.Sub(served[e.Package]), e.At
		}
	}
	var all []usageTotal
	for _, name := range phone.SortedKeys(byName) {
		if name != "android" {
			all = append(all, *byName[name])
		}
	}
	return all
}

// standby prints how active Android takes a package for: idle or not from Android
// 6, in buckets from 9.
func standby(h *phone.Handset, w io.Writer, totals []usageTotal) {
	sdk, now := h.SDK(), h.Now()
	up := phone.FormatDuration(h.Uptime())
	switch {
	case sdk < 23:
		return
	case sdk < 28:
		fmt.Fprint(w, "  Package idle stats:\n")
	case sdk < 30:
		fmt.Fprint(w, "  \n  App Standby States:\n")
	default:
		fmt.Fprint(w, "\nUser 0 App Standby States:\n")
	}
	for _, t := range totals {
		ago := phone.FormatDuration(now.Sub(t.last))
		left := phone.FormatDuration(t.last.Add(12 * time.Hour).Sub(now))
		switch {
		case sdk < 28:
			fmt.Fprintf(w, "    package=%s lastUsedElapsed=%s lastUsedScreenOn=%s idle=n\n", t.p.Name, ago, ago)
		case sdk < 30:
			fmt.Fprintf(w, "    package=%s u=0 bucket=10 reason=u-mf used=%s usedScr=%s lastPred=%s activeLeft=%s wsLeft=%s "+
				"lastJob=-24855d3h14m7s849ms idle=n\n", t.p.Name, ago, ago, up, left, left)
		case sdk < 33:
			fmt.Fprintf(w, "  package=%s u=0 bucket=10 reason=u-mf used=%s usedScr=%s lastPred=%s activeLeft=%s wsLeft=%s "+
				"lastJob=-24855d3h14m7s849ms idle=n\n", t.p.Name, ago, ago, up, left, left)
		default:
			fmt.Fprintf(w, "  package=%s u=0 bucket=10 reason=u-mf used=%s usedByUser=%s usedScr=%s lastPred=<uninitialized> "+
				"expiryTimes=(10:%s) lastJob=-24855d3h14m7s849ms lastInformedBucket=10 idle=n\n", t.p.Name, ago, ago, ago, left)
		}
	}
	pad := "    "
	if sdk >= 30 {
		pad = "  "
	}
	fmt.Fprintf(w, "%s\n%stotalElapsedTime=%s\n%stotalScreenOnTime=%s\n\nCarrier privileged apps (have=false): null\n\nSettings:\n"+
		"  mCheckIdleIntervalMillis=+3h0m0s0ms\n\nmAppIdleEnabled=false mAppIdleTempParoled=false "+
		"mCharging=%t\n\n", pad, pad, up, pad, up, h.Persona().Battery.USB)
}
