package virtual

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
)

func compareFixKeys(a, b fixKey) int {
	return cmp.Or(cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.provider, b.provider), cmp.Compare(a.tag, b.tag), a.uid-b.uid)
}

// location11 prints the dump of Android 11, which names callers by pid, tells
// the last requests, and prints providers in blocks.
func (h *PhoneHandset) location11(w io.Writer) {
	now := h.Now()
	fmt.Fprintf(w, "Location Manager State:\n  Current System Time: %s, Current Elapsed Time: %s\n  User Info:\n    current users: [0]\n  Location Settings:\n    Location Enabled: true\n  Battery Saver Location Mode: NO_CHANGE\n",
		now.Format(monthStamp), formatDuration(h.Uptime()))
	own := fmt.Sprintf("UpdateRecord[passive %d/android[SensorNotificationService] Request[POWER_NONE passive] null]", h.systemServer())
	fmt.Fprintf(w, "  Location Listeners:\n    Reciever[%s listener %s monitoring location: true]\n", h.hash("receiver", "android"), own)
	for _, r := range h.activeRequests("") {
		fmt.Fprintf(w, "    Reciever[%s listener %s monitoring location: true]\n", h.hash("receiver", r.p.Name+r.provider), r.record11())
	}
	fmt.Fprintf(w, "  Active Records by Provider:\n    passive:\n      %s\n", own)
	for _, provider := range []string{"fused", "gps"} {
		fmt.Fprintf(w, "    %s:\n", provider)
		for _, r := range h.activeRequests(provider) {
			fmt.Fprintf(w, "      %s\n", r.record11())
		}
	}
	h.statistics11(w)
	fmt.Fprintln(w, "  Last Several Location Requests:")
	for _, e := range h.locationLog() {
		verb, tail := "+", fmt.Sprintf(" at interval %d seconds", int(e.interval.Seconds()))
		if e.ends {
			verb, tail = "-", ""
		}
		fmt.Fprintf(w, "    At %s: %s %7s request from %s%s%s\n", e.at.Format(monthStamp), verb, e.provider, e.p.Name, withFeature(e.tag), tail)
	}
	fmt.Fprint(w, "  Geofences:\n  Location Providers:\n")
	h.provider11(w, "passive", "Low, accuracy=Coarse", "{android}", "")
	h.provider11(w, "fused", "Low, accuracy=Fine, supports=[bearing, speed, altitude]", "{com.android.location.fused}",
		"      service={com.android.location.fused/com.android.location.fused.FusedLocationService}@0[u0]\n      connected=true\n")
	h.provider11(w, "gps", "High, accuracy=Fine, requires=satellite, supports=[bearing, speed, altitude]", "{android}",
		fmt.Sprintf("      mStarted=%t   (changed %s ago)\n      mFixInterval=1000\n      mLowPowerMode=false\n", len(h.activeRequests("gps")) > 0, formatDuration(h.sinceFix("gps"))))
	fmt.Fprint(w, "  GNSS:\n    GnssMeasurement Listeners:\n    GnssNavigationMessage Listeners:\n    GnssStatus Listeners:\n")
}

func (r locationRequest) record11() string {
	quality := map[string]string{"gps": "ACCURACY_FINE", "fused": "POWER_LOW"}[r.provider]
	back := ""
	if !foreground(r.state) {
		back = " (background)"
	}
	every := formatDuration(r.interval)
	return fmt.Sprintf("UpdateRecord[%s %d/%s%s%s Request[%s %s interval=%s fastestInterval=%s] null]", r.provider, r.pid, r.p.Name, bracketed(r.tag), back, quality, r.provider, every, every)
}

// bracketed is an attribution tag as identities print it.
func bracketed(tag string) string {
	if tag == "" {
		return ""
	}
	return "[" + tag + "]"
}

func withFeature(tag string) string {
	if tag == "" {
		return ""
	}
	return " with feature " + tag
}

