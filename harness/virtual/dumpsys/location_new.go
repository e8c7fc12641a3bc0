package dumpsys

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"assay/harness/virtual/phone"
)

func compareFixKeys(a, b phone.FixKey) int {
	return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Tag, b.Tag), a.UID-b.UID)
}

// location11 prints the dump of Android 11, which names callers by pid, tells
// the last requests, and prints providers in blocks.
func location11(h *phone.Handset, w io.Writer) {
	now := h.Now()
	fmt.Fprintf(w, "Location Manager State:\n  Current System Time: %s, Current Elapsed Time: %s\n  User Info:\n    current users: [0]\n"+
		"  Location Settings:\n    Location Enabled: true\n  Battery Saver Location Mode: NO_CHANGE\n",
		now.Format(monthStamp), phone.FormatDuration(h.Uptime()))
	own := fmt.Sprintf("UpdateRecord[passive %d/android[SensorNotificationService] Request[POWER_NONE passive] null]", h.SystemServerPID())
	fmt.Fprintf(w, "  Location Listeners:\n    Reciever[%s listener %s monitoring location: true]\n", h.Hash("receiver", "android"), own)
	for _, r := range activeRequests(h, "") {
		fmt.Fprintf(w, "    Reciever[%s listener %s monitoring location: true]\n", h.Hash("receiver", r.Package.Name+r.provider), r.record11())
	}
	fmt.Fprintf(w, "  Active Records by Provider:\n    passive:\n      %s\n", own)
	for _, provider := range []string{"fused", "gps"} {
		fmt.Fprintf(w, "    %s:\n", provider)
		for _, r := range activeRequests(h, provider) {
			fmt.Fprintf(w, "      %s\n", r.record11())
		}
	}
	statistics11(h, w)
	fmt.Fprintln(w, "  Last Several Location Requests:")
	for _, e := range locationLog(h) {
		verb, tail := "+", fmt.Sprintf(" at interval %d seconds", int(e.of.interval.Seconds()))
		if e.ends {
			verb, tail = "-", ""
		}
		fmt.Fprintf(w, "    At %s: %s %7s request from %s%s%s\n", e.at.Format(monthStamp), verb, e.of.provider, e.of.Package.Name,
			withFeature(e.of.Tag), tail)
	}
	fmt.Fprint(w, "  Geofences:\n  Location Providers:\n")
	provider11(h, w, locationProvider{name: "passive", properties: "Low, accuracy=Coarse", packages: "{android}"})
	provider11(h, w, locationProvider{name: "fused", properties: "Low, accuracy=Fine, supports=[bearing, speed, altitude]",
		packages: "{com.android.location.fused}",
		more:     "      service={com.android.location.fused/com.android.location.fused.FusedLocationService}@0[u0]\n      connected=true\n"})
	provider11(h, w, locationProvider{name: "gps", properties: "High, accuracy=Fine, requires=satellite, supports=[bearing, speed, " +
		"altitude]", packages: "{android}",
		more: fmt.Sprintf("      mStarted=%t   (changed %s ago)\n      mFixInterval=1000\n"+
			"      mLowPowerMode=false\n", len(activeRequests(h, "gps")) > 0, phone.FormatDuration(sinceFix(h, "gps")))})
	fmt.Fprint(w, "  GNSS:\n    GnssMeasurement Listeners:\n    GnssNavigationMessage Listeners:\n    GnssStatus Listeners:\n")
}

