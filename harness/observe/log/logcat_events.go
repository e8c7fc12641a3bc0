package log

import (
	"bytes"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// told gives the fact that an event of the events buffer is besides its entry, or nil:
// am_proc_start (EventLogTags 30014), am_create_service (30030),
// content_query_sample (52002), content_update_sample (52003), binder_sample (52004).
func (r *logReader) told(tag []byte) fact.Fact {
	inner, opened := bytes.CutPrefix(r.line.Message, []byte("["))
	inner, closed := bytes.CutSuffix(inner, []byte("]"))
	if !opened {
		return nil
	}
	if string(tag) == "am_proc_start" { // makers add fields, and the end may be cut off
		return r.started(inner)
	}
	if !closed {
		return nil
	}
	switch string(tag) {
	case "am_create_service":
		return r.served(inner)
	case "binder_sample":
		return r.called(inner)
	case "content_query_sample":
		return r.asked(inner, true)
	case "content_update_sample":
		return r.asked(inner, false)
	}
	return nil
}

// started reads USER,PID,UID,PROCESS,…
func (r *logReader) started(t []byte) fact.Fact {
	var n [3]int
	for i := range n {
		word, after, _ := bytes.Cut(t, []byte(","))
		var ok bool
		if n[i], ok = printout.Number(word); !ok {
			return nil
		}
		t = after
	}
	name, _, ok := bytes.Cut(t, []byte(","))
	if !ok {
		return nil
	}
	return fact.Process{PID: n[1], UID: android.UID(n[2]), Name: r.names.Of(name)}
}

// served reads USER,RECORD,COMPONENT,UID,PID.
func (r *logReader) served(t []byte) fact.Fact {
	cells := bytes.Split(t, []byte(","))
	if len(cells) != 5 || bytes.IndexByte(cells[2], '/') <= 0 {
		return nil
	}
	user, isUser := printout.Number(cells[0])
	uid, isUID := printout.Number(cells[3])
	pid, isPID := printout.Number(cells[4])
	if !isUser || !isUID || !isPID {
		return nil
	}
	return fact.ServiceStart{User: user, Component: r.names.Of(cells[2]), UID: android.UID(uid), PID: pid}
}

// called reads INTERFACE,METHOD,MILLISECONDS,PROCESS,PERCENT.
func (r *logReader) called(t []byte) fact.Fact {
	rest, caller, took, percent, ok := sampled(t)
	descriptor, code, both := cutLast(rest)
	method, isMethod := printout.Number(code)
	if !ok || !both || !isMethod {
		return nil
	}
	return fact.BinderCall{
		PID: r.line.PID, Process: r.names.Of(caller), Interface: r.names.Of(descriptor), Method: method, Took: took, SamplePercent: percent,
	}
}

// asked reads URI,PROJECTION,SELECTION,SORT,MILLISECONDS,PACKAGE,PERCENT of a
// query and URI,OPERATION,SELECTION,MILLISECONDS,PACKAGE,PERCENT of an update.
func (r *logReader) asked(t []byte, query bool) fact.Fact {
	rest, caller, took, percent, ok := sampled(t)
	uri, rest, both := bytes.Cut(rest, []byte(","))
	word, selection, all := bytes.Cut(rest, []byte(","))
	if !ok || !both || !all || bytes.IndexByte(selection, ',') < 0 && query {
		return nil
	}
	c := fact.ContentCall{
		PID: r.line.PID, Package: android.Package(r.names.Of(caller)), Operation: "query", URI: r.names.Of(uri),
		Selection: string(selection), Took: took, SamplePercent: percent,
	}
	switch {
	case query:
		c.Projection = string(word)
		if string(selection) == "," { // neither selection nor sort order
			c.Selection = ""
		}
	default:
		c.Operation = r.names.Of(word)
	}
	return c
}

// sampled reads what the sampled events end with: MILLISECONDS,CALLER,PERCENT.
func sampled(t []byte) (rest, caller []byte, took time.Duration, percent int, ok bool) {
	rest, word, _ := cutLast(t)
	percent, isPercent := printout.Number(word)
	rest, caller, _ = cutLast(rest)
	rest, word, ok = cutLast(rest)
	ms, isTime := printout.Number(word)
	if !ok || !isPercent || !isTime || percent < 1 || percent > 100 || ms > 1<<31 {
		return nil, nil, 0, 0, false
	}
	return rest, caller, time.Duration(ms) * time.Millisecond, percent, true
}

// cutLast cuts at the last comma.
func cutLast(t []byte) (before, after []byte, found bool) {
	i := bytes.LastIndexByte(t, ',')
	if i < 0 {
		return nil, t, false
	}
	return t[:i], t[i+1:], true
}
