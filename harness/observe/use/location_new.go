package use

import (
	"bytes"
	"math"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// identity reads CallerIdentity: UID/package[tag]/LISTENER. A tag that begins with the
// package's name is printed without it. Android 11 prints the PID in place of the UID.
func (d *locationDump) identity(t []byte, c *fact.LocationClient) bool {
	id, rest, ok := bytes.Cut(t, []byte("/"))
	n, isNumber := printout.Number(id)
	if !ok || !isNumber {
		return false
	}
	name, tag := rest, []byte(nil)
	if i := bytes.IndexByte(rest, '['); i >= 0 {
		end := bytes.LastIndexByte(rest, ']')
		if end < i {
			return false
		}
		name, tag = rest[:i], rest[i+1:end]
	} else if i := bytes.IndexByte(rest, '/'); i >= 0 {
		name = rest[:i]
	}
	if len(name) == 0 || bytes.IndexByte(name, ' ') >= 0 {
		return false
	}
	c.Package = android.Package(d.names.Of(name))
	c.Tag = d.names.Of(tag)
	if len(tag) > 0 && tag[0] == '.' {
		c.Tag = d.names.Of(append(append([]byte(nil), name...), tag...))
	}
	if d.pids {
		c.PID = n
	} else {
		c.UID = android.UID(n)
	}
	return true
}

// request reads what stands in the brackets of Request[…]:
//
//	POWER_LOW network requested=+1s0ms fastest=0       up to Android 10; 11: interval=, fastestInterval=
//	@+6h0m0s0ms BALANCED, minUpdateDistance=…          from Android 12
//	PASSIVE, minUpdateInterval=0, …
func (d *locationDump) request(t []byte, c *fact.LocationClient) {
	if i := bytes.IndexByte(t, ']'); i >= 0 {
		t = t[:i]
	}
	for len(t) > 0 && t[0] != 'W' {
		var word []byte
		word, t = printout.Word(t)
		t = bytes.TrimLeft(t, " ")
		word = bytes.TrimSuffix(word, []byte(","))
		key, val, isPair := bytes.Cut(word, []byte("="))
		switch {
		case len(word) == 0:
		case word[0] == '@':
			d.interval(word[1:], c)
		case isPair && (string(key) == "requested" || string(key) == "interval"):
			d.interval(val, c)
		case !isPair && c.Quality == "" && isConstant(word):
			c.Quality = d.names.Of(word)
		}
	}
}

func (d *locationDump) interval(t []byte, c *fact.LocationClient) {
	if length, ok := printout.Duration(t); ok && length >= 0 {
		c.MinInterval, c.MaxInterval = length, length
	}
}

// isConstant says whether a word is the name of a Java constant: BALANCED,
// POWER_NONE.
func isConstant(word []byte) bool {
	for _, c := range word {
		if c != '_' && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return len(word) > 2
}

// providerLine reads Location Providers of Android 12 and later: a provider's
// heading, its listeners, and what it says of itself, which is without interest.
//
//	gps provider:
//	  listeners:
//	    10081/specimen.map[track]/E469FCC2 Request[@+1s0ms HIGH_ACCURACY, WorkSource{10081 specimen.map}] (inactive)
func (d *locationDump) providerLine(in int, t []byte) {
	switch {
	case in == 4:
		name, ok := bytes.CutSuffix(t, []byte(" provider:"))
		d.provider, d.clients = d.names.Of(name), false
		if ok {
			d.Read()
		}
	case in == 6:
		d.clients = string(t) == "listeners:"
		d.Skip()
	case !d.clients:
		d.Skip()
	default:
		d.registration(t)
	}
}

// registration reads a client that stands under listeners:.
func (d *locationDump) registration(t []byte) {
	who, rest := printout.Word(t)
	c := locationClient(fact.LocationActive, d.provider)
	if !d.identity(who, &c) {
		return
	}
	if before, request, ok := bytes.Cut(rest, []byte("Request[")); ok && len(bytes.TrimSpace(before)) == 0 {
		d.request(request, &c)
	}
	if bytes.HasSuffix(rest, []byte(")")) {
		if i := bytes.LastIndexByte(rest, '('); i >= 0 {
			c.State = d.names.Of(rest[i+1 : len(rest)-1])
		}
	}
	d.Read()
	d.emit(c, d.Span())
}

// listener reads GNSS Manager and Geofence Manager: what each of their providers says of
// itself, and its listeners. Android 11 prints only the listeners.
func (d *locationDump) listener(in int, t []byte) {
	depth := 4
	switch d.section {
	case "Geofence Manager:":
		d.provider, depth = "geofence", 2
	case "GNSS:":
		if in == 4 && bytes.HasSuffix(t, []byte(" Listeners:")) {
			d.provider, d.clients = gnssProvider(string(t)), true
			d.Read()
			return
		}
		depth = 2
	}
	switch {
	case in == 4 && depth == 4:
		d.clients = false
		if t[len(t)-1] == ':' {
			d.provider = gnssProvider(string(t))
		}
		d.Skip()
	case string(t) == "listeners:":
		d.clients = true
		d.Skip()
	case d.clients && in > depth+2 || d.clients && d.section == "GNSS:":
		d.registration(t)
	default:
		d.clients = false
		d.Skip()
	}
}

// aggregate reads a provider's clients since the handset started:
//
//	10081/specimen.map[track]: min/max interval = 1s/passive, total/active/foreground duration = +4s95ms/+4s95ms/0, locations = 1
func (d *locationDump) aggregate(in int, t []byte) {
	if in == 4 && t[len(t)-1] == ':' {
		d.provider = d.names.Of(t[:len(t)-1])
		d.Read()
		return
	}
	who, rest, ok := bytes.Cut(t, []byte(": min/max interval = "))
	intervals, rest, ok2 := bytes.Cut(rest, []byte(", total/active/foreground duration = "))
	durations, locations, ok3 := bytes.Cut(rest, []byte(", locations = "))
	c := locationClient(fact.LocationHistory, d.provider)
	n, isNumber := printout.Number(locations)
	if !ok || !ok2 || !ok3 || !isNumber || !d.identity(who, &c) {
		return
	}
	c.Locations = n
	least, most, ok := bytes.Cut(intervals, []byte("/"))
	if !ok || !aggregateInterval(least, &c.MinInterval) || !aggregateInterval(most, &c.MaxInterval) {
		return
	}
	parts := bytes.Split(durations, []byte("/"))
	if len(parts) != 3 {
		return
	}
	for i, to := range []*time.Duration{&c.Total, &c.Active, &c.Foreground} {
		length, ok := printout.Duration(parts[i])
		if !ok {
			return
		}
		*to = length
	}
	d.Read()
	d.emit(c, d.Span())
}

// aggregateInterval reads "passive", or a number of seconds, which may be more than a duration
// can hold.
func aggregateInterval(t []byte, to *time.Duration) bool {
	if string(t) == "passive" {
		return true
	}
	digits, ok := bytes.CutSuffix(t, []byte("s"))
	if ok && len(digits) > 18 {
		*to = math.MaxInt64
		return true
	}
	return ok && times(digits, time.Second, to)
}

// measurements reads a client of raw GNSS measurements, from Android 14.
func (d *locationDump) measurements(t []byte) {
	who, _, ok := bytes.Cut(t, []byte(": "))
	c := locationClient(fact.LocationHistory, "gnss measurements")
	if ok && d.identity(who, &c) {
		d.Read()
		d.emit(c, d.Span())
	}
}

// event reads an entry of the log: 12-09 15:54:54.399: and what happened. An entry that is
// about no client is without interest.
func (d *locationDump) event(t []byte) {
	const stamp = len("12-09 15:54:54.399")
	t = printout.LatinDigits(t) // TimeUtils.logTimeOfDay
	if len(t) < stamp+2 || t[stamp] != ':' || t[2] != '-' || t[8] != ':' {
		return
	}
	at, what := t[:stamp], t[stamp+2:]
	provider, rest, ok := bytes.Cut(what, []byte(" provider "))
	if !ok {
		if bytes.HasPrefix(what, []byte("[u")) || printout.HasAnyPrefix(what, locationEvents) {
			d.Skip()
		}
		return
	}
	c := locationClient("", d.names.Of(provider))
	c.Local = string(at)
	who := rest
	switch {
	case bytes.HasPrefix(rest, []byte("+registration ")):
		c.Record = fact.LocationRequested
		var request []byte
		who, request, _ = bytes.Cut(rest[len("+registration "):], []byte(" -> "))
		d.request(bytes.TrimPrefix(request, []byte("Request[")), &c)
	case bytes.HasPrefix(rest, []byte("-registration ")):
		c.Record, who = fact.LocationRemoved, rest[len("-registration "):]
	case bytes.HasPrefix(rest, []byte("delivered location[")):
		n, to, _ := bytes.Cut(rest[len("delivered location["):], []byte("] to "))
		c.Record, who = fact.LocationDelivered, to
		if c.Locations, ok = printout.Number(n); !ok {
			return
		}
	case bytes.HasPrefix(rest, []byte("client ")):
		name, state, _ := bytes.Cut(rest[len("client "):], []byte(" -> "))
		c.Record, who, c.State = fact.LocationChanged, name, d.names.Of(state)
	case printout.HasAnyPrefix(rest, locationProviderEvents):
		d.Skip()
		return
	}
	if d.identity(who, &c) {
		d.Read()
		d.emit(c, d.Span())
	}
}

// Entries of the log that are about no client.
var (
	locationEvents = []string{
		"adas location [u",
		"current user switched from ",
		"emergency ",
		"location [u",
		"location power save mode ",
	}
	locationProviderEvents = []string{"[u", "added mock ", "received location[", "removed mock ", "request = ", "stationary/idle "}
)
