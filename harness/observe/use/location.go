package use

import (
	"bytes"
	"strings"

	"assay/harness/observe/printout"
)

// DumpsysLocation reads who asks for the handset's place, and who did.
var DumpsysLocation = printout.Parser{
	Source: "dumpsys-location",
	Parse:  parseLocation,
	Needs: "services/core com/android/server/LocationManagerService.java and location/LocationRequestStatistics.java, Android 5 to 11; " +
		"location/LocationManagerService.java, provider/LocationProviderManager.java, eventlog/LocationEventLog.java, " +
		"listeners/ListenerMultiplexer.java, 12 to 16; read from print-outs of 2.3, 7, 8, 9, 10, 13 and 14, the rest from source only",
}

// locationDump reads dumpsys location.
type locationDump struct {
	*printout.Lines
	emit     printout.Emit
	names    printout.Names
	inside   bool   // behind the service's heading
	section  string // the heading indented by two that the line stands under
	provider string // the heading below it
	clients  bool   // under listeners:
	pids     bool   // clients are named by PID, not by UID: Android 11
}

func parseLocation(in printout.Input, emit printout.Emit) error {
	d := &locationDump{Lines: in.Lines, emit: in.Lines.UnlessDoubtful(emit)}
	for d.Next() {
		t := bytes.TrimRight(d.Text(), " ")
		switch in := printout.Indent(t); {
		case in == len(t):
			d.Skip()
		case in < 2:
			d.margin(t[in:])
		case !d.inside:
			if string(t[in:]) == "---" || string(t[in:]) == "REQUESTED" {
				d.Skip()
			}
		case in == 2:
			d.heading(t[in:])
		default:
			d.line(in, t[in:])
		}
	}
	return nil
}

// fusion begins the lines that com.android.location.fused of Android 9 and older prints itself
// (FusionEngine.dump), anywhere in the dump.
var fusion = []string{"mEnabled=", "fused=", "gps Location[", "gps null", "net Location[", "net null"}

// margin reads a line that is not indented. Up to Android 10 providers print whatever they like
// there, after the service's own lines.
func (d *locationDump) margin(t []byte) {
	switch {
	case bytes.Equal(t, []byte("Current Location Manager state:")), bytes.Equal(t, []byte("Location Manager State:")),
		bytes.HasPrefix(t, []byte("Location Manager State:Elapsed Realtime: ")):
		d.inside, d.section = true, ""
		d.Trust()
		d.Read()
	case printout.HasAnyPrefix(t, fusion):
		d.Skip()
	case printout.IsFraming(t):
		d.inside = false
		d.Skip()
	case d.Refused():
	case d.inside:
		if d.MarkStray(); d.Stray() == printout.Title || !locationSections[d.section] {
			d.internals()
		}
		d.Skip()
	}
}

// internals begins what a provider says of itself. If a section is not yet at its end, the line
// may instead be the heading of a later release: then what follows is doubtful.
func (d *locationDump) internals() {
	if locationSections[d.section] {
		d.Doubt()
		return
	}
	d.Trust()
	d.section = locationInternals
}

const locationInternals = "Internal State"

// locationSections are the known headings. It is true of those whose lines are read, and false
// of those without interest: settings, last positions, what providers say of themselves.
var locationSections = map[string]bool{
	"Active GnssMeasurement Listeners:":       true,
	"Active GnssNavigationMessage Listeners:": true,
	"Active GnssStatus Listeners:":            true,
	"Active Records by Provider:":             true,
	"Event Log:":                              true,
	"GNSS Manager:":                           true,
	"GNSS:":                                   true,
	"Geofence Manager:":                       true,
	"Geofences:":                              true,
	"Historical Aggregate Gnss Measurement Provider Data:": true,
	"Historical Aggregate Location Provider Data:":         true,
	"Historical Records by Provider:":                      true,
	"Last Several Location Requests:":                      true,
	"Location Listeners:":                                  true,
	"Location Providers:":                                  true,

	"Enabled Providers:":                     false,
	"Last Known Locations Coarse Intervals:": false,
	"Last Known Locations:":                  false,
	"Listeners:":                             false,
	"Location Settings:":                     false,
	"Overlay Provider Packages:":             false,
	"Records by Provider:":                   false,
	"Throttling Whitelisted Packages:":       false,
	"User Info:":                             false,
}

