package observe

import (
	"strings"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// scripted is the last line of each print-out of a script of the harness's own.
var scripted = []printout.Sign{{Starts: []string{string(printout.EndLine)}, What: `the line "@@ end"`}}

// heading is a sign that begins at the margin.
func heading(text string) printout.Sign {
	return printout.Sign{Starts: []string{text}, What: "the heading \"" + text + "\""}
}

// leasts says for every source what a whole print-out shows at the least, by the AOSP files that
// its parser names. A test reads real print-outs of Android 5 to 16: each that is whole shows it.
var leasts = map[string]printout.Least{
	"androidqf-acquisition": {
		Signs: []printout.Sign{{Fact: anyFact, What: "when it was started"}},
		Ends:  []printout.Sign{{Starts: []string{"}"}, What: "the end of the record"}},
	},
	"androidqf-packages": {
		Signs: []printout.Sign{{Fact: anyFact, What: "a package"}},
		Ends:  []printout.Sign{{Starts: []string{"]"}, What: "the end of the list"}},
	},
	"androidqf-processes": {
		Signs: []printout.Sign{{Fact: anyFact, What: "a process"}},
		Ends:  []printout.Sign{{Starts: []string{"]"}, What: "the end of the list"}},
	},
	"build-prop": {Signs: []printout.Sign{{Fact: anyFact, What: "a property"}}},
	"ca-store": {
		Signs:  []printout.Sign{heading("@@ dir /system/etc/security/cacerts"), {Fact: anyFact, What: "a certificate"}},
		Ends:   scripted,
		Headed: true,
		Marked: true,
	},
	"capabilities": {
		Signs: []printout.Sign{
			{Fact: offers("package"), What: "the service package"},
			{Fact: offers("activity"), What: "the service activity"},
		},
		Ends:   scripted,
		Headed: true,
	},
	"device-config": {Signs: []printout.Sign{heading("@@ namespace privacy")}, Ends: scripted, Marked: true},
	"discrete-ops": {
		Signs: []printout.Sign{
			heading("Current AppOps Service state:"),
			{From: 31, Starts: []string{"Discrete accesses:"}, What: "the heading \"Discrete accesses:\""},
		},
	},
	"dumpstate": {
		Signs: []printout.Sign{{Fact: anyFact, What: "when the report was begun"}},
		Ends:  []printout.Sign{{From: 24, Starts: []string{"Dumpstate info: "}, What: "dumpstate's own line"}},
	},
	"dumpsys-accessibility": {
		Signs: []printout.Sign{
			heading("ACCESSIBILITY MANAGER (dumpsys accessibility)"),
			{Starts: []string{"User state[", "  User state["}, What: "the state of a user"},
		},
	},
	"dumpsys-account": {
		Signs:  []printout.Sign{{Starts: []string{"User UserInfo{0"}, What: "the first user"}},
		Ends:   scripted,
		Marked: true,
	},
	"dumpsys-activity-broadcast-state": {
		Signs: []printout.Sign{
			heading("ACTIVITY MANAGER BROADCAST STATE"),
			{Starts: []string{"  Sticky broadcasts for user "}, What: "the sticky broadcasts"},
		},
	},
	"dumpsys-activity-services": {
		Signs: []printout.Sign{
			heading("ACTIVITY MANAGER SERVICES"),
			{Starts: []string{"  User ", "  Last ANR service", "  (nothing)"}, What: "a list of services"},
		},
	},
	"dumpsys-alarm": {
		Signs: []printout.Sign{
			heading("Current Alarm Manager state:"),
			{Holds: "nowRTC=", What: "its own time (nowRTC)"},
			{Fact: anyFact, What: "an alarm"},
		},
	},
	// The system's own UIDs have ops on every handset. Android 8 puts an empty line
	// behind the last UID.
	"dumpsys-appops": {
		Signs: []printout.Sign{
			heading("Current AppOps Service state:"),
			{Starts: []string{"  Uid 0:", "  Uid 1000:", "  Uid 2000:"}, What: "a UID of the system"},
		},
		Ends: []printout.Sign{{From: 27, Blank: true, Behind: "  Uid ", What: "the empty line behind the last UID"}},
	},
	"dumpsys-audio": {
		Signs: []printout.Sign{{Holds: "RecordActivityMonitor dump time: ", What: "the heading of the recorders"}},
	},
	"dumpsys-battery": {
		Signs: []printout.Sign{heading("Current Battery Service state:"), {Holds: "level: ", What: "the battery's level"}},
		Ends:  []printout.Sign{{Holds: "technology: ", What: "the battery's technology"}},
	},
	"dumpsys-connectivity": {Signs: []printout.Sign{heading("Active default network:"), heading("Current Networks:")}},
	"dumpsys-device-policy": {
		Signs: []printout.Sign{
			heading("Current Device Policy Manager state:"),
			{Starts: []string{"  Enabled Device Admins"}, What: "the heading of device admins"},
		},
	},
	"dumpsys-deviceidle": {
		Signs: []printout.Sign{{Fact: anyFact, What: "an app that battery saving spares"}},
		Ends:  []printout.Sign{{Holds: "mInactiveTimeout=", What: "the time of inactivity"}},
	},
	"dumpsys-jobscheduler": {
		Signs: []printout.Sign{{Starts: []string{"Registered ", "Started users: "}, What: "the heading of the jobs"}},
		Ends: []printout.Sign{
			{Holds: "mReadyToRock=", What: "the scheduler's state"},
			{Holds: "PersistStats: ", What: "the statistics of what is kept"},
		},
	},
	"dumpsys-location": {
		Signs: []printout.Sign{
			{Starts: []string{"Current Location Manager state:", "Location Manager State:"}, What: "its heading"},
			{Holds: "passive", What: "the passive provider"},
		},
	},
	"dumpsys-media-camera": {
		Signs: []printout.Sign{
			{From: 26, Starts: []string{"== Service global info"}, What: "the heading of the service"},
			{Holds: "umber of camera devices: ", What: "how many cameras there are"},
		},
		Ends: []printout.Sign{
			{From: 23, Starts: []string{"Camera traces (", "== Camera error traces ("}, What: "the camera's traces"},
		},
	},
	// Every image has the package android; its settings are printed behind the
	// packages and the shared users on every release.
	"dumpsys-package": {
		Signs: []printout.Sign{
			heading("Packages:"),
			heading("Shared users:"),
			{Fact: packageBlock("android"), What: "the package android"},
		},
		Ends: []printout.Sign{
			{
				Behind: "Shared users:",
				Starts: []string{
					"Package Changes:", "Active install sessions:", "Frozen packages:", "Dexopt state:", "Compiler stats:",
					"Settings parse messages:", "Package warning messages:",
				},
				What: "what follows the shared users",
			},
		},
	},
	"dumpsys-package-checkin": {
		Signs: []printout.Sign{heading("vers,1"), {Starts: []string{"pkg,android,"}, What: "the package android"}},
		Ends:  []printout.Sign{{Behind: "pkg,android,", Starts: []string{"suid,"}, What: "the shared users"}},
	},
	"dumpsys-role": {
		Signs: []printout.Sign{{Starts: []string{"ROLE STATE (", "ROLE MANAGER STATE ("}, What: "its heading"}},
		Ends:  []printout.Sign{{Starts: []string{"}"}, What: "its closing brace"}},
	},
	"dumpsys-sensor-privacy": {
		Signs: []printout.Sign{heading("SENSOR PRIVACY MANAGER STATE (")},
		Ends:  []printout.Sign{{Starts: []string{"}"}, What: "its closing brace"}},
	},
	"dumpsys-sensorservice": {
		Signs: []printout.Sign{
			{Starts: []string{"Sensor List:", "No Sensors on the device"}, What: "the list of sensors"},
			{To: 23, Holds: " active connections", What: "who listens to them"},
		},
		Ends: []printout.Sign{
			{From: 24, Starts: []string{"Previous Registrations:", "devInitCheck"}, What: "the earlier registrations"},
		},
	},
	"dumpsys-usagestats": {Signs: []printout.Sign{heading("user=0"), {Fact: anyFact, What: "a use"}}},
	"exported-components": {
		Signs: []printout.Sign{
			heading("@@ activities -a android.intent.action.MAIN"),
			{Fact: anyFact, What: "an app's activity"},
		},
		Ends:   scripted,
		Headed: true,
		Marked: true,
	},
	// getprop sorts by key: one behind ro. shows that all of ro. is there.
	"getprop": {
		Signs: []printout.Sign{{Fact: buildProperty, What: "a property of the build"}},
		Ends:  []printout.Sign{{Behind: "[ro.", Fact: behindRO, What: "a property that sorts behind ro."}},
	},
	"hubble-packages": {
		Signs: []printout.Sign{{Fact: anyFact, What: "a package"}},
		Ends:  []printout.Sign{{Starts: []string{"}", "]"}, What: "the end of the list"}},
	},
	"identifiers": {
		Signs: []printout.Sign{
			{Fact: identifier("serial"), What: "the serial"},
			{Fact: identifier("android_id"), What: "the Android ID"},
		},
		Ends:   scripted,
		Headed: true,
		Marked: true,
	},
	"logcat":        {Signs: []printout.Sign{{Fact: anyFact, What: "an entry"}}},
	"logcat-binary": {Quiet: "of entries whose text is empty there may be none"},
	"logcat-statistics": {
		Signs: []printout.Sign{
			heading("@@ sizes"),
			heading("@@ statistics"),
			{Fact: statistic, What: "what was written to a buffer"},
		},
		Ends:   scripted,
		Marked: true,
	},
	"manifest-receivers": {
		Signs: []printout.Sign{
			heading("@@ action android.intent.action.BOOT_COMPLETED"),
			{Fact: anyFact, What: "a receiver"},
		},
		Ends:   scripted,
		Headed: true,
		Marked: true,
	},
	"netstats": {
		Signs: []printout.Sign{
			heading("Active interfaces:"),
			{Starts: []string{"Dev stats:", "Xt stats:"}, What: "the counters of interfaces"},
			{From: 34, Holds: "mAppUidStatsMap", What: "the live counters of UIDs"},
		},
	},
	"package-detail": {
		Signs:  []printout.Sign{{Fact: anyFact, What: "a package"}},
		Ends:   scripted,
		Headed: true,
		Marked: true,
	},
	"permission-list": {
		Signs: []printout.Sign{
			heading("All Permissions:"),
			{Fact: defines("android.permission.INTERNET"), What: "the permission INTERNET"},
		},
		Ends: []printout.Sign{
			{Behind: "All Permissions:", Starts: []string{"ungrouped:", "+ ungrouped:"}, What: "what has no group"},
		},
	},
	"permission-xml":      {Signs: []printout.Sign{heading("@@ file /system/etc/permissions/")}, Ends: scripted},
	"pm-list-packages":    {Signs: []printout.Sign{{Fact: listed("android"), What: "the package android"}}},
	"privapp-permissions": {Signs: []printout.Sign{heading("@@ package ")}, Ends: scripted, Headed: true, Marked: true},
	"proc-net":            {Signs: []printout.Sign{{Holds: "local_address", What: "the heading of a table"}}, Headed: true},
	// toybox without -A lists the caller's own (toys/posix/ps.c match_process), and a
	// shell that may not read /proc sees no others: root's own have process 1 and not
	// the system's.
	"ps": {
		Signs: []printout.Sign{{Fact: firstProcess, What: "process 1"}, {Fact: ofSystem, What: "a process of the system's UID"}},
	},
	"qtaguid": {Signs: []printout.Sign{heading("idx iface acct_tag_hex"), {Fact: anyFact, What: "a counter"}}},
	"role-holders": {
		Signs:  []printout.Sign{heading("@@ role android.app.role.")},
		Ends:   scripted,
		Headed: true,
		Marked: true,
	},
	"screenshot":   {Signs: []printout.Sign{{Fact: anyFact, What: "a picture"}}},
	"settings":     {Signs: []printout.Sign{{Fact: anyFact, What: "a setting"}}},
	"steps":        {Quiet: "a scenario may have none"},
	"transparency": {Signs: []printout.Sign{heading("MBA Info [Format: "), {Fact: anyFact, What: "an app"}}},
	"ui-hierarchy": {
		Signs: []printout.Sign{{Holds: "<hierarchy", What: "a hierarchy of views"}},
		Ends:  []printout.Sign{{Holds: "</hierarchy>", What: "the end of the hierarchy"}},
	},
}

// anyFact is true of the first fact there is.
func anyFact(fact.Fact) bool { return true }

func offers(name string) func(fact.Fact) bool {
	return func(f fact.Fact) bool {
		c, ok := f.(fact.Capability)
		return ok && c.Type == "service" && c.Name == name
	}
}

func packageBlock(name android.Package) func(fact.Fact) bool {
	return func(f fact.Fact) bool {
		i, ok := f.(*fact.Install)
		return ok && i.Package == name
	}
}

func listed(name android.Package) func(fact.Fact) bool {
	return func(f fact.Fact) bool {
		l, ok := f.(fact.Listed)
		return ok && l.Package == name
	}
}

func identifier(kind string) func(fact.Fact) bool {
	return func(f fact.Fact) bool {
		i, ok := f.(fact.Identifier)
		return ok && i.Type == kind
	}
}

func defines(name android.Permission) func(fact.Fact) bool {
	return func(f fact.Fact) bool {
		switch d := f.(type) {
		case *fact.PermissionDefinition:
			return d.Name == name
		case fact.PermissionDefinition:
			return d.Name == name
		}
		return false
	}
}

func buildProperty(f fact.Fact) bool {
	p, ok := f.(fact.Property)
	return ok && strings.HasPrefix(p.Key, "ro.build.") && p.Value != ""
}

func behindRO(f fact.Fact) bool {
	p, ok := f.(fact.Property)
	return ok && p.Key > "ro/"
}

func statistic(f fact.Fact) bool {
	s, ok := f.(fact.LogStatistic)
	return ok && s.Of == "total"
}

func firstProcess(f fact.Fact) bool {
	p, ok := f.(fact.Process)
	return ok && p.PID == 1
}

func ofSystem(f fact.Fact) bool {
	p, ok := f.(fact.Process)
	return ok && p.UID == android.System
}
