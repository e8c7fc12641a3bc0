package reports

import (
	"time"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

const virtualNotice = "virtual: the specimens' behaviour is invented"

// hostile holds what an app's name or a log tag may: colours, a cursor move, a
// bidi override, an invisible character, line ends, bytes that are not UTF-8.
const hostile = "evil\x1b[31m\x1b[2J\u202egnp.exe\u200b|`<script>alert(1)</script>\r\n\x9b\xff"

var (
	moto1 = handset("ZY22A", "Motorola", "moto e22", "12")
	moto2 = handset("ZY22B", "Motorola", "moto e22", "12")
	nokia = handset("N1", "HMD", "Nokia 2.4", "11")
	honor = handset("H1", "Honor", "X8", "13")
)

func handset(serial, brand, model, release string) android.Handset {
	return android.Handset{Serial: android.Serial(serial), Brand: brand, Manufacturer: brand, Model: model, Device: model,
		Build: android.Build{Fingerprint: brand + "/" + model + ":user/release-keys", SDK: 31, Release: release}}
}

func ref(bundle, file string, line int, offset, length int64) evidence.Ref {
	return evidence.Ref{Bundle: bundle, File: file, Span: evidence.Span{Line: line, Offset: offset, Length: length}}
}

// sampleRules are claims of the sample alone, so that the goldens do not
// change when a rule is added.
var sampleRules = []finding.Rule{
	{ID: "no-access-after-consent-is-refused", Title: "An app whose owner refuses consent does not use what was refused"},
	{ID: "no-background-location", Title: "No preinstalled app reads location in the background"},
	{ID: "no-camera-or-microphone-without-the-user", Title: "No app uses camera or microphone unless it is on screen"},
	{ID: "no-clear-text-traffic", Title: "No app talks to the network in clear text"},
	{ID: "no-identifier-in-the-log", Title: "No app writes an identifier of the handset to the log"},
	{ID: "no-sensitive-grant-unseen-by-the-user", Title: "No app holds a sensitive permission that the user was never asked for"},
	{ID: "preinstalled-app-can-be-disabled", Title: "The user can disable each preinstalled app"},
	{ID: "release-keys", Title: "The image is signed with release keys"},
	{ID: "security-patch-is-recent", Title: "The security patch level is at most 180 days old"},
	{ID: "verified-boot-is-green", Title: "Verified boot found the image to be the maker's"},
}

func flagged(n int, unknown ...string) finding.Cell {
	return finding.Cell{Verdict: finding.Flagged, Flagged: n, Worst: finding.High, Unknown: unknown,
		Grounds: []evidence.Ref{ref("m1.camera.1", "after.dumpsys-appops.txt", 12, 340, 58)}}
}

func answered(v finding.Verdict, why ...string) finding.Cell {
	return finding.Cell{Verdict: v, Unknown: why, Grounds: []evidence.Ref{ref("m1.baseline.1", "before.getprop.txt", 0, 0, 9000)}}
}

func toKnow(c finding.Cell, do ...string) finding.Cell {
	c.ToKnow = do
	return c
}

// sample is a judgement with every kind of verdict, virtual and real handsets,
// two of one model, a handset that was missing, and hostile text. Its rows stand
// in no order.
func sample() finding.Judgement {
	denied := "dumpsys-appops: denied (Permission Denial: can't dump appops)"
	return finding.Judgement{
		Run:   "night-1",
		Taken: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		Tool:  "assay test",
		Models: []finding.Model{
			{Brand: "Motorola", Model: "moto e22", Release: "12", Notice: virtualNotice, Handsets: []android.Handset{moto2, moto1}, Cells: map[string]finding.Cell{
				"no-access-after-consent-is-refused":       flagged(2, denied),
				"no-background-location":                   flagged(11),
				"no-camera-or-microphone-without-the-user": toKnow(answered(finding.Unknown, denied), "ask again with the handset unlocked"),
				"no-clear-text-traffic":                    answered(finding.Clear),
				"no-identifier-in-the-log":                 flagged(1),
				"no-sensitive-grant-unseen-by-the-user":    answered(finding.Clear),
				"preinstalled-app-can-be-disabled":         answered(finding.Unknown, denied),
				"release-keys":                             answered(finding.Clear),
				"security-patch-is-recent":                 answered(finding.Unknown, "getprop: ro.build.version.security_patch is not printed"),
				"verified-boot-is-green":                   answered(finding.NotApplicable),
			}},
			{Brand: "HMD", Model: "Nokia 2.4", Release: "11", Handsets: []android.Handset{nokia}, Cells: map[string]finding.Cell{
				"no-access-after-consent-is-refused":       answered(finding.NotApplicable),
				"no-background-location":                   answered(finding.Clear),
				"no-camera-or-microphone-without-the-user": answered(finding.Clear),
				"no-clear-text-traffic":                    flagged(1),
				"no-identifier-in-the-log":                 answered(finding.Unknown, hostile),
				"no-sensitive-grant-unseen-by-the-user":    flagged(3, "a", "b"),
				"preinstalled-app-can-be-disabled":         answered(finding.Clear),
				"release-keys":                             answered(finding.Clear),
				"security-patch-is-recent":                 answered(finding.Clear),
			}},
			{Brand: "lava", Model: hostile, Release: "8.1.0", Notice: "virtual: played by \x1b[5massay", Cells: map[string]finding.Cell{}},
		},
		Jobs: []finding.Job{
			{Handset: nokia, Scenario: "camera", Repeat: 1, Attempt: 1, Bundle: "n1.camera.1", Outcome: evidence.Outcome{State: evidence.Finished},
				Changes: []string{"revoked CAMERA of com.example.cam", "screen kept on"}, NotUndone: []string{"screen kept on"}, Dialogs: []finding.Dialog{
					{Dialog: fact.Dialog{Name: "update", Window: "com.hmd.ota/com.hmd.ota.Ask", Package: "com.hmd.ota", Answer: "back"}, Step: "wait: 5s",
						Refs: []evidence.Ref{ref("n1.camera.1", "captures/0003-steps.during.txt", 2, 300, 290), ref("n1.camera.1", "captures/0009-screenshot.during.png", 1, 0, 40000)}},
					{Dialog: fact.Dialog{Name: "permission", Window: hostile, Package: hostile, Answer: "leave", Declared: true}, Step: hostile},
				}},
			{Handset: moto1, Scenario: "camera", Repeat: 2, Attempt: 3, Outcome: unplugged},
			{Handset: moto1, Scenario: "browser", Repeat: 1, Attempt: 3, Outcome: unplugged},
			{Handset: moto2, Scenario: "browser", Repeat: 1, Attempt: 1, Outcome: evidence.Outcome{State: evidence.NotApplicable, Cause: "no app has the role browser"}},
		},
		Findings: []finding.Finding{
			{ID: "F0000000003", Rule: "release-keys", Handset: nokia, Scenario: "baseline", Repeat: 1, Verdict: finding.Clear, Detail: "signed with release-keys.", Grounds: []evidence.Ref{ref("n1.baseline.1", "before.getprop.txt", 4, 88, 31)}},
			{ID: "F0000000001", Rule: "no-background-location", Handset: moto1, Scenario: "idle", Repeat: 1, Package: "specimen.weather", Verdict: finding.Flagged, Severity: finding.High, Detail: "specimen.weather read location in the background.", Grounds: []evidence.Ref{ref("m1.idle.1", "after.dumpsys-appops.txt", 12, 340, 58), ref("m1.idle.1", "after.dumpsys-appops.txt", 14, 460, 40)}},
			{ID: "F0000000002", Rule: "no-background-location", Handset: moto2, Scenario: "idle", Repeat: 2, Verdict: finding.Unknown, Detail: denied, ToKnow: "ask again with the handset unlocked"},
			{ID: "F0000000004", Rule: "no-clear-text-traffic", Handset: moto1, Scenario: "idle", Repeat: 1, Verdict: finding.Clear, Detail: "none seen.", Grounds: []evidence.Ref{ref("m1.idle.1", "during.proc-net.txt", 0, 0, 10)}},
			{ID: "F0000000005", Rule: "no-clear-text-traffic", Handset: moto1, Scenario: "camera", Repeat: 1, Verdict: finding.Clear, Detail: "none seen.", Grounds: []evidence.Ref{ref("m1.camera.1", "during.proc-net.txt", 0, 0, 10)}},
			{ID: "F0000000006", Rule: "no-identifier-in-the-log", Handset: moto1, Scenario: "camera", Repeat: 1, Package: hostile, Verdict: finding.Flagged, Severity: finding.Critical, Detail: hostile, Grounds: []evidence.Ref{ref("m1.camera.1", "during.logcat.txt", 9, 800, 77)}},
		},
		Grants: []finding.GrantRow{
			{Handset: nokia, Package: "com.hmd.camera", User: 0, Permission: "android.permission.CAMERA", Granted: true, How: "user", Flags: []string{"USER_SET"}, Ref: ref("n1.baseline.1", "before.dumpsys-package.txt", 501, 30011, 44)},
			{Handset: moto1, Package: "specimen.weather", User: -1, Permission: "android.permission.ACCESS_FINE_LOCATION", Granted: true, How: "system-fixed", Flags: []string{"SYSTEM_FIXED", "GRANTED_BY_DEFAULT"}, Ref: ref("m1.baseline.1", "before.dumpsys-package.txt", 77, 4001, 60)},
			{Handset: moto1, Package: "shared user specimen.shared", User: 0, Permission: "android.permission.READ_SMS", Granted: true, How: "default", Flags: []string{"GRANTED_BY_DEFAULT"}, Ref: ref("m1.baseline.1", "before.dumpsys-package.txt", 99, 5001, 60),
				Sharing: &finding.Sharing{User: "specimen.shared", Members: 5, Requested: []android.Package{"specimen.a"}, NotRequested: []android.Package{"specimen.b", hostile}, Unknown: []android.Package{"specimen.d"}}},
			{Handset: moto1, Package: "specimen.camera", User: 10, Permission: hostile, Granted: false, Ref: ref("m1.baseline.1", "before.dumpsys-package.txt", 78, 4061, 60)},
		},
		Uses: []finding.UseRow{
			{Handset: moto1, Scenario: "idle", Package: "specimen.weather", Op: "FINE_LOCATION", State: "bg", Count: 2, Ref: ref("m1.idle.1", "after.dumpsys-appops.txt", 12, 340, 58)},
			{Handset: nokia, Scenario: "camera", Package: "com.hmd.camera", Op: "CAMERA", Rejected: true, Count: 1, Ref: ref("n1.camera.1", "after.dumpsys-appops.txt", 40, 2000, 51)},
		},
		Leaks: []finding.LeakRow{
			{Handset: moto1, Scenario: "camera", Package: "specimen.camera", Kind: "imei", Certainty: "certain", Masked: "35…19", Tag: "=cmd|'/c calc'!A1", Count: 4, Ref: ref("m1.camera.1", "during.logcat.txt", 9, 800, 77)},
			{Handset: nokia, Scenario: "camera", Package: "uid 1000", Kind: "email", Certainty: "possible", Masked: "@a…z", Tag: hostile, Count: 1, Ref: ref("n1.camera.1", "during.logcat.txt", 11, 950, 60)},
		},
		Coverage: []finding.CoverageRow{
			{Handset: nokia, Scenario: "baseline", Source: "dumpsys-package", Phase: evidence.Before, State: evidence.Whole, Captures: 1, Facts: 900, Lines: 1000, Unread: 3, Ref: ref("n1.baseline.1", "before.dumpsys-package.txt", 0, 0, 90000)},
			{Handset: nokia, Scenario: "camera", Source: "logcat", Phase: evidence.During, State: evidence.Truncated, Reason: "the log stream ended 4 s before the last step", Captures: 1, Facts: 70, Lines: 70, Ref: ref("n1.camera.1", "during.logcat.txt", 0, 0, 8000)},
			{Handset: moto1, Scenario: "idle", Source: "dumpsys-appops", Phase: evidence.After, State: evidence.Denied, Reason: "Permission Denial: can't dump appops", Captures: 1, Lines: 1, Ref: ref("m1.idle.1", "after.dumpsys-appops.txt", 0, 0, 40)},
			{Handset: moto1, Scenario: "idle", Source: "dumpsys-appops", Phase: evidence.Before, State: evidence.Whole, Captures: 1, Facts: 40, Lines: 50, Ref: ref("m1.idle.1", "before.dumpsys-appops.txt", 0, 0, 4000)},
			{Handset: moto2, Scenario: "idle", Source: "ps", Phase: evidence.After, Captures: 0},
		},
		Missing: []finding.Missing{
			{Handset: honor, State: "unauthorized", Cause: "the handset has not accepted this computer's key", Remedy: "unlock it and accept the dialog"},
		},
		Problems: []string{"bundle m2.idle.1: corrupt manifest"},
	}
}

var unplugged = evidence.Outcome{State: evidence.Infra, Owner: "hub", Cause: "the handset left the bus in mid-scenario", Remedy: "seat its cable; try another port"}

// sampleTables builds every table of the sample with the sample's rules.
func sampleTables(j finding.Judgement) []Table {
	builders, _ := Select(nil)
	builders[0] = Builder{Name: "behaviour", Build: func(j finding.Judgement) Table { return behaviourTable(j, sampleRules) }}
	return Build(j, builders)
}
