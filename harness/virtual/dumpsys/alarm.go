package dumpsys

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/phone"
)

// alarm is one alarm that is set, and how often it has gone off.
type alarm struct {
	tag    string
	uid    int
	pkg    string
	wakeup bool
	next   time.Time
	every  time.Duration // 0: once
	window time.Duration
	last   time.Time
	count  int
	busy   time.Duration
}

// kind names an alarm's type, with its number.
func (a alarm) kind() (string, int) {
	if a.wakeup {
		return "ELAPSED_WAKEUP", 2
	}
	return "ELAPSED", 3
}

// alarms lists what is set, the next first: each minute's tick, which the
// platform itself has on every handset, and the specimens' own.
func alarms(h *phone.Handset) []alarm {
	now := h.Now()
	tick := now.Truncate(time.Minute).Add(time.Minute)
	up := int(h.Uptime().Minutes())
	name := "TIME_TICK"
	if h.SDK() < 29 {
		name = "android.intent.action.TIME_TICK"
	}
	all := []alarm{{tag: "*alarm*:" + name, uid: phone.SystemUID, pkg: "android", next: tick, last: tick.Add(-time.Minute), count: up,
		busy: time.Duration(up) * 4 * time.Millisecond}}
	for _, s := range h.State.History.Chores {
		if s.Plan.By != "alarm" || !s.Active() {
			continue
		}
		every := time.Duration(s.Plan.Every)
		all = append(all, alarm{tag: fmt.Sprintf("*walarm*:%s/.WakeReceiver", s.Package.Name), uid: s.Package.AppID, pkg: s.Package.Name,
			wakeup: true,
			next:   s.Next, every: every, window: every * 3 / 4, last: s.Last, count: s.Count, busy: s.Busy})
	}
	phone.SortByTime(all, func(a alarm) time.Time { return a.next })
	return all
}

// dumpAlarms prints dumpsys alarm (AlarmManagerService.dumpImpl): in batches up to
// Android 11, one below the other since; Android 5 writes half of it at the margin.
func dumpAlarms(h *phone.Handset, w io.Writer, _ []string) {
	sdk, now := h.SDK(), h.Now()
	all := alarms(h)
	pad := pad5(sdk)
	fmt.Fprintln(w, "Current Alarm Manager state:")
	alarmSettings(h, w)
	up, boot := h.Uptime(), h.BootTime().In(h.Zone())
	elapsed := fmt.Sprint(up.Milliseconds())
	if sdk < 24 {
		elapsed = phone.FormatDuration(up)
	}
	fmt.Fprintf(w, "%snowRTC=%d=%s nowELAPSED=%s\n", pad, now.UnixMilli(), alarmStamp(now, sdk), elapsed)
	if sdk >= 23 {
		since := phone.FormatDuration(9 * time.Second)
		if sdk >= 28 {
			since = "9000"
		}
		fmt.Fprintf(w, "  mLastTimeChangeClockTime=%d=%s\n  mLastTimeChangeRealtime=%s\n", boot.UnixMilli(), alarmStamp(boot, sdk), since)
	}
	if sdk >= 28 {
		tick := alarmStamp(now.Truncate(time.Minute), sdk)
		fmt.Fprintf(w, "  mLastTickReceived=%s\n  mLastTickSet=%s\n\n  RuntimeStarted=%s\n  Runtime uptime (elapsed): %s\n"+
			"  Runtime uptime (uptime): %s\n\n", tick, tick, alarmStamp(boot, sdk), phone.FormatDuration(up), phone.FormatDuration(up))
	}
	nextAlarms(h, w, all)
	fmt.Fprintf(w, "%sNum time change events: 1\n", pad)
	if sdk >= 24 && sdk < 28 {
		fmt.Fprint(w, "  mDeviceIdleUserWhitelist=[]\n")
	}
	if sdk >= 31 {
		fmt.Fprint(w, "\n  App ids requesting SCHEDULE_EXACT_ALARM: {}\n")
	}
	if sdk >= 23 {
		fmt.Fprint(w, "\n  Next alarm clock information: \n")
	}
	fmt.Fprintln(w)
	if sdk < 31 {
		alarmBatches(h, w, all)
	} else {
		alarmList(h, w, all)
	}
	alarmStats(h, w, all)
}

