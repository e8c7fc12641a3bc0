package dumpsys

import (
	"fmt"
	"io"
	"slices"
	"time"

	"assay/harness/virtual/phone"
)

// dumpCamera prints dumpsys media.camera (frameworks/av, CameraService::dump):
// who has the camera open, and, from Android 6, who had it: the newest first.
func dumpCamera(h *phone.Handset, w io.Writer, _ []string) {
	switch sdk := h.SDK(); {
	case sdk < 26:
		cameraOld(h, w)
	default:
		cameraNew(h, w)
	}
}

// cameraClients lists who opened the camera, oldest first, and who has it now.
func cameraClients(h *phone.Handset) (all []phone.Access, now *phone.Access) {
	for _, x := range h.State.AccessesTo("CAMERA") {
		if x.Flag == "upd" { // another opens it for this one
			continue
		}
		all = append(all, x)
		if x.Running(h.Now()) {
			now = &all[len(all)-1]
		}
	}
	return all, now
}

// cameraEvents prints the log of connections, the newest first.
func cameraEvents(h *phone.Handset, w io.Writer) {
	type event struct {
		at   time.Time
		text string
	}
	var log []event
	all, _ := cameraClients(h)
	for _, x := range all {
		who := fmt.Sprintf("device 0 client for package %s (PID %d)", x.Package.Name, x.PID)
		log = append(log, event{x.From, "CONNECT " + who})
		if !x.Running(h.Now()) {
			log = append(log, event{x.To, "DISCONNECT " + who})
		}
	}
	phone.SortByTime(log, func(e event) time.Time { return e.at })
	for i, e := range slices.Backward(log) {
		if len(log)-i > 99 { // RingBuffer of 100
			return
		}
		fmt.Fprintf(w, "  %s : %s\n", e.at.Format("01-02 15:04:05"), e.text)
	}
	boot := h.BootTime().In(h.Zone())
	none := "<None>, current allowed user IDs: 0"
	if h.SDK() < 26 {
		none = " , current allowed users: 0"
		fmt.Fprintf(w, "  %s : USER_SWITCH previous allowed users: %s\n", boot.Add(12*time.Second).Format("01-02 15:04:05"), none)
		return
	}
	fmt.Fprintf(w, "  %s : USER_SWITCH previous allowed user IDs: %s\n", boot.Add(12*time.Second).Format("01-02 15:04:05"), none)
	if h.SDK() >= 28 {
		fmt.Fprintf(w, "  %s : ADD device 0, reason: (Device added)\n", boot.Add(6*time.Second).Format("01-02 15:04:05"))
	}
}

// activeCamera prints the list of clients that have a camera open.
func activeCamera(h *phone.Handset, w io.Writer) {
	fmt.Fprint(w, "Active Camera Clients:\n[")
	if _, x := cameraClients(h); x != nil {
		priority := "Score: 0, State: 2"
		if h.SDK() < 26 {
			priority = "Priority: 0, "
		}
		fmt.Fprintf(w, "\n(Camera ID: 0, Cost: 100, PID: %d, %sUser Id: %d, Client Package Name: %s, Conflicting Client "+
			"Devices: {})\n", x.PID, priority, x.User, x.Package.Name)
	}
	fmt.Fprintln(w, "]")
}

// cameraOld prints the dump of Android 5 to 7: the log of events came with 6.
func cameraOld(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	_, open := cameraClients(h)
	fmt.Fprint(w, "Camera module HAL API version: 0x100\nCamera module API version: 0x203\nCamera module name: Virtual Camera Module\n"+
		"Camera module author: Virtual\nNumber of camera devices: 1\n")
	if sdk < 23 {
		fmt.Fprint(w, "\nVendor tags left unimplemented.\n\nCamera 0 static information:\n  Facing: BACK\n  Orientation: 90\n"+
			"  Device version: 0x100\n")
		if open == nil {
			fmt.Fprint(w, "  Device is closed, no client instance\n\nNo active camera clients yet.\n")
		} else {
			fmt.Fprintf(w, "  Device is open. Client instance dump:\n\nClient[0] (0xb4%06x) PID: %d\n", h.Number("client")&0xffffff, open.PID)
		}
		return
	}
	if sdk >= 24 {
		fmt.Fprint(w, "Number of normal camera devices: 1\n")
	}
	activeCamera(h, w)
	fmt.Fprint(w, "Allowed users:\n0\nVendor tags left unimplemented.\n\nPrior client events (most recent at top):\n")
	cameraEvents(h, w)
	fmt.Fprint(w, "\nCamera 0 information:\n  Facing: BACK\n  Orientation: 90\n  Resource Cost: 100\n  Conflicting Devices: NONE\n"+
		"  Device version: 0x100\n")
	if open == nil {
		fmt.Fprint(w, "  Device 0 is closed, no client instance\n\nNo active camera clients yet.\n")
	} else {
		fmt.Fprintf(w, "  Device 0 is open. Client instance dump:\n    Client priority level: 0\n    Client PID: %d\n"+
			"    Client package: %s\n", open.PID, open.Package.Name)
	}
	fmt.Fprint(w, "\nCamera traces (0):\n  No camera traces collected.\n")
}

