package virtual

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// dumpLocation prints dumpsys location (LocationManagerService.dump): who asks
// for the location now, who has asked, and for how long. Android 11 put providers
// into blocks of their own, and 12 all that belongs to them.
func dumpLocation(h *PhoneHandset, w io.Writer, _ []string) {
	switch sdk := h.SDK(); {
	case sdk < 29:
		h.locationOld(w)
	case sdk == 29:
		h.location10(w)
	case sdk == 30:
		h.location11(w)
	default:
		h.location12(w)
	}
}

// locationRequest is one request for the location.
type locationRequest struct {
	hold
	provider string
	interval time.Duration
}

// requests lists the requests for the location, oldest first: those that ended too.
func (h *PhoneHandset) requests() []locationRequest {
	var all []locationRequest
	for _, x := range h.state.holdsOf("FINE_LOCATION", "COARSE_LOCATION") {
		if x.flag != "upd" { // the one in whose name it was asks nothing itself
			all = append(all, locationRequest{x, providerOf(x.what), intervalOf(providerOf(x.what))})
		}
	}
	return all
}

// active lists the requests that go on, of one provider, or of all.
func (h *PhoneHandset) activeRequests(provider string) []locationRequest {
	return slices.DeleteFunc(h.requests(), func(r locationRequest) bool {
		return !r.on(h.Now()) || provider != "" && r.provider != provider
	})
}

func intervalOf(provider string) time.Duration {
	if provider == "gps" {
		return time.Second
	}
	return time.Minute
}

// foreground says whether the location service takes a UID state for one.
func foreground(state string) bool {
	return state == "top" || state == "fg" || state == "fgsvc" || state == "pers"
}

// oldRequest prints a request as LocationRequest.toString does up to Android 10.
func oldRequest(provider string, interval time.Duration, sdk int) string {
	text := "Request[POWER_NONE passive fastest=+30m0s0ms"
	quality := map[string]string{"gps": "ACCURACY_FINE", "fused": "POWER_LOW"}[provider]
	if quality != "" {
		text = fmt.Sprintf("Request[%s %s requested=%s fastest=%s", quality, provider, formatDuration(interval), formatDuration(interval))
	}
	if sdk == 28 {
		text += " lowPowerMode=false"
	}
	return text + "]"
}

// oldRecord prints an UpdateRecord of Android 5 to 10.
func (h *PhoneHandset) oldRecord(provider, pkg string, uid int, state string, interval time.Duration) string {
	sdk := h.SDK()
	who := fmt.Sprintf("%s(%d", pkg, uid)
	if sdk >= 26 {
		who += map[bool]string{true: " foreground", false: " background"}[foreground(state)]
	}
	tail := "]"
	if sdk == 29 {
		tail = " null]"
	}
	return fmt.Sprintf("UpdateRecord[%s %s) %s%s", provider, who, oldRequest(provider, interval, sdk), tail)
}

// oldRecords prints the listeners, and the records by provider.
func (h *PhoneHandset) oldRecords(w io.Writer) {
	sdk := h.SDK()
	own := h.oldRecord("passive", "android", systemUID, "pers", 0)
	line := func(record, salt string) {
		tail := "]"
		if sdk == 29 {
			tail = " monitoring location: true]"
		}
		fmt.Fprintf(w, "    Reciever[%s listener %s%s\n", h.hash("receiver", salt), record, tail)
	}
	fmt.Fprintln(w, "  Location Listeners:")
	line(own, "android")
	for _, r := range h.activeRequests("") {
		line(h.oldRecord(r.provider, r.p.Name, r.uid(), r.state, r.interval), r.p.Name+r.provider)
	}
	fmt.Fprintln(w, "  Active Records by Provider:")
	for _, provider := range []string{"fused", "gps"} {
		active := h.activeRequests(provider)
		if sdk >= 29 && len(active) == 0 {
			continue
		}
		fmt.Fprintf(w, "    %s:\n", provider)
		for _, r := range active {
			fmt.Fprintf(w, "      %s\n", h.oldRecord(provider, r.p.Name, r.uid(), r.state, r.interval))
		}
	}
	fmt.Fprintf(w, "    passive:\n      %s\n", own)
}

// oldStatistics prints LocationRequestStatistics of Android 5 to 10: minutes, and
// from 9 those in the foreground apart.
func (h *PhoneHandset) oldStatistics(w io.Writer) {
	sdk, now := h.SDK(), h.Now()
	print := func(pkg, provider string, interval, total, front, since time.Duration, active bool) {
		duration := fmt.Sprintf("%d out", int(total.Minutes()))
		if sdk >= 28 {
			duration = fmt.Sprintf("%d total, %d foreground, out", int(total.Minutes()), int(front.Minutes()))
		}
		tail := ""
		if active {
			tail = ": Currently active"
		}
		fmt.Fprintf(w, "    %s: %s: Interval %d seconds: Duration requested %s of the last %d minutes%s\n",
			pkg, provider, int(interval.Seconds()), duration, int(since.Minutes()), tail)
	}
	fmt.Fprintln(w, "  Historical Records by Provider:")
	up := h.Uptime()
	print("android", "passive", 30*time.Minute, up, up, up, true)
	for _, k := range h.fixKeys() {
		s := h.state.past.fixes[k]
		print(k.pkg, k.provider, intervalOf(k.provider), s.total, s.foreground, now.Sub(s.first), s.last.After(now))
	}
}