// pad5 indents what Android 5 writes at the margin.
func pad5(sdk int) string {
	if sdk < 23 {
		return ""
	}
	return "  "
}

// alarmStamp prints a time: to the millisecond from Android 9 on.
func alarmStamp(at time.Time, sdk int) string {
	if sdk >= 28 {
		return at.Format("2006-01-02 15:04:05.000")
	}
	return at.Format("2006-01-02 15:04:05")
}

// alarmSettings prints the constants, in part: there are none before Android 6.
func alarmSettings(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	if sdk < 23 {
		fmt.Fprintln(w)
		return
	}
	fmt.Fprint(w, "  Settings:\n    min_futurity=+5s0ms\n    min_interval=+1m0s0ms\n")
	if sdk >= 26 {
		fmt.Fprint(w, "    max_interval=+365d0h0m0s0ms\n")
	}
	if sdk >= 31 {
		fmt.Fprint(w, "    min_window=+10m0s0ms\n")
	}
	fmt.Fprint(w, "    listener_timeout=+5s0ms\n")
	if sdk < 31 {
		fmt.Fprint(w, "    allow_while_idle_short_time=+5s0ms\n    allow_while_idle_long_time=+9m0s0ms\n")
	} else {
		fmt.Fprint(w, "    allow_while_idle_quota=72 \n    allow_while_idle_window=+1h0m0s0ms\n")
	}
	fmt.Fprint(w, "    allow_while_idle_whitelist_duration=+10s0ms\n")
	const tracker = "%sForced App Standby Feature enabled: true\n%sForce all apps standby: false\n%sSmall Battery Device: false\n" +
		"%sForce all apps standby for small battery device: false\n%sPlugged In: true\n"
	switch {
	case sdk >= 31:
		fmt.Fprintf(w, "    max_alarms_per_uid=500 \n    lazy_batching=true \n  \n"+
			"  Current AppStateTracker State:\n"+tracker+"  \n  App Standby Parole: false\n", "    ", "    ", "    ", "    ", "    ")
	case sdk >= 28:
		fmt.Fprintf(w, "\n"+tracker+"\n  App Standby Parole: true\n", "  ", "  ", "  ", "  ", "  ")
	}
	fmt.Fprintln(w)
}

// nextAlarms prints when the next alarms go off.
func nextAlarms(h *phone.Handset, w io.Writer, all []alarm) {
	sdk, now := h.SDK(), h.Now()
	var next, wake time.Time
	for _, a := range slices.Backward(all) {
		if a.wakeup {
			wake = a.next
		} else {
			next = a.next
		}
	}
	show := func(label string, at time.Time) {
		if at.IsZero() {
			return
		}
		middle := ""
		if sdk >= 28 {
			middle = fmt.Sprintf(" = %d", at.Sub(h.BootTime()).Milliseconds())
		}
		fmt.Fprintf(w, "%s%s: %s%s = %s\n", pad5(sdk), label, phone.FormatDuration(at.Sub(now)), middle, alarmStamp(at, sdk))
	}
	show("Next non-wakeup alarm", next)
	if sdk >= 28 {
		show("Next wakeup alarm", wake)
	} else {
		show("Next wakeup", wake)
	}
}

// alarmBatches prints Pending alarm batches: of alarms that go off together, here
// each alone.
func alarmBatches(h *phone.Handset, w io.Writer, all []alarm) {
	sdk, boot := h.SDK(), h.BootTime()
	fmt.Fprintf(w, "%sPending alarm batches: %d\n", pad5(sdk), len(all))
	for _, a := range all {
		start := a.next.Sub(boot).Milliseconds()
		fmt.Fprintf(w, "Batch{%s num=1 start=%d end=%d}:\n", h.Hash("batch", a.tag), start, start+a.window.Milliseconds())
		alarmBlock(h, w, pad5(sdk)+"  ", a, 0)
	}
	if sdk < 24 {
		fmt.Fprintf(w, "\n%sPast-due non-wakeup alarms: (none)\n%s  Number of delayed alarms: 0, total delay time: 0\n"+
			"%s  Max delay time: 0, max non-interactive time: 0\n", pad5(sdk), pad5(sdk), pad5(sdk))
	}
	fmt.Fprintln(w)
}

