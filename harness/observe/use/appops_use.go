package use

import (
	"bytes"
	"time"
	"unicode/utf8"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// oldOp reads an op of Android 8 and older, which has its mode and its times on
// one line, or the mode of a UID.
func (d *opsDump) oldOp(name, rest []byte) {
	rest, running := bytes.CutSuffix(printout.TrimPadding(rest), []byte(" (running)"))
	mode, rest, _ := bytes.Cut(rest, []byte("; "))
	var access, reject, last time.Duration
	var accessed, rejected bool
	for len(rest) > 0 {
		var word []byte
		word, rest, _ = bytes.Cut(rest, []byte("; "))
		key, val, _ := bytes.Cut(word, []byte("="))
		length, ok := printout.Duration(bytes.TrimSuffix(val, []byte(" ago")))
		if !ok {
			return
		}
		switch string(key) {
		case "time":
			access, accessed = length, true
		case "rejectTime":
			reject, rejected = length, true
		case "duration":
			last = length
		default:
			return
		}
	}
	d.Read()
	op := android.Op(d.names.Of(name))
	d.mode = fact.OpMode{UID: d.uid, Package: d.pkg, Op: op, Mode: modeOf(d.names.Of(mode))}
	d.emit(&d.mode, d.Span())
	if accessed {
		d.used = fact.OpUse{UID: d.uid, Package: d.pkg, Op: op, Ago: access, Duration: last, Running: running}
		d.emit(&d.used, d.Span())
	}
	if rejected {
		d.used = fact.OpUse{UID: d.uid, Package: d.pkg, Op: op, Ago: reject, Rejected: true}
		d.emit(&d.used, d.Span())
	}
}

// modeOf turns the numbers of Android 8 and older (AppOpsManager.MODE_*) into the words of
// later releases. A number that it does not know stays a number.
func modeOf(word string) android.Mode {
	switch word {
	case "0":
		return android.ModeAllow
	case "1":
		return android.ModeIgnore
	case "2":
		return android.ModeDeny
	case "3":
		return android.ModeDefault
	case "4":
		return android.ModeForeground
	}
	return android.Mode(word)
}

// useLine reads a line under an op: an access or a rejection, a use that is going on, or the
// bracket of an attribution tag.
func (d *opsDump) useLine(t []byte) {
	if d.op == "" {
		return
	}
	t = printout.TrimPadding(t)
	if tag, ok := bytes.CutSuffix(t, []byte("=[")); ok && len(d.tags) < 8 {
		d.tags = append(d.tags, d.names.Of(tag))
		d.Read()
		return
	}
	if string(t) == "]" && len(d.tags) > 0 {
		d.tags = d.tags[:len(d.tags)-1]
		d.Read()
		return
	}
	switch {
	case bytes.HasPrefix(t, []byte("Access: ")):
		d.rejected = false
		d.use(t[len("Access: "):])
	case bytes.HasPrefix(t, []byte("Reject: ")):
		d.rejected = true
		d.use(t[len("Reject: "):])
	case bytes.HasPrefix(t, []byte("Running start at: ")):
		d.running(t[len("Running start at: "):])
	case bytes.HasPrefix(t, []byte("duration=")), bytes.HasPrefix(t, []byte("startNesting=")):
		// Android 9 gives an op's last duration without saying of which state.
		d.Skip()
	case bytes.Contains(t, []byte(" = ")):
		d.use(t) // another state, without a label: Android 9
	}
}

// running emits a use that was going on when the dump was made, in the state
// that its UID was in at that time.
func (d *opsDump) running(t []byte) {
	ago, ok := printout.Duration(t)
	if !ok {
		return
	}
	d.Read()
	d.used = fact.OpUse{UID: d.uid, Package: d.pkg, Op: d.op, Tag: d.tag(), State: d.state, Running: true, Ago: ago}
	d.emit(&d.used, d.Span())
}

// tag is the attribution tag in whose brackets the line stands. The tag "null" is none.
func (d *opsDump) tag() string {
	if len(d.tags) == 0 || d.tags[len(d.tags)-1] == "null" {
		return ""
	}
	return d.tags[len(d.tags)-1]
}

// use reads one time of use:
//
//	top   = 2023-08-22 21:10:47.803 (-12h51m47s829ms)                        Android 9
//	[cch-s] 2020-01-08 15:30:08.802 (-1m40s679ms) duration=+162ms proxy[…]   from 10
//	[bg-s]2021-05-19 22:02:52.054 (-314d1h25m2s33ms)                         a rejection, from 10
func (d *opsDump) use(t []byte) {
	u := &d.used
	*u = fact.OpUse{UID: d.uid, Package: d.pkg, Op: d.op, Tag: d.tag(), Rejected: d.rejected}
	if len(t) > 0 && t[0] == '[' {
		key, rest, ok := bytes.Cut(t[1:], []byte("]"))
		if !ok {
			return
		}
		if i := bytes.LastIndexByte(key, '-'); i >= 0 {
			u.Flag, key = d.names.Of(key[i+1:]), key[:i]
		}
		u.State, t = android.State(d.names.Of(key)), rest
	} else {
		key, rest, ok := bytes.Cut(t, []byte("= "))
		if !ok {
			return
		}
		u.State, t = android.State(d.names.Of(printout.TrimPadding(key))), rest
	}
	t = bytes.TrimLeft(t, " ")
	if len(t) > 0 && t[0] >= utf8.RuneSelf {
		t = printout.LatinDigits(t) // dumpStatesLocked: SimpleDateFormat without a locale
	}
	local, rest, ok := cutTime(t)
	ago, rest, closed := bytes.Cut(rest, []byte(")"))
	since, isDuration := printout.Duration(ago)
	if !ok || !closed || !isDuration {
		return
	}
	u.Local, u.Ago = d.texts.Of(local), -since
	if !d.extras(rest, u) {
		return
	}
	d.Read()
	d.emit(u, d.Span())
}

// cutTime cuts off 2006-01-02 15:04:05.000 and the " (" behind it.
func cutTime(t []byte) (local, rest []byte, ok bool) {
	const n = len("2006-01-02 15:04:05.000")
	if len(t) < n+2 || t[n] != ' ' || t[n+1] != '(' {
		return nil, nil, false
	}
	return t[:n], t[n+2:], true
}

// extras reads duration=… and proxy[…] behind a time of use.
func (d *opsDump) extras(rest []byte, u *fact.OpUse) bool {
	if len(rest) == 0 {
		return true
	}
	if v, ok := printout.Value(rest, "duration"); ok {
		length, ok := printout.Duration(v)
		if !ok {
			return false
		}
		u.Duration = length
	}
	if _, inner, ok := bytes.Cut(rest, []byte("proxy[")); ok {
		inner, _, _ = bytes.Cut(inner, []byte("]"))
		u.Proxy = d.names.Of(inner)
	}
	return true
}
