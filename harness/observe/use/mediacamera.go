package use

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysMediaCamera reads who has a camera, and who had one.
var DumpsysMediaCamera = printout.Parser{
	Source: "dumpsys-media-camera",
	Parse:  parseMediaCamera,
	Needs: "frameworks/av services/camera/libcameraservice/CameraService.cpp: dump, logEvent and CameraClientManager::toString, " +
		"Android 6 to 16 (5 logs no events); read from print-outs of 7, 8, 9, 10, 13 and 14, the rest from source only",
}

// cameraDump reads dumpsys media.camera.
type cameraDump struct {
	*printout.Lines
	emit    printout.Emit
	names   printout.Names
	inside  bool
	section cameraSection
}

type cameraSection int

const (
	cameraOther cameraSection = iota // hardware, vendor tags, what the vendor's HAL says of itself
	cameraClients
	cameraEvents
)

func parseMediaCamera(in printout.Input, emit printout.Emit) error {
	d := &cameraDump{Lines: in.Lines, emit: in.Lines.UnlessDoubtful(emit)}
	for d.Next() {
		t := bytes.TrimRight(d.Text(), " ")
		switch {
		case len(t) == 0:
			d.section = cameraOther
			d.Trust()
			d.Skip()
		case cameraHeading(t, &d.section):
			d.inside = true
			d.Trust()
			d.Read()
		case t[0] == '*' || !d.inside:
			d.outside(t)
		case d.section == cameraClients && d.Doubtful():
			d.active(t)
			d.SettleDoubtful()
		case d.section == cameraClients:
			d.active(t)
		case d.section == cameraEvents && t[0] == ' ':
			d.event(bytes.TrimLeft(t, " "))
		default:
			d.Skip()
		}
	}
	return nil
}

// cameraHeadings begin the dump, or one of the two sections that are read. Any line that begins
// with == ends such a section.
var cameraHeadings = []struct {
	text    string
	section cameraSection
}{
	{"Active Camera Clients:", cameraClients},
	{"== Camera service events log (most recent at top): ==", cameraEvents},
	{"Prior client events (most recent at top):", cameraEvents}, // Android 7 and older
	{"== ", cameraOther},
	{"Camera module HAL API version: ", cameraOther},
	{"Number of camera devices: ", cameraOther},
}

func cameraHeading(t []byte, section *cameraSection) bool {
	for _, h := range cameraHeadings {
		if bytes.HasPrefix(t, []byte(h.text)) {
			*section = h.section
			return true
		}
	}
	return false
}

// outside is for a line that does not belong to a section of the dump.
func (d *cameraDump) outside(t []byte) {
	switch {
	case string(t) == "No camera client yet.", bytes.HasPrefix(t, []byte("No camera HAL available!")),
		bytes.HasPrefix(t, []byte("**********")):
		d.Skip()
	default:
		d.Settle()
	}
}

// active reads a client that has a camera when dumped:
//
//	(Camera ID: 0, Cost: 100, PID: 3784, Score: 0, State: 2User Id: 0, Client Package Name: specimen.camera, Conflicting Client Devices: {})
func (d *cameraDump) active(t []byte) {
	rest, ok := bytes.CutPrefix(t, []byte("(Camera ID: "))
	if !ok {
		if d.MarkStray(); t[0] == ']' {
			d.section = cameraOther
		}
		if d.Stray() == printout.Title {
			d.Doubt()
		}
		d.Skip()
		return
	}
	id, rest, _ := bytes.Cut(rest, []byte(", "))
	_, after, _ := bytes.Cut(rest, []byte("PID: "))
	digits, rest, _ := bytes.Cut(after, []byte(","))
	pid, isPID := printout.Number(digits)
	_, after, ok = bytes.Cut(rest, []byte("Client Package Name: "))
	name, _, _ := bytes.Cut(after, []byte(","))
	if !isPID || !ok {
		return
	}
	d.Read()
	d.emit(fact.CameraEvent{Event: "ACTIVE", Camera: d.names.Of(id), Package: android.Package(d.names.Of(name)), PID: pid}, d.Span())
}

// event reads an entry of the log. An entry that is about no client, or that repeats who took a
// camera, is without interest.
//
//	12-09 17:01:35 : DISCONNECT device 0 client for package specimen.camera (PID 3784)
//	11-05 12:50:55 : EVICT device 1 client held by package specimen.torch (PID 1603, score 0, state 2)
//	11-05 12:50:55 : REJECT device 0 client for package specimen.camera (PID 9), reason: (Device is in use)
//	11-05 12:51:02 : DIED client(s) with PID 9, reason: (Binder died unexpectedly)
func (d *cameraDump) event(t []byte) {
	local, what, ok := bytes.Cut(t, []byte(" : "))
	if !ok || len(local) != len("12-09 17:01:35") {
		if bytes.HasPrefix(t, []byte("- Evicted ")) || string(t) == "..." || string(t) == "[no events yet]" {
			d.Skip()
		}
		return
	}
	verb, rest := printout.Word(what)
	e := fact.CameraEvent{Event: d.names.Of(verb), Local: string(local)}
	if died, ok := bytes.CutPrefix(rest, []byte(" client(s) with PID ")); ok && string(verb) == "DIED" {
		d.died(died, e)
		return
	}
	rest = bytes.TrimPrefix(rest, []byte(" offline"))
	device, rest, isClient := bytes.Cut(rest, []byte(" client "))
	id, isDevice := bytes.CutPrefix(device, []byte(" device "))
	_, rest, named := bytes.Cut(rest, []byte(" package "))
	if !isClient || !isDevice || !named {
		if printout.HasAnyPrefix(what, cameraOwnEvents) {
			d.Skip()
		}
		return
	}
	name, rest, ok := bytes.Cut(rest, []byte(" (PID "))
	inner, rest, closed := bytes.Cut(rest, []byte(")"))
	digits, _, _ := bytes.Cut(inner, []byte(","))
	pid, isPID := printout.Number(digits)
	if !ok || !closed || !isPID {
		return
	}
	e.Camera, e.Package, e.PID = d.names.Of(id), android.Package(d.names.Of(name)), pid
	e.Reason = cameraReason(rest)
	d.Read()
	d.emit(e, d.Span())
}

// died reads PID, reason: (WORDS). The process has ended, and all its clients with it
// (CameraService::logClientDied, Android 6 to 16).
func (d *cameraDump) died(t []byte, e fact.CameraEvent) {
	digits, _, _ := bytes.Cut(t, []byte(","))
	pid, ok := printout.Number(digits)
	if !ok {
		return
	}
	e.PID, e.Reason = pid, cameraReason(t[len(digits):])
	d.Read()
	d.emit(e, d.Span())
}

// cameraReason reads ", reason: (WORDS)", which some entries have.
func cameraReason(t []byte) string {
	reason, ok := bytes.CutPrefix(t, []byte(", reason: ("))
	if !ok {
		return ""
	}
	return string(bytes.TrimSuffix(reason, []byte(")")))
}

// cameraOwnEvents are entries that are about no client's camera.
var cameraOwnEvents = []string{"ADD device ", "REMOVE device ", "SERVICE ERROR: ", "Torch for camera id ", "USER_SWITCH "}
