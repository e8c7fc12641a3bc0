package use

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysAudio reads who records from a microphone, and who did.
var DumpsysAudio = printout.Parser{
	Source: "dumpsys-audio",
	Parse:  parseAudio,
	Needs: "services/core com/android/server/audio/RecordingActivityMonitor.java dump and RecordingEvent, " +
		"media android/media/AudioRecordingConfiguration.java toLogFriendlyString, Android 9 to 16; from source only",
}

// audioDump reads what dumpsys audio says of recordings. What it says of volumes, players and
// devices is without interest.
type audioDump struct {
	*printout.Lines
	emit    printout.Emit
	names   printout.Names
	inside  bool
	section audioSection
	riid    int
	active  bool
}

type audioSection int

const (
	audioOther audioSection = iota
	audioRecorders
	audioLog
)

func parseAudio(in printout.Input, emit printout.Emit) error {
	d := &audioDump{Lines: in.Lines, emit: in.Lines.UnlessDoubtful(emit)}
	for d.Next() {
		t := bytes.TrimSpace(d.Text())
		switch {
		case len(t) == 0:
			d.Skip()
		case bytes.HasPrefix(t, []byte("RecordActivityMonitor dump time: ")):
			d.inside, d.section, d.riid, d.active = true, audioRecorders, -1, true
			d.Trust()
			d.Read()
		case printout.HasAnyPrefix(t, recordingLogs):
			d.inside, d.section = true, audioLog
			d.Trust()
			d.Read()
		case printout.HasAnyPrefix(t, audioHeadings):
			d.inside, d.section = true, audioOther
			d.Trust()
			d.Skip()
		case !d.inside:
			d.Settle()
		case d.Doubtful():
			d.line(t)
			d.SettleDoubtful()
		default:
			d.line(t)
		}
	}
	return nil
}

// recordingLogs are the headings of the log of recordings. From Android 13 EventLogger prints
// them, and AudioEventLogger before.
var recordingLogs = []string{
	"Audio event log: recording activity as reported through AudioService",
	"Audio event log: recording activity received by AudioService",
	"Events log: recording activity received by AudioService",
}

// audioHeadings are the other headings of AudioService: those that may come first, and those
// that may follow the recordings.
var audioHeadings = []string{
	"Audio event log: ",
	"Audio mode:",
	"AudioDeviceBroker:",
	"AudioSystem ",
	"Events log: ",
	"MediaFocusControl dump time: ",
	"Message handler (watch for ",
	"PlaybackActivityMonitor dump time: ",
	"Stream volumes (device: index)",
}

func (d *audioDump) line(t []byte) {
	switch d.section {
	case audioRecorders:
		d.recorder(t)
	case audioLog:
		d.event(t)
	default:
		if !d.Refused() {
			d.Skip()
		}
	}
}

// recorder reads one of the recorders that exist:
//
//	riid 143; active? true                                         from Android 10
//	  session:177 -- source client=MIC, dev=16000 … -- uid:10114 -- patch:7 -- pack:specimen.voice -- … -- silenced:false -- …
func (d *audioDump) recorder(t []byte) {
	if rest, ok := bytes.CutPrefix(t, []byte("riid ")); ok {
		id, state, _ := bytes.Cut(rest, []byte("; active? "))
		n, isNumber := printout.Number(id)
		if isNumber {
			d.riid, d.active = n, bytes.HasPrefix(state, []byte("true"))
			d.Read()
		}
		return
	}
	if string(t) == "no config" {
		d.Skip()
		return
	}
	r := fact.Recording{Event: "active", RIID: d.riid, UID: android.NoUID, Session: -1}
	for _, part := range bytes.Split(t, []byte(" -- ")) {
		key, val, _ := bytes.Cut(part, []byte(":"))
		switch string(key) {
		case "session":
			r.Session, _ = printout.Number(val)
		case "uid":
			n, isUID := printout.Number(val)
			if !isUID {
				return
			}
			r.UID = android.UID(n)
		case "pack":
			r.Package = android.Package(d.names.Of(val))
		case "silenced":
			r.Silenced = d.names.Of(val)
		}
		if source, ok := bytes.CutPrefix(part, []byte("source client=")); ok {
			source, _, _ = bytes.Cut(source, []byte(","))
			r.Source = d.names.Of(bytes.TrimSpace(source))
		}
	}
	if r.UID == android.NoUID || r.Session < 0 {
		d.SettleAtMargin()
		if d.Stray() == printout.Title {
			d.Doubt()
		}
		return
	}
	d.Read()
	if !d.active {
		r.Event = "inactive"
	}
	d.emit(r, d.Span())
}

// event reads an entry of the log, a ring of 50:
//
//	07-22 15:54:52:000 rec start uid:10224 session:64881 src:MIC pack:specimen.voice                 Android 9
//	07-22 15:54:52:000 rec start riid:65119 uid:10224 session:64881 src:MIC pack:specimen.voice      10 and 11
//	07-22 15:54:52:000 rec stop riid:65119 uid:10224 session:64881 src:MIC not silenced pack:…       from 12
func (d *audioDump) event(t []byte) {
	const stamp = len("07-22 15:54:52:000")
	t = printout.LatinDigits(t) // AudioEventLogger.Event: SimpleDateFormat without a locale
	if len(t) < stamp || t[2] != '-' || t[5] != ' ' {
		if !d.SettleAtMargin() {
			d.section = audioOther
		}
		if d.Stray() == printout.Title {
			d.Doubt()
		}
		if d.Unread() {
			d.Skip()
		}
		return
	}
	rest, ok := bytes.CutPrefix(t[stamp:], []byte(" rec "))
	if !ok && d.StrayBefore() != printout.NoStray { // the log of something else
		d.Doubt()
		d.Skip()
	}
	if !ok {
		return
	}
	r := fact.Recording{RIID: -1, UID: android.NoUID, Session: -1, Local: string(t[:stamp])}
	verb, rest := printout.Word(rest)
	r.Event = d.names.Of(verb)
	for len(rest) > 0 {
		var word []byte
		word, rest = printout.Word(rest)
		key, val, _ := bytes.Cut(word, []byte(":"))
		n, isNumber := printout.Number(val)
		switch string(key) {
		case "riid":
			r.RIID = n
		case "uid":
			if isNumber {
				r.UID = android.UID(n)
			}
		case "session":
			r.Session = n
		case "src":
			r.Source = d.names.Of(val)
		case "pack":
			r.Package = android.Package(d.names.Of(val))
		case "not":
			r.Silenced = "false"
		case "silenced":
			if r.Silenced == "" {
				r.Silenced = "true"
			}
		}
	}
	if r.UID == android.NoUID || r.Source == "" {
		return
	}
	d.Read()
	d.emit(r, d.Span())
}
