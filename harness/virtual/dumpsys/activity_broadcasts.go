package dumpsys

import (
	"fmt"
	"io"
	"slices"

	"assay/harness/virtual/phone"
)

// dumpBroadcasts prints dumpsys activity broadcasts (ActivityManagerService
// dumpBroadcastsLocked): one receiver of the platform's own, and the broadcasts by
// which alarms woke specimens, the newest first; in one queue from Android 14.
func dumpBroadcasts(h *phone.Handset, w io.Writer) {
	sdk, pid := h.SDK(), h.SystemServerPID()
	fmt.Fprint(w, "ACTIVITY MANAGER BROADCAST STATE (dumpsys activity broadcasts)\n  Registered Receivers:\n")
	receivers := ""
	if sdk >= 31 {
		receivers = " #receivers=1"
	}
	fmt.Fprintf(w, "  * ReceiverList{%s %d system/1000/u0 local:%s}\n    app=%d:system/1000 pid=%d uid=1000 user=0%s\n"+
		"    Filter #0: BroadcastFilter{%s}\n      Action: \"android.intent.action.TIME_SET\"\n",
		h.Hash("receivers"), pid, h.Hash("local"), pid, pid, receivers, h.Hash("filter"))
	if sdk < 29 {
		fmt.Fprint(w, "      AutoVerify=false\n")
	}
	fmt.Fprintf(w, "\n  Receiver Resolver Table:\n    Non-Data Actions:\n        android.intent.action.TIME_SET:\n"+
		"          BroadcastFilter{%s u0 ReceiverList{%s %d system/1000/u0 local:%s}}\n\n", h.Hash("filter"), h.Hash("receivers"), pid,
		h.Hash("local"))
	queue, pad := "background", "  "
	if sdk >= 34 {
		queue, pad = "modern", "    "
		fmt.Fprint(w, "  📋 Per-process queues:\n    (empty)\n")
	}
	fmt.Fprintf(w, "%sHistorical broadcasts [%s]:\n", pad, queue)
	n := 0
	for _, r := range slices.Backward(h.State.History.Runs) {
		if r.Chore.Plan.By != "alarm" || n == 50 {
			continue
		}
		broadcastRecord(h, w, r, broadcastPlace{queue, pad, n})
		n++
	}
	fmt.Fprint(w, "\n  Sticky broadcasts for user -1:\n")
}

// broadcastPlace is where in the history a broadcast stands.
type broadcastPlace struct {
	queue, pad string
	n          int
}

// broadcastRecord prints one delivery of an alarm.
func broadcastRecord(h *phone.Handset, w io.Writer, r phone.ChoreRun, at broadcastPlace) {
	queue, pad, n := at.queue, at.pad, at.n
	sdk, now := h.SDK(), h.Now()
	p := r.Chore.Package
	intent := fmt.Sprintf("Intent { flg=0x14 cmp=%s/.WakeReceiver (has extras) }", p.Name)
	record := fmt.Sprintf("BroadcastRecord{%s u0 null} to user 0", h.Hash("broadcast", p.Name, r.From.String()))
	stamp := "2006-01-02 15:04:05"
	switch {
	case sdk >= 34:
		record, stamp = fmt.Sprintf("BroadcastRecord{%s null/u0} to user 0", h.Hash("broadcast", p.Name, r.From.String())),
			"2006-01-02 15:04:05.000"
	case sdk >= 28:
		stamp = "2006-01-02 15:04:05.000"
	}
	when := r.From.Format(stamp)
	fmt.Fprintf(w, "%sHistorical Broadcast %s #%d:\n%s  %s\n%s  %s\n%s  caller=%s null pid=-1 uid=%d\n"+
		"%s  enqueueClockTime=%s dispatchClockTime=%s\n%s  dispatchTime=%s (0 since enq) finishTime=%s (+2ms since disp)\n",
		pad, queue, n, pad, record, pad, intent, pad, p.Name, p.AppID, pad, when, when, pad, phone.FormatDuration(r.From.Sub(now)),
		phone.FormatDuration(r.From.Sub(now)))
	deliver := "Deliver +2ms #0: (manifest)"
	if sdk >= 34 {
		deliver = "DELIVERED scheduled +1ms terminal +1ms (0) #0: (manifest)"
	}
	if sdk < 29 {
		deliver = "Deliver #0: (manifest)"
	}
	fmt.Fprintf(w, "%s  %s\n%s    ActivityInfo:\n%s      name=%s.WakeReceiver\n%s      packageName=%s\n"+
		"%s      enabled=true exported=false directBootAware=false\n", pad, deliver, pad, pad, p.Name, pad, p.Name, pad)
}
