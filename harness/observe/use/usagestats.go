package use

import (
	"bytes"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// DumpsysUsagestats reads which apps were in use, and how far they may work unseen.
var DumpsysUsagestats = printout.Parser{
	Source: "dumpsys-usagestats",
	Parse:  parseUsageStats,
	Needs: "services/usage com/android/server/usage/UsageStatsService.java dump, UserUsageStatsService.java printIntervalStats and " +
		"printLast24HrEvents, AppIdleHistory.java dumpUser; Android 5 to 16. Times are in the handset's locale before Android 9",
}

// usageDump reads dumpsys usagestats: for each user the events and totals of
// four intervals, then how far each package may work unseen.
type usageDump struct {
	*printout.Lines
	emit  printout.Emit
	names printout.Names

	user     int // -1 before the first
	known    bool
	interval string
	timing   string // timeRange of the interval
	totals   bool   // under packages
}

func parseUsageStats(in printout.Input, emit printout.Emit) error {
	d := &usageDump{Lines: in.Lines, emit: emit, user: -1}
	for d.Next() {
		t := d.Text()
		switch in := printout.Indent(t); {
		case in == len(t):
			d.Skip()
		case in == 0:
			d.margin(t)
		case d.user < 0:
		default:
			d.line(bytes.TrimRight(t[in:], " "), in)
		}
	}
	return nil
}

// usageMargins begin the lines that are not indented: headings, and single properties.
var usageMargins = []string{
	"App Standby States:",
	"App Time Limits",
	"Broadcast response stats",
	"Carrier privileged apps (",
	"CountQuotaTracker:", // services/core com/android/server/utils/quota
	"Settings:",
	"Usage Source=",
	"User ",
	"]",
	"mAdminProtectedPackages",
	"mAllowRestrictedBucket",
	"mAppIdle",
	"mCarrierPrivileged",
	"mElapsedThresholds=",
	"mExpectedBroadcast",
	"mHeadlessSystemApps=",
	"mIsCharging",
	"mPowerWhitelistedApps=",
	"mScreenThresholds=",
	"mStableChargingThresholdMillis=",
	"mSystemPackagesAppIds=",
	"mUsageSource",
}

func (d *usageDump) margin(t []byte) {
	if user, ok := bytes.CutPrefix(t, []byte("user=")); ok {
		if n, ok := printout.Number(bytes.TrimRight(user, " ")); ok {
			d.user, d.known = n, true
			d.enter("")
			d.Read()
			return
		}
	}
	d.known = d.user >= 0 && printout.HasAnyPrefix(t, usageMargins)
	if d.known {
		d.enter("")
		d.Skip()
		return
	}
	d.Settle()
}

func (d *usageDump) enter(interval string) {
	d.interval, d.timing, d.totals = interval, "", false
}

// usageHeadings are the headings below a user, and below the later parts of the dump. Only
// those of their lines are of interest that line knows.
var usageHeadings = []string{
	"App Standby States:",
	"App Time Limits",
	"Broadcast response stats",
	"Package idle stats:",
	"UsageStatsDatabase:",
	"User ",
}

// usageGroups are the headings within an interval.
var usageGroups = []string{"ChooserCounts", "configurations", "event aggregations", "events", "packages"}

// line reads a line that is indented.
func (d *usageDump) line(t []byte, in int) {
	switch {
	case bytes.HasPrefix(t, []byte("time=")):
		d.event(t)
	case bytes.HasPrefix(t, []byte("package=")):
		d.ofPackage(t)
	case bytes.HasPrefix(t, []byte("In-memory ")):
		name, _ := printout.Word(t[len("In-memory "):])
		d.enter(d.names.Of(name))
		d.known = true
		d.Skip()
	case bytes.HasPrefix(t, []byte("Last 24 hour events (")):
		d.enter("last 24 hours")
		d.known = true
		d.Skip()
	case in == 2 && bytes.HasPrefix(t, []byte("timeRange=")):
		if v, ok := printout.QuotedValue(t, "timeRange"); ok {
			d.timing = string(v)
			d.Read()
		}
	case in == 4 && d.interval != "" && printout.HasAnyPrefix(t, usageGroups):
		d.totals = string(t) == "packages"
		d.Skip()
	case in == 2 && printout.HasAnyPrefix(t, usageHeadings):
		d.enter("")
		d.known = true
		d.Skip()
	case d.known && !d.totals:
		d.Skip() // configurations, counts of the screen's states, files, settings
	}
}

// event reads
//
//	time="2025-12-09 15:54:59" type=ACTIVITY_RESUMED package=com.example class=… flags=0x0
func (d *usageDump) event(t []byte) {
	when, timed := printout.QuotedValue(t, "time")
	kind, typed := printout.QuotedValue(t, "type")
	pkg, named := printout.QuotedValue(t, "package")
	if !timed || !typed || !named {
		return
	}
	e := fact.UsageEvent{
		User: d.user, Interval: d.interval, Time: string(when),
		Type: d.names.Of(kind), Package: android.Package(d.names.Of(pkg)),
		Class: d.word(t, "class"), Reason: d.word(t, "reason"), Channel: d.word(t, "channelId"), Shortcut: d.word(t, "shortcutId"),
		RootPackage: android.Package(d.word(t, "taskRootPackage")),
	}
	if v, ok := printout.QuotedValue(t, "standbyBucket"); ok {
		e.Bucket, _ = printout.Number(v)
	}
	d.Read()
	d.emit(e, d.Span())
}

// word gives an attribute, or "" where the line has none.
func (d *usageDump) word(t []byte, key string) string {
	v, _ := printout.QuotedValue(t, key)
	return d.names.Of(v)
}

// ofPackage reads a line that begins with package=: the total of an interval, the standby
// bucket of a package, or what its user shared with it.
func (d *usageDump) ofPackage(t []byte) {
	pkg := android.Package(d.word(t, "package"))
	_, isTotal := printout.AfterKey(t, "totalTime")
	_, isUsed := printout.AfterKey(t, "totalTimeUsed")
	_, hasBucket := printout.AfterKey(t, "bucket")
	_, hasIdle := printout.AfterKey(t, "lastUsedElapsed")
	switch {
	case d.totals && (isTotal || isUsed):
		d.total(t, pkg)
	case hasBucket || hasIdle:
		d.standby(t, pkg)
	case d.known && !d.totals:
		d.Skip() // ChooserCounts
	}
}

func (d *usageDump) total(t []byte, pkg android.Package) {
	u := fact.UsageTotal{
		User: d.user, Interval: d.interval, Range: d.timing, Package: pkg,
		Used: d.word(t, "totalTimeUsed"), Last: d.word(t, "lastTimeUsed"),
		Visible: d.word(t, "totalTimeVisible"), Service: d.word(t, "totalTimeFS"), Launches: -1,
	}
	if u.Used == "" {
		u.Used, u.Last = d.word(t, "totalTime"), d.word(t, "lastTime")
	}
	if v, ok := printout.QuotedValue(t, "appLaunchCount"); ok {
		u.Launches, _ = printout.Number(v)
	}
	if u.Used == "" || pkg == "" {
		return
	}
	d.Read()
	d.emit(u, d.Span())
}

// standby reads the standby bucket of a package. From Android 11 each line names its user.
func (d *usageDump) standby(t []byte, pkg android.Package) {
	s := fact.Standby{User: d.user, Package: pkg, Reason: d.word(t, "reason"), Idle: d.word(t, "idle") == "y", Used: d.word(t, "used")}
	if s.Used == "" {
		s.Used = d.word(t, "lastUsedElapsed")
	}
	if v, ok := printout.QuotedValue(t, "u"); ok {
		s.User, _ = printout.Number(v)
	}
	if v, ok := printout.QuotedValue(t, "bucket"); ok {
		s.Bucket, _ = printout.Number(v)
	}
	if pkg == "" {
		return
	}
	d.Read()
	d.emit(s, d.Span())
}