func (r locationRequest) record11() string {
	quality := map[string]string{"gps": "ACCURACY_FINE", "fused": "POWER_LOW"}[r.provider]
	back := ""
	if !foreground(r.State) {
		back = " (background)"
	}
	every := phone.FormatDuration(r.interval)
	return fmt.Sprintf("UpdateRecord[%s %d/%s%s%s Request[%s %s interval=%s fastestInterval=%s] null]", r.provider, r.PID, r.Package.Name,
		bracketed(r.Tag), back, quality, r.provider, every, every)
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

func statistics11(h *phone.Handset, w io.Writer) {
	now, up := h.Now(), int(h.Uptime().Minutes())
	fmt.Fprintf(w, "  Historical Records by Provider:\n    passive: android: SensorNotificationService: Interval 1800 seconds: Duration "+
		"requested %d total, %d foreground, out of the last %d minutes: Currently active\n", up, up, up)
	for _, k := range fixKeys(h) {
		s := h.State.History.Fixes[k]
		tail := "Currently active"
		if !s.Last.After(now) {
			tail = fmt.Sprintf("Last active %d minutes ago", int(now.Sub(s.Last).Minutes()))
		}
		tag := ""
		if k.Tag != "" {
			tag = k.Tag + ": "
		}
		fmt.Fprintf(w, "    %s: %s: %sInterval %d seconds: Duration requested %d total, %d foreground, out of the last %d "+
			"minutes: %s\n", k.Provider, k.Package, tag,
			int(intervalOf(k.Provider).Seconds()), int(s.Total.Minutes()), int(s.Foreground.Minutes()), int(now.Sub(s.First).Minutes()), tail)
	}
}

// locationProvider is what a dump says of a provider, whoever uses it.
type locationProvider struct{ name, identity, properties, packages, more string }

// provider11 prints a provider as Android 11 does.
func provider11(h *phone.Handset, w io.Writer, p locationProvider) {
	request := "OFF"
	if active := activeRequests(h, p.name); len(active) > 0 {
		request = "interval=" + phone.FormatDuration(active[0].interval)
	}
	if p.name == "passive" {
		request = "interval=0"
	}
	fmt.Fprintf(w, "    %s provider:\n      last location=%s\n      last coarse location=null\n      enabled=true\n      allowed=true\n"+
		"      properties=ProviderProperties[power=%s]\n      packages=%s\n      request=ProviderRequest[%s]\n%s",
		p.name, nullOr(lastFix(h, p.name)), p.properties, p.packages, request, p.more)
}

// locationEvent is a request that began or ended.
type locationEvent struct {
	of   locationRequest
	at   time.Time
	ends bool
}

// locationLog lists beginnings and ends of requests by time.
func locationLog(h *phone.Handset) []locationEvent {
	var log []locationEvent
	for _, r := range requests(h) {
		log = append(log, locationEvent{r, r.From, false})
		if !r.Running(h.Now()) {
			log = append(log, locationEvent{r, r.To, true})
		}
	}
	phone.SortByTime(log, func(e locationEvent) time.Time { return e.at })
	return log
}

// request12 prints a request as LocationRequest.toString does since Android 12.
func (r locationRequest) request12() string {
	quality := map[string]string{"gps": "HIGH_ACCURACY", "fused": "BALANCED"}[r.provider]
	return fmt.Sprintf("Request[@%s %s, WorkSource{%d %s}]", phone.FormatDuration(r.interval), quality, r.UID(), r.Package.Name)
}

// identity12 is a caller, with the key of its listener.
func identity12(h *phone.Handset, r locationRequest) string {
	key := strings.ToUpper(fmt.Sprintf("%08x", h.Number("listener", r.Package.Name, r.provider, r.From.String())))
	return fmt.Sprintf("%d/%s%s/%s", r.UID(), r.Package.Name, bracketed(r.Tag), key)
}

const passive12 = "1000/android[SensorNotificationService]/E469FCC2"
const passiveRequest12 = "Request[PASSIVE, minUpdateInterval=+30m0s0ms, minUpdateDistance=100000.0, WorkSource{1000 android}]"

// location12 prints the dump of Android 12 and later.
func location12(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	fmt.Fprint(w, "Location Manager State:\n  User Info:\n    current users: u[0]\n  Location Settings:\n    Location Setting: true\n"+
		"    Location Allow/Deny Packages:\n  Location Providers:\n")
	fmt.Fprintf(w, "    passive provider:\n      service: registered\n      listeners:\n        %s %s\n", passive12, passiveRequest12)
	provider12(h, w, locationProvider{name: "passive", identity: "1000/android[LocationService]", properties: "Low, accuracy=Fine"})
	listeners12(h, w, "fused")
	provider12(h, w, locationProvider{name: "fused", identity: "1000/com.android.location.fused",
		properties: "Low, accuracy=Fine, supports=[bearing,speed,altitude]",
		more:       "      target service=1000/com.android.location.fused/.FusedLocationService@0\n      connected=true\n"})
	listeners12(h, w, "gps")
	provider12(h, w, locationProvider{name: "gps", identity: "1000/android[GnssService]", properties: "High, accuracy=Fine, " +
		"requires=satellite, supports=[bearing,speed,altitude]",
		more: fmt.Sprintf("      mStarted=%t   (changed %s ago)\n      mBatchingEnabled=false\n      mBatchingStarted=false\n"+
			"      mBatchSize=0\n      mFixInterval=1000\n", len(activeRequests(h, "gps")) > 0, phone.FormatDuration(sinceFix(h, "gps")))})
	aggregate12(h, w)
	if sdk >= 34 {
		fmt.Fprintln(w, "  Historical Aggregate Gnss Measurement Provider Data:")
	}
	fmt.Fprint(w, "  GNSS Manager:\n    Capabilities: [SCHEDULING MSB MSA MEASUREMENTS]\n    Status Provider:\n"+
		"      service: unregistered\n    Measurements Provider:\n      service: unregistered\n"+
		"    Navigation Message Provider:\n      service: unregistered\n    Antenna Info Provider:\n      Antenna Infos: null\n"+
		"      service: unregistered\n  Geofence Manager:\n    service: unregistered\n  Event Log:\n")
	eventLog12(h, w)
}

func listeners12(h *phone.Handset, w io.Writer, provider string) {
	active := activeRequests(h, provider)
	if len(active) == 0 {
		fmt.Fprintf(w, "    %s provider:\n      service: ProviderRequest[OFF]\n", provider)
		return
	}
	fmt.Fprintf(w, "    %s provider:\n      service: %s\n      listeners:\n", provider, active[0].providerRequest())
	for _, r := range active {
		back := ""
		if !foreground(r.State) {
			back = " (background)"
		}
		fmt.Fprintf(w, "        %s %s%s\n", identity12(h, r), r.request12(), back)
	}
}

func (r locationRequest) providerRequest() string {
	quality := map[string]string{"gps": "HIGH_ACCURACY", "fused": "BALANCED"}[r.provider]
	return fmt.Sprintf("ProviderRequest[@%s, %s, WorkSource{%d %s}]", phone.FormatDuration(r.interval), quality, r.UID(), r.Package.Name)
}

// provider12 prints a provider as Android 12 and later do.
func provider12(h *phone.Handset, w io.Writer, p locationProvider) {
	fmt.Fprintf(w, "      last location=%s\n      enabled=true\n      allowed=true\n      identity=%s\n"+
		"      properties=ProviderProperties[powerUsage=%s]\n", nullOr(lastFix(h, p.name)), p.identity, p.properties)
	if p.name != "passive" {
		fmt.Fprint(w, "      stationary throttled=false (not idle) (not stationary)\n")
	}
	fmt.Fprint(w, p.more)
}

func aggregate12(h *phone.Handset, w io.Writer) {
	up := phone.FormatDuration(h.Uptime())
	fmt.Fprintf(w, "  Historical Aggregate Location Provider Data:\n    passive:\n"+
		"      1000/android[SensorNotificationService]: min/max interval = passive/passive, total/active/foreground duration = %s/%s/%s, "+
		"locations = 0\n", up, up, up)
	for _, provider := range []string{"fused", "gps"} {
		heading := false
		for _, k := range fixKeys(h) {
			if k.Provider != provider {
				continue
			}
			if !heading {
				fmt.Fprintf(w, "    %s:\n", provider)
				heading = true
			}
			s, every := h.State.History.Fixes[k], int(intervalOf(provider).Seconds())
			fmt.Fprintf(w, "      %d/%s%s: min/max interval = %ds/%ds, total/active/foreground duration = %s/%s/%s, locations = %d\n",
				k.UID, k.Package, bracketed(k.Tag), every, every, phone.FormatDuration(s.Total), phone.FormatDuration(s.Total),
				phone.FormatDuration(s.Foreground), s.Locations)
		}
	}
}

// eventLog12 prints registrations, requests and deliveries.
func eventLog12(h *phone.Handset, w io.Writer) {
	boot := h.BootTime().Add(9 * time.Second).In(h.Zone())
	line := func(at time.Time, format string, args ...any) {
		fmt.Fprintf(w, "    %s: %s\n", at.Format(monthStamp), fmt.Sprintf(format, args...))
	}
	for _, p := range []string{"passive", "gps", "fused"} {
		line(boot, "%s provider [u0] enabled", p)
	}
	line(boot.Add(8*time.Second), "passive provider +registration %s -> %s", passive12, passiveRequest12)
	for _, e := range locationLog(h) {
		who := identity12(h, e.of)
		if e.ends {
			line(e.at, "%s provider -registration %s", e.of.provider, who)
			line(e.at, "%s provider request = ProviderRequest[OFF]", e.of.provider)
			continue
		}
		line(e.at, "%s provider +registration %s -> %s", e.of.provider, who, e.of.request12())
		line(e.at, "%s provider request = %s", e.of.provider, e.of.providerRequest())
		line(e.at, "%s provider received location[1]", e.of.provider)
		line(e.at, "%s provider delivered location[1] to %s", e.of.provider, who)
	}
}
