package collect

// manifestReceivers asks whom the system starts for a broadcast that tells of the
// owner or of the boot, by their manifests, and who may send it to them besides:
// services/core
// PackageManagerShellCommand.runQueryIntentReceivers, from Android 7. Broadcasts
// of the boot itself are gone from the system's memory when a run begins.
var manifestReceivers = Collector{
	Name:  "manifest-receivers",
	When:  Baseline,
	Needs: []Need{{"service", "package"}, {"command", "cmd"}},
	Forms: []Form{{From: 24, Script: `for a in android.intent.action.BOOT_COMPLETED android.intent.action.LOCKED_BOOT_COMPLETED ` +
		`android.intent.action.NEW_OUTGOING_CALL android.intent.action.PHONE_STATE android.provider.Telephony.SMS_RECEIVED; do ` +
		`echo "@@ action $a"; cmd package query-receivers --user 0 -a "$a"; done; echo "@@ end"`}},
	Whole: endsWithNewline,
}
