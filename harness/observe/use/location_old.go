package use

import (
	"bytes"
	"math"
	"time"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// activeRecord reads what stands under Active Records by Provider:
//
//	gps:
//	  UpdateRecord[gps specimen.map(10081 foreground) Request[ACCURACY_FINE gps requested=+1s0ms fastest=+1s0ms] null]
//	  UpdateRecord[network 3739/specimen.map (background) Request[POWER_LOW network interval=0] null]   Android 11
func (d *locationDump) activeRecord(in int, t []byte) {
	if in == 4 && t[len(t)-1] == ':' {
		d.provider = d.names.Of(t[:len(t)-1])
		d.Read()
		return
	}
	rest, ok := bytes.CutPrefix(t, []byte("UpdateRecord["))
	if !ok {
		return
	}
	provider, rest := printout.Word(rest)
	c := locationClient(fact.LocationActive, d.names.Of(provider))
	who, request, ok := bytes.Cut(rest, []byte(" Request["))
	who = bytes.TrimSpace(who)
	if !ok || !d.client(who, &c) {
		return
	}
	d.request(request, &c)
	d.Read()
	d.emit(c, d.Span())
}

// client reads who an UpdateRecord belongs to: package(UID state), or
// PID/package[tag] (background).
func (d *locationDump) client(who []byte, c *fact.LocationClient) bool {
	if bytes.IndexByte(who, '/') > 0 {
		d.pids = true
		name, state := printout.Word(who)
		c.State = "foreground"
		if state = bytes.Trim(state, " ()"); len(state) > 0 {
			c.State = d.names.Of(state)
		}
		return d.identity(name, c)
	}
	name, rest, ok := bytes.Cut(who, []byte("("))
	inner, _, closed := bytes.Cut(rest, []byte(")"))
	uid, state := printout.Word(inner)
	n, isUID := printout.Number(uid)
	if !ok || !closed || !isUID || len(name) == 0 {
		return false
	}
	c.Package, c.UID, c.State = android.Package(d.names.Of(name)), android.UID(n), d.names.Of(bytes.TrimSpace(state))
	return true
}

// historical reads one entry of LocationRequestStatistics:
//
//	specimen.map: gps: Min interval 2 seconds: Max interval 5 seconds: Duration requested 53 out of the last 70 minutes: Currently active
//	specimen.map: gps: Interval 0 seconds: Duration requested 5 total, 2 foreground, out of the last 9 minutes    from Android 9
//	gps: specimen.map: tag: Interval … 9 minutes: Last active 0 minutes ago                                       Android 11
func (d *locationDump) historical(t []byte) {
	key, rest, ok := cutInterval(t)
	parts := bytes.Split(key, []byte(": "))
	if !ok || len(parts) < 2 {
		return
	}
	c := locationClient(fact.LocationHistory, "")
	if d.pids || len(parts) > 2 || androidProvider(parts[0]) {
		c.Provider, c.Package = d.names.Of(parts[0]), android.Package(d.names.Of(parts[1]))
		if len(parts) > 2 {
			c.Tag = d.names.Of(bytes.Join(parts[2:], []byte(": ")))
		}
	} else {
		c.Package, c.Provider = android.Package(d.names.Of(parts[0])), d.names.Of(parts[1])
	}
	if d.statistics(rest, &c) {
		d.Read()
		d.emit(c, d.Span())
	}
}

// cutInterval cuts an entry of history at its first interval.
func cutInterval(t []byte) (key, rest []byte, ok bool) {
	for _, word := range []string{": Interval ", ": Min interval "} {
		if i := bytes.Index(t, []byte(word)); i > 0 {
			return t[:i], t[i+2:], true
		}
	}
	return nil, nil, false
}

// androidProvider tells a provider's name from a package's. Android 11 prints the two in the
// other order. "android" is a package.
func androidProvider(name []byte) bool {
	switch string(name) {
	case "gps", "network", "passive", "fused", "gps_hardware":
		return true
	}
	return false
}

func (d *locationDump) statistics(t []byte, c *fact.LocationClient) bool {
	for _, part := range bytes.Split(t, []byte(": ")) {
		known := true
		switch {
		case bytes.HasPrefix(part, []byte("Interval ")):
			known = seconds(part[len("Interval "):], &c.MinInterval)
			c.MaxInterval = c.MinInterval
		case bytes.HasPrefix(part, []byte("Min interval ")):
			known = seconds(part[len("Min interval "):], &c.MinInterval)
		case bytes.HasPrefix(part, []byte("Max interval ")):
			known = seconds(part[len("Max interval "):], &c.MaxInterval)
		case bytes.HasPrefix(part, []byte("Duration requested ")):
			known = requested(part[len("Duration requested "):], c)
		case string(part) == "Currently active":
			c.State = "active"
		case bytes.HasPrefix(part, []byte("Last active ")):
		default:
			known = false
		}
		if !known {
			return false
		}
	}
	return c.Total != fact.Unsaid
}

// requested reads N total, N foreground, out of the last N minutes; or
// N out of the last N minutes.
func requested(t []byte, c *fact.LocationClient) bool {
	total, since, ok := bytes.Cut(t, []byte(" out of the last "))
	since, isMinutes := bytes.CutSuffix(since, []byte(" minutes"))
	if !ok || !isMinutes || !minutes(since, &c.Since) {
		return false
	}
	total, foreground, split := bytes.Cut(total, []byte(" total, "))
	if split && !minutes(bytes.TrimSuffix(foreground, []byte(" foreground,")), &c.Foreground) {
		return false
	}
	return minutes(total, &c.Total)
}

func minutes(t []byte, to *time.Duration) bool { return times(t, time.Minute, to) }

func seconds(t []byte, to *time.Duration) bool {
	return times(bytes.TrimSuffix(t, []byte(" seconds")), time.Second, to)
}

// times reads a number of units. A number that is too large gives the longest duration there
// is: Android prints Long.MAX_VALUE for "always".
func times(t []byte, unit time.Duration, to *time.Duration) bool {
	n, ok := printout.Number(t)
	if !ok {
		return false
	}
	*to = math.MaxInt64
	if n <= int(math.MaxInt64/unit) {
		*to = time.Duration(n) * unit
	}
	return true
}

// lastRequest reads an entry of Android 11's log:
//
//	At 01-07 17:36:46.860: + passive request from android with feature LocationService at interval 0 seconds
//	At 01-07 17:37:10.022: - network request from specimen.map
func (d *locationDump) lastRequest(t []byte) {
	rest, ok := bytes.CutPrefix(printout.LatinDigits(t), []byte("At ")) // TimeUtils.logTimeOfDay
	if !ok || len(rest) < len("01-07 17:36:46.860: + ") {
		return
	}
	at, rest := rest[:len("01-07 17:36:46.860")], rest[len("01-07 17:36:46.860"):]
	c := locationClient(fact.LocationRequested, "")
	switch {
	case bytes.HasPrefix(rest, []byte(": + ")):
	case bytes.HasPrefix(rest, []byte(": - ")):
		c.Record = fact.LocationRemoved
	default:
		return
	}
	provider, rest, ok := bytes.Cut(rest[4:], []byte(" request from "))
	rest, interval, hasInterval := bytes.Cut(rest, []byte(" at interval "))
	name, tag, _ := bytes.Cut(rest, []byte(" with feature "))
	if !ok || hasInterval && !seconds(interval, &c.MinInterval) {
		return
	}
	c.MaxInterval = c.MinInterval
	c.Local, c.Provider = string(at), d.names.Of(bytes.TrimSpace(provider))
	c.Package, c.Tag = android.Package(d.names.Of(name)), d.names.Of(tag)
	d.Read()
	d.emit(c, d.Span())
}

// gnssClient reads a listener of Android 9 and 10: PID UID package: foreground.
func (d *locationDump) gnssClient(t []byte) {
	pid, rest := printout.Word(t)
	uid, rest := printout.Word(rest)
	name, state, ok := bytes.Cut(bytes.TrimSpace(rest), []byte(": "))
	p, isPID := printout.Number(pid)
	u, isUID := printout.Number(uid)
	if !ok || !isPID || !isUID {
		return
	}
	c := locationClient(fact.LocationActive, gnssProvider(d.section))
	c.PID, c.UID, c.Package = p, android.UID(u), android.Package(d.names.Of(name))
	switch string(state) {
	case "true":
		c.State = "foreground"
	case "false":
		c.State = "background"
	default:
		c.State = d.names.Of(state)
	}
	d.Read()
	d.emit(c, d.Span())
}

// geofence reads a fence of Android 5 to 11: package Geofence[CIRCLE …]. The place that it
// encloses is not read.
func (d *locationDump) geofence(t []byte) {
	name, rest := printout.Word(t)
	if !bytes.HasPrefix(rest, []byte(" Geofence[")) {
		return
	}
	c := locationClient(fact.LocationActive, "geofence")
	c.Package = android.Package(d.names.Of(name))
	d.Read()
	d.emit(c, d.Span())
}