func (h *PhoneHandset) statistics11(w io.Writer) {
	now, up := h.Now(), int(h.Uptime().Minutes())
	fmt.Fprintf(w, "  Historical Records by Provider:\n    passive: android: SensorNotificationService: Interval 1800 seconds: Duration requested %d total, %d foreground, out of the last %d minutes: Currently active\n", up, up, up)
	for _, k := range h.fixKeys() {
		s := h.state.past.fixes[k]
		tail := "Currently active"
		if !s.last.After(now) {
			tail = fmt.Sprintf("Last active %d minutes ago", int(now.Sub(s.last).Minutes()))
		}
		tag := ""
		if k.tag != "" {
			tag = k.tag + ": "
		}
		fmt.Fprintf(w, "    %s: %s: %sInterval %d seconds: Duration requested %d total, %d foreground, out of the last %d minutes: %s\n", k.provider, k.pkg, tag,
			int(intervalOf(k.provider).Seconds()), int(s.total.Minutes()), int(s.foreground.Minutes()), int(now.Sub(s.first).Minutes()), tail)
	}
}

func (h *PhoneHandset) provider11(w io.Writer, name, properties, packages, more string) {
	request := "OFF"
	if active := h.activeRequests(name); len(active) > 0 {
		request = "interval=" + formatDuration(active[0].interval)
	}
	if name == "passive" {
		request = "interval=0"
	}
	fmt.Fprintf(w, "    %s provider:\n      last location=%s\n      last coarse location=null\n      enabled=true\n      allowed=true\n      properties=ProviderProperties[power=%s]\n      packages=%s\n      request=ProviderRequest[%s]\n%s",
		name, nullOr(h.lastFix(name)), properties, packages, request, more)
}

// locationEvent is a request that began or ended.
type locationEvent struct {
	locationRequest
	at   time.Time
	ends bool
}

// locationLog lists beginnings and ends of requests by time.
func (h *PhoneHandset) locationLog() []locationEvent {
	var log []locationEvent
	for _, r := range h.requests() {
		log = append(log, locationEvent{r, r.from, false})
		if !r.on(h.Now()) {
			log = append(log, locationEvent{r, r.to, true})
		}
	}
	sortByTime(log, func(e locationEvent) time.Time { return e.at })
	return log
}

// request12 prints a request as LocationRequest.toString does since Android 12.
func (r locationRequest) request12() string {
	quality := map[string]string{"gps": "HIGH_ACCURACY", "fused": "BALANCED"}[r.provider]
	return fmt.Sprintf("Request[@%s %s, WorkSource{%d %s}]", formatDuration(r.interval), quality, r.uid(), r.p.Name)
}

// identity12 is a caller, with the key of its listener.
func (h *PhoneHandset) identity12(r locationRequest) string {
	key := strings.ToUpper(fmt.Sprintf("%08x", h.number("listener", r.p.Name, r.provider, r.from.String())))
	return fmt.Sprintf("%d/%s%s/%s", r.uid(), r.p.Name, bracketed(r.tag), key)
}

const passive12 = "1000/android[SensorNotificationService]/E469FCC2"
const passiveRequest12 = "Request[PASSIVE, minUpdateInterval=+30m0s0ms, minUpdateDistance=100000.0, WorkSource{1000 android}]"

// location12 prints the dump of Android 12 and later.
func (h *PhoneHandset) location12(w io.Writer) {
	sdk := h.SDK()
	fmt.Fprint(w, "Location Manager State:\n  User Info:\n    current users: u[0]\n  Location Settings:\n    Location Setting: true\n    Location Allow/Deny Packages:\n  Location Providers:\n")
	fmt.Fprintf(w, "    passive provider:\n      service: registered\n      listeners:\n        %s %s\n", passive12, passiveRequest12)
	h.provider12(w, "passive", "1000/android[LocationService]", "Low, accuracy=Fine", "")
	h.listeners12(w, "fused")
	h.provider12(w, "fused", "1000/com.android.location.fused", "Low, accuracy=Fine, supports=[bearing,speed,altitude]",
		"      target service=1000/com.android.location.fused/.FusedLocationService@0\n      connected=true\n")
	h.listeners12(w, "gps")
	h.provider12(w, "gps", "1000/android[GnssService]", "High, accuracy=Fine, requires=satellite, supports=[bearing,speed,altitude]",
		fmt.Sprintf("      mStarted=%t   (changed %s ago)\n      mBatchingEnabled=false\n      mBatchingStarted=false\n      mBatchSize=0\n      mFixInterval=1000\n", len(h.activeRequests("gps")) > 0, formatDuration(h.sinceFix("gps"))))
	h.aggregate12(w)
	if sdk >= 34 {
		fmt.Fprintln(w, "  Historical Aggregate Gnss Measurement Provider Data:")
	}
	fmt.Fprint(w, "  GNSS Manager:\n    Capabilities: [SCHEDULING MSB MSA MEASUREMENTS]\n    Status Provider:\n      service: unregistered\n    Measurements Provider:\n      service: unregistered\n"+
		"    Navigation Message Provider:\n      service: unregistered\n    Antenna Info Provider:\n      Antenna Infos: null\n      service: unregistered\n  Geofence Manager:\n    service: unregistered\n  Event Log:\n")
	h.eventLog12(w)
}