// alarmList prints the pending alarms of Android 12 and later.
func alarmList(h *phone.Handset, w io.Writer, all []alarm) {
	fmt.Fprintf(w, "  %d pending alarms: \n", len(all))
	var per []string
	for i, a := range all {
		alarmBlock(h, w, "    ", a, len(all)-1-i)
		per = append(per, phone.FormatUID(a.uid)+":1")
	}
	fmt.Fprintf(w, "\n  LazyAlarmStore stats:\n    GET_NEXT_DELIVERY_TIME: count=0, total=0.0ms, avg=0.000ms, max calls/s=0 max "+
		"dur/s=0.0ms max time=0.0ms\n\n  Pending user blocked background alarms: \n    none\n"+
		"\n  Pending alarms per uid: [%s]\n\n  Past-due non-wakeup alarms: (none)\n\n", strings.Join(per, ", "))
}

// alarmBlock prints one alarm (Alarm.toString and dump).
func alarmBlock(h *phone.Handset, w io.Writer, pad string, a alarm, number int) {
	sdk, now := h.SDK(), h.Now()
	kind, n := a.kind()
	when := a.next.Sub(h.BootTime()).Milliseconds()
	head := fmt.Sprintf("type %d when %d %s", n, when, a.pkg)
	if sdk >= 31 {
		head = fmt.Sprintf("type %d origWhen %d whenElapsed %d %s", n, when, when, a.pkg)
	}
	to, window := phone.FormatDuration(a.next.Sub(now)), phone.FormatDuration(a.window)
	flags := fmt.Sprintf(" flags=0x%x", phone.Bit(a.window == 0))
	if sdk < 23 {
		window, flags = fmt.Sprint(a.window.Milliseconds()), ""
	}
	line := func(format string, args ...any) { fmt.Fprintf(w, pad+"  "+format+"\n", args...) }
	fmt.Fprintf(w, "%s%s #%d: Alarm{%s %s}\n", pad, kind, number, h.Hash("alarm", a.tag), head)
	line("tag=%s", a.tag)
	if sdk < 31 {
		line("type=%d whenElapsed=%s when=%s", n, to, to)
		line("window=%s repeatInterval=%d count=0%s", window, a.every.Milliseconds(), flags)
	} else {
		line("type=%s origWhen=%s window=%s repeatInterval=%d count=0%s", kind, to, window, a.every.Milliseconds(), flags)
		line("policyWhenElapsed: requester=%s app_standby=%s device_idle=-- battery_saver=--", to, to)
		line("whenElapsed=%s maxWhenElapsed=%s", to, phone.FormatDuration(a.next.Add(a.window).Sub(now)))
	}
	line("operation=PendingIntent{%s: PendingIntentRecord{%s %s broadcastIntent}}", h.Hash("pending", a.tag), h.Hash("intent", a.tag), a.pkg)
}

// alarmStats prints who has had alarms since the handset was started.
func alarmStats(h *phone.Handset, w io.Writer, all []alarm) {
	now := h.Now()
	slices.SortStableFunc(all, func(a, b alarm) int { return a.uid - b.uid })
	fmt.Fprint(w, "  Broadcast ref count: 0\n\n  Top Alarms:\n")
	for _, a := range all {
		if a.count > 0 {
			fmt.Fprintf(w, "    %s running, %d wakeups, %d alarms: %s:%s\n      %s\n", phone.FormatDuration(a.busy), a.count*phone.Bit(a.wakeup),
				a.count, phone.FormatUID(a.uid), a.pkg, a.tag)
		}
	}
	fmt.Fprint(w, " \n  Alarm Stats:\n")
	for _, a := range all {
		if a.count == 0 {
			continue
		}
		fmt.Fprintf(w, "  %s:%s %s running, %d wakeups:\n    %s %d wakes %d alarms", phone.FormatUID(a.uid), a.pkg,
			phone.FormatDuration(a.busy), a.count*phone.Bit(a.wakeup), phone.FormatDuration(a.busy), a.count*phone.Bit(a.wakeup), a.count)
		if h.SDK() < 23 {
			fmt.Fprintf(w, ": %s\n", a.tag)
		} else {
			fmt.Fprintf(w, ", last %s:\n      %s\n", phone.FormatDuration(a.last.Sub(now)), a.tag)
		}
	}
}
