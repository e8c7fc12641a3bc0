package background

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// broadcast reads a line of the broadcasts that were sent: of each its action, its user, its
// time, and the receivers that the system started for it:
//
//	BroadcastRecord{8eb1850 u0 android.intent.action.BOOT_COMPLETED} to user 0
//	Intent { act=android.intent.action.BOOT_COMPLETED flg=0x89000010 (has extras) }
//	enqueueClockTime=2025-12-09 06:02:43.887 dispatchClockTime=…
//	Deliver +362ms #0: (manifest)
//	DELIVERED scheduled +67ms terminal +46ms (-1) #3: (manifest)      from Android 14
//	  ActivityInfo:
//	    name=com.example.BootReceiver
//	    packageName=com.example
//	    enabled=true exported=true directBootAware=false
func (d *receiverDump) broadcast(t []byte) {
	key, val, _ := bytes.Cut(t, []byte("="))
	switch {
	case bytes.HasPrefix(t, []byte("BroadcastRecord{")):
		d.sent, d.sending, d.handing = fact.Delivery{}, true, false
		if _, user, ok := bytes.Cut(t, []byte("} to user ")); ok {
			d.sent.User, _ = printout.Integer(user)
		}
	case bytes.HasPrefix(t, []byte("Intent { act=")):
		act, _ := printout.QuotedValue(t, "act")
		d.sent.Action = d.names.Of(act)
	case string(key) == "enqueueClockTime":
		sent, _ := printout.SpacedValue(t, "enqueueClockTime")
		d.sent.Sent = string(sent)
	case bytes.HasSuffix(t, []byte(": (manifest)")) && d.sending:
		state, _ := printout.Word(t)
		d.sent.State = d.names.Of(state)
		d.sent.Class, d.sent.Package, d.sent.Process = "", "", ""
		d.first, d.handing = d.Span(), true
	case !d.handing:
		d.Skip()
		return
	case string(key) == "name":
		d.sent.Class = d.names.Of(val)
	case string(key) == "packageName":
		d.sent.Package = android.Package(d.names.Of(val))
	case string(key) == "processName":
		d.sent.Process = d.names.Of(val)
	case string(key) == "enabled":
		d.handed()
	default:
		d.Skip()
		return
	}
	d.Read()
}

// handed emits the delivery whose receiver has been named.
func (d *receiverDump) handed() {
	d.handing = false
	if d.sent.Package != "" && d.sent.Class != "" {
		d.emit(d.sent, printout.JoinSpans(d.first, d.Span()))
	}
}