func (h *PhoneHandset) listeners12(w io.Writer, provider string) {
	active := h.activeRequests(provider)
	if len(active) == 0 {
		fmt.Fprintf(w, "    %s provider:\n      service: ProviderRequest[OFF]\n", provider)
		return
	}
	fmt.Fprintf(w, "    %s provider:\n      service: %s\n      listeners:\n", provider, active[0].providerRequest())
	for _, r := range active {
		back := ""
		if !foreground(r.state) {
			back = " (background)"
		}
		fmt.Fprintf(w, "        %s %s%s\n", h.identity12(r), r.request12(), back)
	}
}

func (r locationRequest) providerRequest() string {
	quality := map[string]string{"gps": "HIGH_ACCURACY", "fused": "BALANCED"}[r.provider]
	return fmt.Sprintf("ProviderRequest[@%s, %s, WorkSource{%d %s}]", formatDuration(r.interval), quality, r.uid(), r.p.Name)
}

func (h *PhoneHandset) provider12(w io.Writer, name, identity, properties, more string) {
	fmt.Fprintf(w, "      last location=%s\n      enabled=true\n      allowed=true\n      identity=%s\n      properties=ProviderProperties[powerUsage=%s]\n", nullOr(h.lastFix(name)), identity, properties)
	if name != "passive" {
		fmt.Fprint(w, "      stationary throttled=false (not idle) (not stationary)\n")
	}
	fmt.Fprint(w, more)
}

func (h *PhoneHandset) aggregate12(w io.Writer) {
	up := formatDuration(h.Uptime())
	fmt.Fprintf(w, "  Historical Aggregate Location Provider Data:\n    passive:\n      1000/android[SensorNotificationService]: min/max interval = passive/passive, total/active/foreground duration = %s/%s/%s, locations = 0\n", up, up, up)
	for _, provider := range []string{"fused", "gps"} {
		heading := false
		for _, k := range h.fixKeys() {
			if k.provider != provider {
				continue
			}
			if !heading {
				fmt.Fprintf(w, "    %s:\n", provider)
				heading = true
			}
			s, every := h.state.past.fixes[k], int(intervalOf(provider).Seconds())
			fmt.Fprintf(w, "      %d/%s%s: min/max interval = %ds/%ds, total/active/foreground duration = %s/%s/%s, locations = %d\n",
				k.uid, k.pkg, bracketed(k.tag), every, every, formatDuration(s.total), formatDuration(s.total), formatDuration(s.foreground), s.locations)
		}
	}
}

// eventLog12 prints registrations, requests and deliveries.
func (h *PhoneHandset) eventLog12(w io.Writer) {
	boot := h.bootTime().Add(9 * time.Second).In(h.Zone())
	line := func(at time.Time, format string, args ...any) {
		fmt.Fprintf(w, "    %s: %s\n", at.Format(monthStamp), fmt.Sprintf(format, args...))
	}
	for _, p := range []string{"passive", "gps", "fused"} {
		line(boot, "%s provider [u0] enabled", p)
	}
	line(boot.Add(8*time.Second), "passive provider +registration %s -> %s", passive12, passiveRequest12)
	for _, e := range h.locationLog() {
		who := h.identity12(e.locationRequest)
		if e.ends {
			line(e.at, "%s provider -registration %s", e.provider, who)
			line(e.at, "%s provider request = ProviderRequest[OFF]", e.provider)
			continue
		}
		line(e.at, "%s provider +registration %s -> %s", e.provider, who, e.request12())
		line(e.at, "%s provider request = %s", e.provider, e.providerRequest())
		line(e.at, "%s provider received location[1]", e.provider)
		line(e.at, "%s provider delivered location[1] to %s", e.provider, who)
	}
}