// cameraNew prints the dump of Android 8 and later.
func cameraNew(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	fmt.Fprint(w, "\n== Service global info: ==\n\nNumber of camera devices: 1\nNumber of normal camera devices: 1\n")
	if sdk >= 30 {
		fmt.Fprint(w, "Number of public camera devices visible to API1: 1\n")
	}
	if sdk >= 28 {
		fmt.Fprint(w, "    Device 0 maps to \"0\"\n")
	}
	activeCamera(h, w)
	fmt.Fprint(w, "Allowed user IDs: 0\n\n== Camera service events log (most recent at top): ==\n")
	cameraEvents(h, w)
	fmt.Fprint(w, "\n== Camera device 0 dynamic info: ==\n")
	if _, open := cameraClients(h); open == nil {
		fmt.Fprint(w, "  Device 0 is closed, no client instance\n")
	} else {
		fmt.Fprintf(w, "  Device 0 is open. Client instance dump:\n    Client priority score: 0 state: 2\n    Client PID: %d\n"+
			"    Client package: %s\n", open.PID, open.Package.Name)
	}
	fmt.Fprint(w, "\n== Vendor tags: ==\n\n  Dumping vendor tag descriptors for vendor with id 3854507339 \n"+
		"  Dumping configured vendor tag descriptors: None set\n\n== Camera error traces (0): ==\n  No camera traces collected.\n")
}

// dumpAudio prints the parts of dumpsys audio (AudioService.dump) that tell who
// records: RecordingActivityMonitor has a log since Android 9, with the number of
// the recorder since 10, and whether it hears anything since 11.
func dumpAudio(h *phone.Handset, w io.Writer, _ []string) {
	sdk, now := h.SDK(), h.Now()
	clock := now.Format("3:04:05 PM")
	fmt.Fprintf(w, "\nMediaFocusControl dump time: %s\n\nAudio Focus stack entries (last is top of stack):\n\n\n"+
		"Stream volumes (device: index)\n- STREAM_VOICE_CALL:\n   Muted: false\n   Min: 1\n   Max: 7\n", clock)
	if sdk >= 24 {
		fmt.Fprintf(w, "\nRecordActivityMonitor dump time: %s\n", clock)
		for _, x := range h.State.AccessesTo("RECORD_AUDIO") {
			if x.Running(now) {
				recorder(h, w, x)
			}
		}
	}
	if sdk >= 28 {
		heading := "Audio event log: recording activity as reported through AudioService"
		if sdk >= 29 {
			heading = "Audio event log: recording activity received by AudioService"
		}
		if sdk >= 33 {
			heading = "Events log: recording activity received by AudioService"
		}
		fmt.Fprintf(w, "\n\n%s\n", heading)
		recordings(h, w)
	}
	fmt.Fprint(w, "\nAudio mode: MODE_NORMAL\n")
}

const clientFormat, deviceFormat = "16000Hz ch=0x10 PCM_16BIT", "48000Hz ch=0xc PCM_16BIT"

// recorder prints one recording that goes on (AudioRecordingConfiguration).
func recorder(h *phone.Handset, w io.Writer, x phone.Access) {
	sdk := h.SDK()
	session := recordSession(x)
	switch {
	case sdk < 28:
		fmt.Fprintf(w, "  session:%d -- source:MIC -- uid:%d -- patch:12 -- pack:%s -- format client=%s, "+
			"dev=%s\n", session, x.UID(), x.Package.Name, clientFormat, deviceFormat)
	case sdk == 28:
		fmt.Fprintf(w, "  session:%d -- source client=MIC, dev=%s -- uid:%d -- patch:12 -- pack:%s -- format client=%s, "+
			"dev=%s\n", session, deviceFormat, x.UID(), x.Package.Name, clientFormat, deviceFormat)
	default:
		fmt.Fprintf(w, "riid %d; active? true\n  session:%d -- source client=MIC, dev=%s -- uid:%d -- patch:12 -- pack:%s -- format "+
			"client=%s, dev=%s -- silenced:%t -- effects client=, dev=\n",
			recorderID(x), session, deviceFormat, x.UID(), x.Package.Name, clientFormat, deviceFormat, silenced(h, x))
	}
}

// recordSession and recorderID number the recordings of a handset.
func recordSession(x phone.Access) int { return 177 + 8*x.ID }
func recorderID(x phone.Access) int    { return 143 + 8*x.ID }

// silenced says whether Android gives a recorder silence: an app that is not on
// the screen, since Android 9, unless it shows that it listens.
func silenced(h *phone.Handset, x phone.Access) bool {
	return h.SDK() >= 28 && (x.State == "bg" || x.State == "cch")
}

// recordings prints the log of recordings, oldest first.
func recordings(h *phone.Handset, w io.Writer) {
	type event struct {
		at   time.Time
		text string
	}
	sdk := h.SDK()
	var log []event
	for _, x := range h.State.AccessesTo("RECORD_AUDIO") {
		riid, heard := "", ""
		if sdk >= 29 {
			riid = fmt.Sprintf(" riid:%d", recorderID(x))
		}
		if sdk >= 30 {
			heard = map[bool]string{true: " silenced", false: " not silenced"}[silenced(h, x)]
		}
		tail := fmt.Sprintf("%s uid:%d session:%d src:MIC%s pack:%s", riid, x.UID(), recordSession(x), heard, x.Package.Name)
		log = append(log, event{x.From, "rec start" + tail})
		if !x.Running(h.Now()) {
			log = append(log, event{x.To, "rec stop" + tail})
		}
	}
	phone.SortByTime(log, func(e event) time.Time { return e.at })
	for _, e := range log[max(0, len(log)-50):] {
		fmt.Fprintf(w, "%s:%03d %s\n", e.at.Format("01-02 15:04:05"), e.at.Nanosecond()/1e6, e.text)
	}
}
