package dumpsys

import (
	"fmt"
	"io"
	"slices"
	"time"

	"assay/harness/virtual/phone"
)

// dumpLocation prints dumpsys location (LocationManagerService.dump): who asks
// for the location now, who has asked, and for how long. Android 11 put providers
// into blocks of their own, and 12 all that belongs to them.
func dumpLocation(h *phone.Handset, w io.Writer, _ []string) {
	switch sdk := h.SDK(); {
	case sdk < 29:
		locationOld(h, w)
	case sdk == 29:
		location10(h, w)
	case sdk == 30:
		location11(h, w)
	default:
		location12(h, w)
	}
}

// locationRequest is one request for the location.
type locationRequest struct {
	phone.Access
	provider string
	interval time.Duration
}

// requests lists the requests for the location, oldest first: those that ended too.
func requests(h *phone.Handset) []locationRequest {
	var all []locationRequest
	for _, x := range h.State.AccessesTo("FINE_LOCATION", "COARSE_LOCATION") {
		if x.Flag != "upd" { // the one in whose name it was asks nothing itself
			all = append(all, locationRequest{x, phone.LocationProvider(x.Op), intervalOf(phone.LocationProvider(x.Op))})
		}
	}
	return all
}

// active lists the requests that go on, of one provider, or of all.
func activeRequests(h *phone.Handset, provider string) []locationRequest {
	return slices.DeleteFunc(requests(h), func(r locationRequest) bool {
		return !r.Running(h.Now()) || provider != "" && r.provider != provider
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
		text = fmt.Sprintf("Request[%s %s requested=%s fastest=%s", quality, provider, phone.FormatDuration(interval),
			phone.FormatDuration(interval))
	}
	if sdk == 28 {
		text += " lowPowerMode=false"
	}
	return text + "]"
}

// oldListener is who listens to a provider, up to Android 10.
type oldListener struct {
	provider, pkg string
	uid           int
	state         string
	interval      time.Duration
}

// oldListenerOf is the listener behind a request.
func oldListenerOf(r locationRequest) oldListener {
	return oldListener{r.provider, r.Package.Name, r.UID(), r.State, r.interval}
}

// oldRecord prints an UpdateRecord of Android 5 to 10.
func oldRecord(sdk int, l oldListener) string {
	who := fmt.Sprintf("%s(%d", l.pkg, l.uid)
	if sdk >= 26 {
		who += map[bool]string{true: " foreground", false: " background"}[foreground(l.state)]
	}
	tail := "]"
	if sdk == 29 {
		tail = " null]"
	}
	return fmt.Sprintf("UpdateRecord[%s %s) %s%s", l.provider, who, oldRequest(l.provider, l.interval, sdk), tail)
}

// oldRecords prints the listeners, and the records by provider.
func oldRecords(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	own := oldRecord(sdk, oldListener{provider: "passive", pkg: "android", uid: phone.SystemUID, state: "pers"})
	line := func(record, salt string) {
		tail := "]"
		if sdk == 29 {
			tail = " monitoring location: true]"
		}
		fmt.Fprintf(w, "    Reciever[%s listener %s%s\n", h.Hash("receiver", salt), record, tail)
	}
	fmt.Fprintln(w, "  Location Listeners:")
	line(own, "android")
	for _, r := range activeRequests(h, "") {
		line(oldRecord(sdk, oldListenerOf(r)), r.Package.Name+r.provider)
	}
	fmt.Fprintln(w, "  Active Records by Provider:")
	for _, provider := range []string{"fused", "gps"} {
		active := activeRequests(h, provider)
		if sdk >= 29 && len(active) == 0 {
			continue
		}
		fmt.Fprintf(w, "    %s:\n", provider)
		for _, r := range active {
			fmt.Fprintf(w, "      %s\n", oldRecord(sdk, oldListenerOf(r)))
		}
	}
	fmt.Fprintf(w, "    passive:\n      %s\n", own)
}

// oldStatistics prints LocationRequestStatistics of Android 5 to 10: minutes, and
// from 9 those in the foreground apart.
func oldStatistics(h *phone.Handset, w io.Writer) {
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
	for _, k := range fixKeys(h) {
		s := h.State.History.Fixes[k]
		print(k.Package, k.Provider, intervalOf(k.Provider), s.Total, s.Foreground, now.Sub(s.First), s.Last.After(now))
	}
}

// fixKeys are the keys of the statistics, in the order of their packages.
func fixKeys(h *phone.Handset) []phone.FixKey {
	keys := make([]phone.FixKey, 0, len(h.State.History.Fixes))
	for k := range h.State.History.Fixes {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, compareFixKeys)
	return keys
}

// lastFix is the last location of a provider, or "" without one; the place is
// made up.
func lastFix(h *phone.Handset, provider string) string {
	var last time.Time
	for _, r := range requests(h) {
		if r.provider == provider && r.From.After(last) {
			last = r.From
		}
	}
	if last.IsZero() {
		return ""
	}
	et := phone.FormatDuration(last.Sub(h.BootTime()))
	switch sdk := h.SDK(); {
	case sdk < 26:
		return fmt.Sprintf("Location[%s 12.000000,77.000000 acc=12 et=%s]", provider, et)
	case sdk < 31:
		return fmt.Sprintf("Location[%s 12.000000,77.000000 hAcc=12 et=%s vAcc=??? sAcc=??? bAcc=???]", provider, et)
	}
	return fmt.Sprintf("Location[%s 12.000000,77.000000 hAcc=12.0 et=%s]", provider, et)
}

func lastFixes(h *phone.Handset, w io.Writer) {
	for _, heading := range []string{"Last Known Locations", "Last Known Locations Coarse Intervals"} {
		fmt.Fprintf(w, "  %s:\n", heading)
		for _, provider := range []string{"fused", "gps"} {
			if fix := lastFix(h, provider); fix != "" {
				fmt.Fprintf(w, "    %s: %s\n", provider, fix)
			}
		}
	}
}

// locationOld prints the dump of Android 5 to 9.
func locationOld(h *phone.Handset, w io.Writer) {
	sdk := h.SDK()
	fmt.Fprintln(w, "Current Location Manager state:")
	oldRecords(h, w)
	if sdk == 28 {
		fmt.Fprint(w, "  Active GnssMeasurement Listeners:\n  Active GnssNavigationMessage Listeners:\n")
	}
	if sdk >= 26 {
		fmt.Fprint(w, "  Overlay Provider Packages:\n")
	}
	oldStatistics(h, w)
	lastFixes(h, w)
	fmt.Fprint(w, "  Geofences:\n  Enabled Providers:\n    fused\n    gps\n    passive\n  mWhitelist=[] mBlacklist=[]\n")
	if sdk >= 26 {
		fmt.Fprint(w, "  Throttling Whitelisted Packages:\n    \n")
	}
	fmt.Fprint(w, "  fudger: offset: 820, -60 (meters)\npassive Internal State:\nmReportLocation=true\ngps Internal State:\n")
	if sdk >= 26 {
		fmt.Fprintf(w, "  mStarted=%t\n", len(activeRequests(h, "gps")) > 0)
	}
	fmt.Fprint(w, "  mFixInterval=1000\n")
	if sdk == 28 {
		fmt.Fprint(w, "  mLowPowerMode=false\n  mGnssMeasurementsProvider.isRegistered()=false\n"+
			"  mGnssNavigationMessageProvider.isRegistered()=false\n")
	}
	if sdk >= 24 {
		fmt.Fprint(w, "  mDisableGps (battery saver mode)=false\n")
	}
	fmt.Fprint(w, "  mEngineCapabilities=0x77 ( SCHEDULING MSB MSA ON_DEMAND_TIME GEOFENCING MEASUREMENTS )\n"+
		"fused Internal State (com.android.location.fused):\nREMOTE SERVICE name=fused pkg=com.android.location.fused version=0\n")
}

// location10 prints the dump of Android 10.
func location10(h *phone.Handset, w io.Writer) {
	fmt.Fprintf(w, "Current Location Manager state:\n  Current System Time: %s, Current Elapsed Time: %s\n  Current user: 0 [0]\n"+
		"  Location mode: true\n  Battery Saver Location Mode: NO_CHANGE\n",
		h.Now().Format(monthStamp), phone.FormatDuration(h.Uptime()))
	oldRecords(h, w)
	fmt.Fprint(w, "  Active GnssMeasurement Listeners:\n  Active GnssNavigationMessage Listeners:\n  Active GnssStatus Listeners:\n")
	oldStatistics(h, w)
	lastFixes(h, w)
	fmt.Fprint(w, "  Geofences:\n  mWhitelist=[] mBlacklist=[]\n  fudger: offset: -143, 532 (meters)\n"+
		"  passive provider:\n    useable=true\n    properties=com.android.internal.location.ProviderProperties@8fcd6b0\n report location=true\n"+
		"  gps provider:\n    useable=true\n    properties=com.android.internal.location.ProviderProperties@9313929\n")
	fmt.Fprintf(w, "  mStarted=%t   (changed %s ago)\n  mFixInterval=1000\n"+
		"  mLowPowerMode=false\n", len(activeRequests(h, "gps")) > 0, phone.FormatDuration(sinceFix(h, "gps")))
	fmt.Fprint(w, "  fused provider:\n    useable=true\n    properties=com.android.internal.location.ProviderProperties@81604ae\n"+
		"    service={com.android.location.fused/com.android.location.fused.FusedLocationService}@0\n")
}

// monthStamp is how the location service prints a time from Android 10 on.
const monthStamp = "01-02 15:04:05.000"

// sinceFix is how long ago a provider was last turned on or off.
func sinceFix(h *phone.Handset, provider string) time.Duration {
	now, since := h.Now(), h.Uptime()
	for _, r := range requests(h) {
		if r.provider != provider {
			continue
		}
		at := r.To
		if r.Running(now) {
			at = r.From
		}
		since = min(since, now.Sub(at))
	}
	return since
}