// fixKeys are the keys of the statistics, in the order of their packages.
func (h *PhoneHandset) fixKeys() []fixKey {
	keys := make([]fixKey, 0, len(h.state.past.fixes))
	for k := range h.state.past.fixes {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareFixKeys)
	return keys
}

// lastFix is the last location of a provider, or "" without one; the place is
// made up.
func (h *PhoneHandset) lastFix(provider string) string {
	var last time.Time
	for _, r := range h.requests() {
		if r.provider == provider && r.from.After(last) {
			last = r.from
		}
	}
	if last.IsZero() {
		return ""
	}
	et := formatDuration(last.Sub(h.bootTime()))
	switch sdk := h.SDK(); {
	case sdk < 26:
		return fmt.Sprintf("Location[%s 12.000000,77.000000 acc=12 et=%s]", provider, et)
	case sdk < 31:
		return fmt.Sprintf("Location[%s 12.000000,77.000000 hAcc=12 et=%s vAcc=??? sAcc=??? bAcc=???]", provider, et)
	}
	return fmt.Sprintf("Location[%s 12.000000,77.000000 hAcc=12.0 et=%s]", provider, et)
}

func (h *PhoneHandset) lastFixes(w io.Writer) {
	for _, heading := range []string{"Last Known Locations", "Last Known Locations Coarse Intervals"} {
		fmt.Fprintf(w, "  %s:\n", heading)
		for _, provider := range []string{"fused", "gps"} {
			if fix := h.lastFix(provider); fix != "" {
				fmt.Fprintf(w, "    %s: %s\n", provider, fix)
			}
		}
	}
}

// locationOld prints the dump of Android 5 to 9.
func (h *PhoneHandset) locationOld(w io.Writer) {
	sdk := h.SDK()
	fmt.Fprintln(w, "Current Location Manager state:")
	h.oldRecords(w)
	if sdk == 28 {
		fmt.Fprint(w, "  Active GnssMeasurement Listeners:\n  Active GnssNavigationMessage Listeners:\n")
	}
	if sdk >= 26 {
		fmt.Fprint(w, "  Overlay Provider Packages:\n")
	}
	h.oldStatistics(w)
	h.lastFixes(w)
	fmt.Fprint(w, "  Geofences:\n  Enabled Providers:\n    fused\n    gps\n    passive\n  mWhitelist=[] mBlacklist=[]\n")
	if sdk >= 26 {
		fmt.Fprint(w, "  Throttling Whitelisted Packages:\n    \n")
	}
	fmt.Fprint(w, "  fudger: offset: 820, -60 (meters)\npassive Internal State:\nmReportLocation=true\ngps Internal State:\n")
	if sdk >= 26 {
		fmt.Fprintf(w, "  mStarted=%t\n", len(h.activeRequests("gps")) > 0)
	}
	fmt.Fprint(w, "  mFixInterval=1000\n")
	if sdk == 28 {
		fmt.Fprint(w, "  mLowPowerMode=false\n  mGnssMeasurementsProvider.isRegistered()=false\n  mGnssNavigationMessageProvider.isRegistered()=false\n")
	}
	if sdk >= 24 {
		fmt.Fprint(w, "  mDisableGps (battery saver mode)=false\n")
	}
	fmt.Fprint(w, "  mEngineCapabilities=0x77 ( SCHEDULING MSB MSA ON_DEMAND_TIME GEOFENCING MEASUREMENTS )\nfused Internal State (com.android.location.fused):\nREMOTE SERVICE name=fused pkg=com.android.location.fused version=0\n")
}

// location10 prints the dump of Android 10.
func (h *PhoneHandset) location10(w io.Writer) {
	fmt.Fprintf(w, "Current Location Manager state:\n  Current System Time: %s, Current Elapsed Time: %s\n  Current user: 0 [0]\n  Location mode: true\n  Battery Saver Location Mode: NO_CHANGE\n",
		h.Now().Format(monthStamp), formatDuration(h.Uptime()))
	h.oldRecords(w)
	fmt.Fprint(w, "  Active GnssMeasurement Listeners:\n  Active GnssNavigationMessage Listeners:\n  Active GnssStatus Listeners:\n")
	h.oldStatistics(w)
	h.lastFixes(w)
	fmt.Fprint(w, "  Geofences:\n  mWhitelist=[] mBlacklist=[]\n  fudger: offset: -143, 532 (meters)\n"+
		"  passive provider:\n    useable=true\n    properties=com.android.internal.location.ProviderProperties@8fcd6b0\n report location=true\n"+
		"  gps provider:\n    useable=true\n    properties=com.android.internal.location.ProviderProperties@9313929\n")
	fmt.Fprintf(w, "  mStarted=%t   (changed %s ago)\n  mFixInterval=1000\n  mLowPowerMode=false\n", len(h.activeRequests("gps")) > 0, formatDuration(h.sinceFix("gps")))
	fmt.Fprint(w, "  fused provider:\n    useable=true\n    properties=com.android.internal.location.ProviderProperties@81604ae\n    service={com.android.location.fused/com.android.location.fused.FusedLocationService}@0\n")
}

// monthStamp is how the location service prints a time from Android 10 on.
const monthStamp = "01-02 15:04:05.000"

// sinceFix is how long ago a provider was last turned on or off.
func (h *PhoneHandset) sinceFix(provider string) time.Duration {
	now, since := h.Now(), h.Uptime()
	for _, r := range h.requests() {
		if r.provider != provider {
			continue
		}
		at := r.to
		if r.on(now) {
			at = r.from
		}
		since = min(since, now.Sub(at))
	}
	return since
}