// locationValues begin the service's own lines that are no headings.
var locationValues = []string{
	"Battery Saver Location Mode:", "Bypass Whitelisted Packages:", "Current System Time:", "Current user:", "Elapsed Realtime:",
	"Location Controller Extra Package:", "Location mode:", "fudger:", "mBlacklist=", "mEnabled=", "mProximityListener=",
	"mProximityReceiver=", "mWhitelist=", "sProvidersLoaded=",
}

// heading reads a line that is indented by two.
func (d *locationDump) heading(t []byte) {
	_, known := locationSections[string(t)]
	if !known && d.StrayBefore() != printout.NoStray {
		d.internals()
	}
	if !known && (d.section == locationInternals || d.Doubtful()) {
		d.Skip()
		return
	}
	d.provider, d.clients = "", false
	d.Trust()
	if known {
		d.section = d.names.Of(t)
		d.pids = d.pids || bytes.Equal(t, []byte("GNSS:"))
		d.Read()
		return
	}
	switch {
	case bytes.HasSuffix(t, []byte(" provider:")): // Android 10's providers, behind the service's own sections
		d.section = locationInternals
		d.Skip()
	case printout.HasAnyPrefix(t, locationValues):
		d.section = locationValue
		d.Skip()
	default:
		d.section = ""
	}
}

const locationValue = "value"

// line reads a line under a heading.
func (d *locationDump) line(in int, t []byte) {
	d.inSection(in, t)
	switch {
	case d.Doubtful():
		d.SettleDoubtful()
	case d.StrayBefore() != printout.NoStray && d.Unread() && d.section != "":
		d.internals()
		d.Skip()
	}
}

func (d *locationDump) inSection(in int, t []byte) {
	switch d.section {
	case "":
	case "Location Listeners:": // each of them stands under Active Records too
		if bytes.HasPrefix(t, []byte("Reciever[")) || bytes.HasPrefix(t, []byte("Receiver{")) || in > 4 {
			d.Skip()
		}
	case "Active Records by Provider:":
		d.activeRecord(in, t)
	case "Historical Records by Provider:":
		d.historical(t)
	case "Last Several Location Requests:":
		d.lastRequest(t)
	case "Location Providers:":
		d.providerLine(in, t)
	case "GNSS Manager:", "GNSS:", "Geofence Manager:":
		d.listener(in, t)
	case "Active GnssMeasurement Listeners:", "Active GnssNavigationMessage Listeners:", "Active GnssStatus Listeners:":
		d.gnssClient(t)
	case "Geofences:":
		d.geofence(t)
	case "Historical Aggregate Location Provider Data:":
		d.aggregate(in, t)
	case "Historical Aggregate Gnss Measurement Provider Data:":
		d.measurements(t)
	case "Event Log:":
		d.event(t)
	default:
		d.Skip()
	}
}

// gnssProviders gives names to GnssManagerService's listeners, by the headings of their
// sections: those of Android 9 to 11, and those from 12 on.
var gnssProviders = map[string]string{
	"Active GnssMeasurement Listeners:":       "gnss measurements",
	"Active GnssNavigationMessage Listeners:": "gnss navigation message",
	"Active GnssStatus Listeners:":            "gnss status",
	"Antenna Info Provider:":                  "gnss antenna info",
	"GnssMeasurement Listeners:":              "gnss measurements",
	"GnssNavigationMessage Listeners:":        "gnss navigation message",
	"GnssStatus Listeners:":                   "gnss status",
	"Measurements Provider:":                  "gnss measurements",
	"NMEA Provider:":                          "gnss nmea",
	"Navigation Message Provider:":            "gnss navigation message",
	"Status Provider:":                        "gnss status",
}

func gnssProvider(heading string) string {
	if name, ok := gnssProviders[heading]; ok {
		return name
	}
	return "gnss " + strings.ToLower(strings.TrimSuffix(heading, ":"))
}
