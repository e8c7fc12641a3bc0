package collect

import (
	"bytes"
	"slices"
)

// All is every collector, by name. Commands and releases: see the AOSP file that
// each parser of the same name cites.
var All = []Collector{
	capabilities, caStore, deviceConfig, discreteOps, dumpsysAccessibility, dumpsysAccount, dumpsysActivityBroadcasts,
	dumpsysActivityServices, dumpsysAlarm, dumpsysAppOps, dumpsysAudio, battery, dumpsysConnectivity,
	dumpsysDevicePolicy, dumpsysDeviceidle, dumpsysJobscheduler, dumpsysLocation, dumpsysMediaCamera, dumpsysPackage,
	dumpsysPackageCheckin, dumpsysRole, sensorPrivacy, dumpsysSensorservice, dumpsysUsagestats, exportedComponents, getprop, identifiers,
	logcat, logcatBinary, logcatStatistics, manifestReceivers, netstats, packageDetail, permissionList, permissionXML, pmListPackages,
	privappPermissions, procNet, ps, qtaguid, roleHolders, screenshot, settings, transparency, uiHierarchy,
}

// Names lists the collectors that scenarios may name.
func Names() []string {
	names := make([]string, 0, len(All))
	for _, c := range All {
		names = append(names, c.Name)
	}
	return names
}

// Probes says whether a source is a capability probe.
func Probes(source string) bool {
	return slices.ContainsFunc(All, func(c Collector) bool { return c.Name == source && c.When&Probe != 0 })
}

// At gives the collectors that are asked of an SDK at a moment, in the order of
// All. Where only names some, the others are left out; the probe and the baseline
// are never thinned.
func At(when When, sdk int, only []string) []Collector {
	var at []Collector
	for _, c := range All {
		if c.When&when != 0 && c.Serves(sdk) && (len(only) == 0 || when&(Probe|Baseline) != 0 || slices.Contains(only, c.Name)) {
			at = append(at, c)
		}
	}
	return at
}

// endsWithNewline is what every print-out of Android ends with; one that does
// not was cut off.
func endsWithNewline(_, tail []byte) string {
	if !bytes.HasSuffix(tail, []byte("\n")) {
		return "the last line has no end"
	}
	return ""
}
