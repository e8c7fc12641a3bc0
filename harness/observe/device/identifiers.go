package device

import (
	"bytes"
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Identifiers reads the handset's own identifiers, by which a leak is known.
var Identifiers = printout.Parser{
	Source: "identifiers",
	Parse:  parseIdentifiers,
	Needs: "getprop, settings get, ip addr and sysfs; frameworks/opt/telephony PhoneSubInfoController dump (to Android 6); " +
		"frameworks/native cmds/service service.cpp and libs/binder Parcel::print for service call iphonesubinfo; " +
		"content query of telephony/siminfo; Android 5 to 16",
}

// identifierReader reads the output of several small commands, each below a line
// @@ TYPE COMMAND. An identifier that the handset refuses or does not know gives no fact.
type identifierReader struct {
	*printout.Lines
	emit   printout.Emit
	kind   string // the type that is being read; "" before the first
	facts  int
	denied string // what the handset said when it refused

	parcel parcel
	open   bool // within Result: Parcel(
	start  evidence.Span
}

func parseIdentifiers(in printout.Input, emit printout.Emit) error {
	r := &identifierReader{Lines: in.Lines, emit: emit}
	for r.Next() {
		t := r.Text()
		if bytes.HasPrefix(t, printout.HeadingMark) {
			r.head(t)
			continue
		}
		if r.kind == "" {
			r.Settle()
			continue
		}
		r.line(bytes.TrimSpace(t))
	}
	if r.open {
		r.Cut("the parcel of " + r.kind + " has no end")
	} else if r.facts == 0 && r.denied != "" {
		r.Cover(evidence.Coverage{State: evidence.Denied, Reason: r.denied})
	}
	return nil
}

// head reads @@ TYPE COMMAND.
func (r *identifierReader) head(t []byte) {
	kind, _ := printout.Word(t[len(printout.HeadingMark):])
	r.kind, r.open = "", false
	if _, ok := identifierForms[string(kind)]; ok {
		r.kind = string(kind)
		r.Read()
	}
}

func (r *identifierReader) line(t []byte) {
	if r.open {
		r.parcelLine(t)
		return
	}
	if rest, ok := bytes.CutPrefix(t, []byte("Result: Parcel(")); ok {
		r.open, r.parcel, r.start = true, parcel{}, r.Span()
		r.parcelLine(rest)
		return
	}
	if refusal(t) {
		r.denied = r.kind + ": " + string(t[:min(len(t), 200)])
		r.Skip()
		return
	}
	if idle(t) {
		r.Skip()
		return
	}
	v := r.valueIn(t)
	if len(v) == 0 {
		r.Skip() // a row without a value
		return
	}
	r.give(v, r.Span())
}

// idle says whether a line has no value, by its form: an empty answer, or one of the other
// lines of dumpsys iphonesubinfo and of ip addr show.
func idle(t []byte) bool {
	switch string(t) {
	case "", "null", "unknown", "Phone Subscriber Info:":
		return true
	}
	for _, prefix := range []string{"Phone Type = ", "inet ", "inet6 ", "valid_lft "} {
		if bytes.HasPrefix(t, []byte(prefix)) {
			return true
		}
	}
	number, rest, _ := bytes.Cut(t, []byte(": "))
	return len(number) > 0 && len(number) <= 3 && printout.ConsistsOf(number, "0123456789") && bytes.Contains(rest, []byte(": <"))
}

// refusals are what content and iphonesubinfo say in place of a value, and what is not in
// android.Phrases.
var refusals = []string{"No result found", "Requires "}

// refusal says whether a line stands in place of a value.
func refusal(t []byte) bool {
	if p, ok := android.SaidAlone(string(t[:min(len(t), printout.LongestPhrase)])); ok && p.Says != android.SaysHarmless {
		return true
	}
	return slices.ContainsFunc(refusals, func(no string) bool { return bytes.Contains(t, []byte(no)) })
}

// valueIn finds the value in a line of output: after Device ID =, link/ether,
// icc_id= …, or the line itself.
func (r *identifierReader) valueIn(t []byte) []byte {
	if rest, ok := bytes.CutPrefix(t, []byte("Device ID = ")); ok && r.kind == "imei" {
		return rest
	}
	if bytes.HasPrefix(t, []byte("Row: ")) {
		if v, ok := printout.Value(bytes.ReplaceAll(t, []byte(","), []byte(" ")), identifierForms[r.kind].column); ok {
			return v
		}
		return nil
	}
	if _, rest, ok := bytes.Cut(t, []byte("link/ether ")); ok && r.kind == "mac" {
		mac, _ := printout.Word(rest)
		return mac
	}
	return t
}

// give emits each value of a list that has the form of its type. A handset with two SIM cards
// has a list of two: A,B.
func (r *identifierReader) give(list []byte, span evidence.Span) {
	form := identifierForms[r.kind]
	for _, v := range bytes.Split(list, []byte(",")) {
		v = bytes.TrimSpace(v)
		if !form.valid(v) {
			continue
		}
		r.Read()
		r.facts++
		r.emit(fact.Identifier{Type: r.kind, Value: string(v)}, span)
	}
}

// parcelLine reads a line of a parcel's words, up to its closing bracket.
func (r *identifierReader) parcelLine(t []byte) {
	r.Read()
	ended := r.parcel.line(t)
	if !ended {
		return
	}
	r.open = false
	text, ok := r.parcel.text()
	if !ok {
		r.denied = r.kind + ": the service answered with an exception"
		return
	}
	r.give([]byte(text), printout.JoinSpans(r.start, r.Span()))
}
