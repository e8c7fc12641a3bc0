package observe

import (
	"bytes"
	"time"
	"unicode/utf8"

	"assay/harness/android"
	"assay/harness/observe/fact"
)

// oldOp reads an op of Android 8 and older, which has its mode and its times on
// one line, or the mode of a UID.
func (d *opsDump) oldOp(name, rest []byte) {
	rest, running := bytes.CutSuffix(unpadded(rest), []byte(" (running)"))
	mode, rest, _ := bytes.Cut(rest, []byte("; "))
	var access, reject, last time.Duration
	var accessed, rejected bool
	for len(rest) > 0 {
		var word []byte
		word, rest, _ = bytes.Cut(rest, []byte("; "))
		key, val, _ := bytes.Cut(word, []byte("="))
		length, ok := duration(bytes.TrimSuffix(val, []byte(" ago")))
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
	op := android.Op(d.names.of(name))
	d.mode = fact.OpMode{UID: d.uid, Package: d.pkg, Op: op, Mode: modeOf(d.names.of(mode))}
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

// modeOf turns the numbers of Android 8 and older (AppOpsManager.MODE_*) into
// the words of later ones. A number that it does not know survives.
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

// useLine reads a line under an op: an access or a rejection, what is going on,
// or the bracket of an attribution tag.
func (d *opsDump) useLine(t []byte) {
	if d.op == "" {
		return
	}
	t = unpadded(t)
	if tag, ok := bytes.CutSuffix(t, []byte("=[")); ok && len(d.tags) < 8 {
		d.tags = append(d.tags, d.names.of(tag))
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
		d.use(t) // a further state, without label: Android 9
	}
}

// running emits a use that was going on when the dump was made, in the state
// that its UID was in at that time.
func (d *opsDump) running(t []byte) {
	ago, ok := duration(t)
	if !ok {
		return
	}
	d.Read()
	d.used = fact.OpUse{UID: d.uid, Package: d.pkg, Op: d.op, Tag: d.tag(), State: d.state, Running: true, Ago: ago}
	d.emit(&d.used, d.Span())
}

// tag is the attribution tag whose brackets the line stands in; null is none.
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
			u.Flag, key = d.names.of(key[i+1:]), key[:i]
		}
		u.State, t = android.State(d.names.of(key)), rest
	} else {
		key, rest, ok := bytes.Cut(t, []byte("= "))
		if !ok {
			return
		}
		u.State, t = android.State(d.names.of(unpadded(key))), rest
	}
	t = bytes.TrimLeft(t, " ")
	if len(t) > 0 && t[0] >= utf8.RuneSelf {
		t = latinDigits(t) // dumpStatesLocked: SimpleDateFormat without a locale
	}
	local, rest, ok := cutTime(t)
	ago, rest, closed := bytes.Cut(rest, []byte(")"))
	since, isDuration := duration(ago)
	if !ok || !closed || !isDuration {
		return
	}
	u.Local, u.Ago = d.texts.of(local), -since
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
	if v, ok := value(rest, "duration"); ok {
		length, ok := duration(v)
		if !ok {
			return false
		}
		u.Duration = length
	}
	if _, inner, ok := bytes.Cut(rest, []byte("proxy[")); ok {
		inner, _, _ = bytes.Cut(inner, []byte("]"))
		u.Proxy = d.names.of(inner)
	}
	return true
}

// duration reads what TimeUtils.formatDuration prints: +1d2h3m4s5ms,
// -12h51m47s829ms, 0. It is false for anything else.
func duration(b []byte) (time.Duration, bool) {
	if string(b) == "0" {
		return 0, true
	}
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	negative := b[0] == '-'
	var total time.Duration
	for b = b[1:]; len(b) > 0; {
		n, i := time.Duration(0), 0
		for ; i < len(b) && b[i] >= '0' && b[i] <= '9'; i++ {
			n = n*10 + time.Duration(b[i]-'0')
		}
		if i == 0 || i > 9 {
			return 0, false
		}
		unit, width := unitOf(b[i:])
		if width == 0 || n > time.Duration(1<<62)/unit || total > 1<<62 {
			return 0, false
		}
		total += n * unit
		b = b[i+width:]
	}
	if negative {
		total = -total
	}
	return total, true
}

func unitOf(b []byte) (unit time.Duration, width int) {
	switch {
	case bytes.HasPrefix(b, []byte("ms")):
		return time.Millisecond, 2
	case len(b) == 0:
		return 0, 0
	case b[0] == 'd':
		return 24 * time.Hour, 1
	case b[0] == 'h':
		return time.Hour, 1
	case b[0] == 'm':
		return time.Minute, 1
	case b[0] == 's':
		return time.Second, 1
	}
	return 0, 0
}
