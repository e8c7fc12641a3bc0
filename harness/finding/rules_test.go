package finding_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/leak"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

var denied = evidence.Coverage{State: evidence.Denied, Reason: "Permission Denial: can't dump"}

func TestEveryRuleIsListedOnceSortedAndInAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, r := range finding.All {
		ids = append(ids, r.ID)
		assert.NotEmpty(t, r.Title, r.ID)
		assert.NotEmpty(t, r.Why, r.ID)
		assert.NotEmpty(t, r.Remedy, r.ID)
		assert.NotEmpty(t, r.References, r.ID)
		assert.NotEmpty(t, r.Needs, r.ID)
		require.NotNil(t, r.Check, r.ID)
	}
	assert.True(t, slices.IsSorted(ids))
	assert.Equal(t, slices.Compact(slices.Clone(ids)), ids)
	files, err := filepath.Glob("rule_*.go")
	require.NoError(t, err)
	var filed []string
	for _, f := range files {
		filed = append(filed, strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(f, "rule_"), ".go"), "_", "-"))
	}
	assert.ElementsMatch(t, ids, filed)
	_, err = os.Stat("all.go")
	require.NoError(t, err)
}

func TestBackgroundLocation(t *testing.T) {
	t.Parallel()
	const id = "no-background-location"
	t.Run("in the background is flagged", func(t *testing.T) {
		k := attempt(step(1, "idle")).after(used(weather, "FINE_LOCATION", android.StateBackground, 5), used(weather, "FINE_LOCATION", android.StateCached, 6))
		k.expect(t, id, want{finding.Flagged, weather, "specimen.weather used FINE_LOCATION in the background"})
		assert.Len(t, k.judge(t, id)[0].Grounds, 2)
	})
	t.Run("on the screen is clear, and cites both dumps", func(t *testing.T) {
		k := attempt(step(1, "launch", on(weather))).after(used(weather, "FINE_LOCATION", android.StateTop, 5))
		k.expect(t, id, want{finding.Clear, "", "nothing that contradicts the claim in dumpsys-appops"})
		assert.Len(t, k.judge(t, id)[0].Grounds, 2)
	})
	t.Run("before the steps is not of this attempt", func(t *testing.T) {
		u := used(weather, "FINE_LOCATION", android.StateBackground, -3600)
		attempt(step(1, "idle")).before(u).after(u).expect(t, id, want{verdict: finding.Clear, detail: ""})
	})
	t.Run("again in the same state is", func(t *testing.T) {
		attempt(step(1, "idle")).before(used(weather, "FINE_LOCATION", android.StateBackground, -3600)).
			after(used(weather, "FINE_LOCATION", android.StateBackground, 5)).
			expect(t, id, want{verdict: finding.Flagged, pkg: weather})
	})
	t.Run("still running is", func(t *testing.T) {
		u := used(weather, "FINE_LOCATION", android.StateBackground, -3600)
		u.Running = true
		attempt(step(1, "idle")).before(u).after(u).expect(t, id, want{verdict: finding.Flagged, pkg: weather})
	})
	t.Run("a refused use, the system's own and an installed app are left alone", func(t *testing.T) {
		attempt(step(1, "idle")).after(
			rejected(used(weather, "FINE_LOCATION", android.StateBackground, 5)),
			used("com.android.phone", "COARSE_LOCATION", android.StateBackground, 5),
			used(tools, "FINE_LOCATION", android.StateBackground, 5),
		).expect(t, id, want{verdict: finding.Clear})
	})
	t.Run("denied is unknown", func(t *testing.T) {
		attempt(step(1, "idle")).weaken("dumpsys-appops", denied).
			expect(t, id, want{finding.Unknown, "", "dumpsys-appops: denied: Permission Denial: can't dump"})
	})
	t.Run("flagged stands beside unknown", func(t *testing.T) {
		attempt(step(1, "idle")).after(used(weather, "FINE_LOCATION", android.StateBackground, 5)).
			weaken("dumpsys-appops", evidence.Coverage{State: evidence.Truncated, Reason: "cut off"}).
			expect(t, id, want{finding.Unknown, "", "dumpsys-appops: truncated: cut off"}, want{verdict: finding.Flagged, pkg: weather})
	})
	t.Run("lines that were not understood make it unknown", func(t *testing.T) {
		k := attempt(step(1, "idle"))
		k.c.Coverage[2].Reading.Unread = 3
		k.expect(t, id, want{finding.Unknown, "", "dumpsys-appops: some of its lines were not understood"})
	})
	t.Run("without a dump before the steps the clock decides", func(t *testing.T) {
		k := attempt(step(1, "idle")).after(used(weather, "FINE_LOCATION", android.StateBackground, 5), used(camera, "FINE_LOCATION", android.StateBackground, -5))
		k.c.Coverage = slices.DeleteFunc(k.c.Coverage, func(v finding.Covered) bool { return v.Phase == evidence.Before })
		k.expect(t, id, want{finding.Unknown, "", "dumpsys-appops before the steps: not captured"}, want{verdict: finding.Flagged, pkg: weather})
	})
	t.Run("Android 8 tells no state, but the steps do", func(t *testing.T) {
		play := func() *kit {
			return attempt(step(1, "home"), step(2, "launch", on(weather)), step(3, "wait"), step(4, "home"), step(5, "wait")).sdk(27, "8.1.0")
		}
		play().after(older(weather, "FINE_LOCATION", 25*time.Second)).expect(t, id, want{finding.Unknown, weather,
			"specimen.weather used FINE_LOCATION on the screen, and was not there from the first step on: Android keeps the last use alone, and hides an earlier one"})
		attempt(step(1, "launch", on(weather)), step(2, "wait"), step(3, "home"), step(4, "wait")).sdk(27, "8.1.0").
			after(older(weather, "FINE_LOCATION", 25*time.Second)).expect(t, id, want{verdict: finding.Clear})
		attempt(step(1, "launch", on(weather)), step(2, "wait"), step(3, "home"), step(4, "wait")).sdk(27, "8.1.0").
			after(older(weather, "FINE_LOCATION", 22*time.Second)).expect(t, id, want{finding.Unknown, weather,
			"specimen.weather used FINE_LOCATION, and neither Android nor the steps say whether its user was there"}) // the dump may be 3 s late
		play().after(older(weather, "FINE_LOCATION", 5*time.Second)).expect(t, id, want{finding.Flagged, weather, "specimen.weather used FINE_LOCATION while it was not on the screen"})
		play().after(older(weather, "FINE_LOCATION", 15*time.Second)).expect(t, id, want{finding.Unknown, weather, "specimen.weather used FINE_LOCATION, and neither Android nor the steps say whether its user was there"})
		play().after(older(camera, "FINE_LOCATION", 25*time.Second)).expect(t, id, want{verdict: finding.Flagged, pkg: camera})
	})
	t.Run("after a step that may lead anywhere nobody knows", func(t *testing.T) {
		attempt(step(1, "launch", on(weather)), step(2, "back"), step(3, "wait")).sdk(27, "8.1.0").after(older(weather, "FINE_LOCATION", 5*time.Second)).
			expect(t, id, want{verdict: finding.Unknown, pkg: weather})
	})
	t.Run("what was not used again is older by the time that passed", func(t *testing.T) {
		play := func(ago time.Duration) *kit {
			return attempt(step(1, "home"), step(2, "wait"), step(3, "wait")).sdk(27, "8.1.0").
				before(older(weather, "FINE_LOCATION", time.Minute)).after(older(weather, "FINE_LOCATION", ago))
		}
		play(91*time.Second).expect(t, id, want{verdict: finding.Clear})
		play(80*time.Second).expect(t, id, want{verdict: finding.Flagged, pkg: weather})
		play(-5*time.Second).expect(t, id, want{verdict: finding.Clear})
	})
	t.Run("a night may pass in a moment of the host's", func(t *testing.T) {
		night := step(1, "idle", func(s *fact.Step) { s.Device = s.Device.Add(8 * time.Hour) })
		attempt(night).sdk(27, "8.1.0").before(older(weather, "FINE_LOCATION", time.Minute)).after(older(weather, "FINE_LOCATION", 5*time.Minute)).
			expect(t, id, want{finding.Flagged, weather, "specimen.weather used FINE_LOCATION while it was not on the screen"})
	})
	t.Run("a persistent process is where the steps have it", func(t *testing.T) {
		attempt(step(1, "launch", on(camera)), step(2, "wait")).after(used(weather, "GPS", android.StatePersistent, 12)).
			expect(t, id, want{verdict: finding.Flagged, pkg: weather})
		attempt(step(1, "launch", on(weather)), step(2, "wait")).after(used(weather, "GPS", android.StatePersistent, 12)).
			expect(t, id, want{verdict: finding.Clear})
	})
	t.Run("imported print-outs count whole", func(t *testing.T) {
		attempt().imported().before(used(weather, "FINE_LOCATION", android.StateBackground, -86400)).
			expect(t, id, want{verdict: finding.Flagged, pkg: weather})
	})
}

func TestCameraAndMicrophone(t *testing.T) {
	t.Parallel()
	const id = "no-camera-or-microphone-without-the-user"
	for name, c := range map[string]struct {
		k      *kit
		wanted want
	}{
		"background": {
			attempt(step(1, "launch", on(weather))).after(used(weather, "RECORD_AUDIO", android.StateBackground, 5)),
			want{finding.Flagged, weather, "specimen.weather used RECORD_AUDIO in the background"},
		},
		"a foreground service in an idle control": {
			attempt(step(1, "idle")).after(used(weather, "CAMERA", android.StateForegroundService, 5)),
			want{finding.Flagged, weather, "specimen.weather used CAMERA while it was not on the screen"},
		},
		"on the screen": {
			attempt(step(1, "launch", on(camera))).after(used(camera, "CAMERA", android.StateTop, 5)),
			want{verdict: finding.Clear},
		},
		"Android 8, and the scenario has it open": {
			attempt(step(1, "launch", on(camera)), step(2, "wait")).sdk(27, "8.1.0").after(older(camera, "CAMERA", 6*time.Second)),
			want{verdict: finding.Clear},
		},
		"Android 8, and the scenario has another open": {
			attempt(step(1, "launch", on(weather)), step(2, "wait")).sdk(27, "8.1.0").after(older(camera, "CAMERA", 6*time.Second)),
			want{finding.Flagged, camera, "specimen.camera used CAMERA while it was not on the screen"},
		},
		"Android 8, and the launch failed": {
			attempt(step(1, "launch", func(s *fact.Step) { s.Result = "failed" }), step(2, "wait")).sdk(27, "8.1.0").after(older(camera, "CAMERA", 6*time.Second)),
			want{finding.Unknown, camera, "specimen.camera used CAMERA, and neither Android nor the steps say whether its user was there"},
		},
		"a foreground service that goes on": {
			attempt(step(1, "launch", on(camera)), step(2, "home"), step(3, "wait")).after(used(camera, "RECORD_AUDIO", android.StateForegroundService, 25)),
			want{verdict: finding.Flagged, pkg: camera},
		},
		"no dump": {attempt(step(1, "idle")).weaken("dumpsys-appops", evidence.Coverage{State: evidence.TimedOut}), want{finding.Unknown, "", "dumpsys-appops: timed out"}},
	} {
		t.Run(name, func(t *testing.T) { c.k.expect(t, id, c.wanted) })
	}
}

func TestSensitiveGrants(t *testing.T) {
	t.Parallel()
	const id = "no-sensitive-grant-unseen-by-the-user"
	grant := func(p android.Package, perm string, flags ...string) fact.Grant {
		return fact.Grant{Package: p, Permission: android.Permission("android.permission." + perm), Type: fact.RuntimeGrant, Granted: true, Flags: flags}
	}
	t.Run("by default and fixed is flagged once a package", func(t *testing.T) {
		baseline(grant(weather, "CAMERA", "GRANTED_BY_DEFAULT"), grant(weather, "ACCESS_FINE_LOCATION", "SYSTEM_FIXED", "GRANTED_BY_DEFAULT")).
			expect(t, id, want{finding.Flagged, weather, "specimen.weather holds ACCESS_FINE_LOCATION, CAMERA, which its user was never asked for (GRANTED_BY_DEFAULT, SYSTEM_FIXED)"})
	})
	t.Run("what the user, a role or a policy gave is clear, and what was refused", func(t *testing.T) {
		refused := grant(weather, "READ_SMS", "GRANTED_BY_DEFAULT")
		refused.Granted = false
		baseline(
			grant(weather, "CAMERA", "USER_SET", "GRANTED_BY_DEFAULT"), grant(weather, "READ_CALL_LOG", "GRANTED_BY_ROLE"),
			grant(weather, "RECORD_AUDIO", "POLICY_FIXED"), grant(weather, "READ_CONTACTS", "REVIEW_REQUIRED"), refused,
			grant(weather, "INTERNET", "GRANTED_BY_DEFAULT"),
		).expect(t, id, want{finding.Clear, "", "nothing that contradicts the claim in dumpsys-package"})
	})
	t.Run("without a flag is unknown", func(t *testing.T) {
		baseline(grant(weather, "CAMERA")).sdk(25, "7.1.2").
			expect(t, id, want{finding.Unknown, weather, "specimen.weather holds CAMERA, and no flag tells who gave it"})
	})
	t.Run("the platform and installed apps are left alone", func(t *testing.T) {
		baseline(grant("com.android.phone", "CAMERA", "SYSTEM_FIXED"), grant(tools, "CAMERA", "GRANTED_BY_DEFAULT")).
			expect(t, id, want{verdict: finding.Clear})
	})
	t.Run("a shared user holds what it holds once", func(t *testing.T) {
		shared := grant("", "READ_CONTACTS", "GRANTED_BY_DEFAULT")
		shared.SharedUser = "specimen.shared"
		baseline(
			fact.Install{Package: "specimen.a", UID: 10300, SharedUser: "specimen.shared", Flags: []string{"SYSTEM"}},
			fact.Install{Package: "specimen.b", UID: 10300, SharedUser: "specimen.shared", Flags: []string{"SYSTEM"}}, shared,
		).expect(t, id, want{finding.Flagged, "shared user specimen.shared",
			"shared user specimen.shared holds READ_CONTACTS, which its user was never asked for (GRANTED_BY_DEFAULT). Of its packages: specimen.a, specimen.b: not known"})
	})
	t.Run("a user without the app holds nothing", func(t *testing.T) {
		clone := grant(weather, "CAMERA", "GRANTED_BY_DEFAULT")
		clone.User = 999
		baseline(clone, fact.UserState{Package: weather, User: 999}, fact.UserState{Package: weather, Installed: true}).
			expect(t, id, want{verdict: finding.Clear})
	})
	t.Run("a dump that may be of Android 5 clears nobody", func(t *testing.T) {
		baseline(fact.Grant{Package: weather, Permission: "android.permission.CAMERA", Type: fact.InstallGrant, Granted: true}).sdk(0, "").
			expect(t, id, want{verdict: finding.Unknown})
		baseline(grant(weather, "CAMERA", "USER_SET")).sdk(0, "").expect(t, id, want{verdict: finding.Clear})
	})
	t.Run("Android 5 asks for nothing", func(t *testing.T) {
		baseline(fact.Grant{Package: weather, Permission: "android.permission.CAMERA", Type: fact.InstallGrant, Granted: true}).sdk(22, "5.1.1").
			expect(t, id, want{verdict: finding.NotApplicable})
	})
	t.Run("a dump that was cut off is unknown", func(t *testing.T) {
		baseline().weaken("dumpsys-package", evidence.Coverage{State: evidence.Truncated}).expect(t, id, want{finding.Unknown, "", "dumpsys-package: truncated"})
	})
}

func TestRefusedConsent(t *testing.T) {
	t.Parallel()
	const id = "no-access-after-consent-is-refused"
	const cam = "android.permission.CAMERA"
	deny := func(n int) fact.Step { return step(n, "answer", on(weather), answered(cam, "deny")) }
	launch := step(1, "launch", on(weather))
	for name, c := range map[string]struct {
		k      *kit
		wanted want
	}{
		"after the refusal": {
			attempt(launch, deny(2)).after(used(weather, "CAMERA", android.StateTop, 25)),
			want{finding.Flagged, weather, "specimen.weather used CAMERA after its user had refused CAMERA"},
		},
		"before the question": {
			attempt(launch, deny(3)).after(used(weather, "CAMERA", android.StateTop, 12)),
			want{finding.Flagged, weather, "specimen.weather used CAMERA before its user had answered whether it may have CAMERA"},
		},
		"before the step that says that an earlier refusal stands": {
			attempt(launch, step(3, "answer", on(weather), answered(cam, "deny"), func(s *fact.Step) { s.Standing = true })).
				after(used(weather, "CAMERA", android.StateTop, 12)),
			want{finding.Flagged, weather, "specimen.weather used CAMERA, although its user had refused CAMERA for good before"},
		},
		"Android 8, after the refusal": {
			attempt(launch, deny(2), step(3, "wait")).sdk(26, "8.0.0").after(older(weather, "CAMERA", 4*time.Second)),
			want{finding.Flagged, weather, "specimen.weather used CAMERA after its user had refused CAMERA"},
		},
		"refused by Android": {attempt(launch, deny(2)).after(rejected(used(weather, "CAMERA", android.StateTop, 25))), want{verdict: finding.Clear}},
		"another app's use":  {attempt(launch, deny(2)).after(used(camera, "CAMERA", android.StateTop, 25)), want{verdict: finding.Clear}},
		"another op":         {attempt(launch, deny(2)).after(used(weather, "RECORD_AUDIO", android.StateTop, 25)), want{verdict: finding.Clear}},
		"given afterwards": {
			attempt(launch, deny(2), step(3, "grant", on(weather))).after(used(weather, "CAMERA", android.StateTop, 35)),
			want{finding.Unknown, weather, "specimen.weather used CAMERA when it was allowed to: Android keeps the last use alone, and hides one that its user had refused"},
		},
		"the dialog did not come up": {
			attempt(launch, step(2, "answer", on(weather), func(s *fact.Step) { s.Result, s.Text, s.Dialog = "failed", "answer CAMERA with deny", cam })),
			want{verdict: finding.Unknown, pkg: weather},
		},
		"no dump": {attempt(launch, deny(2)).lose("dumpsys-appops"), want{finding.Unknown, "", "dumpsys-appops after the steps: not captured"}},
		"nothing to refuse on Android 5": {
			attempt(launch, step(2, "answer", func(s *fact.Step) { s.Result = "not applicable" })).sdk(22, "5.1.1").weaken("dumpsys-appops", denied),
			want{finding.NotApplicable, "", "before Android 6 nobody is asked: all is given at installation"},
		},
		"nothing was asked": {attempt(launch), want{verdict: finding.NotApplicable}},
	} {
		t.Run(name, func(t *testing.T) {
			found := c.k.judge(t, id)
			if name == "no dump" {
				require.Len(t, found, 2, "before and after")
				found = found[:1]
			}
			require.Len(t, found, 1)
			assert.Equal(t, c.wanted.verdict.String(), found[0].Verdict.String())
			assert.Equal(t, c.wanted.pkg, found[0].Package)
			if c.wanted.detail != "" {
				assert.Equal(t, c.wanted.detail, found[0].Detail)
			}
		})
	}
}

func TestIdentifiersInTheLog(t *testing.T) {
	t.Parallel()
	const id = "no-identifier-in-the-log"
	own := fact.Identifier{Type: "imei", Value: "356938035643809"}
	hit := func(uid android.UID, pid int, certainty leak.Certainty, kind string) leak.Hit {
		return leak.Hit{Kind: kind, Certainty: certainty, Masked: "35…09", Hash: "00", Form: "plain", UID: uid, PID: pid, Tag: "Net", Ref: evidence.Ref{Bundle: "b", File: "log", Span: evidence.Span{Line: 7}}}
	}
	for name, c := range map[string]struct {
		k      *kit
		hits   []leak.Hit
		wanted want
	}{
		"own, by UID":               {attempt(own), []leak.Hit{hit(10101, 5, leak.Certain, "imei")}, want{finding.Flagged, weather, "specimen.weather wrote the handset's own imei to the log (plain)"}},
		"own, by PID":               {attempt(own, fact.Process{PID: 5, UID: 10102, Name: "specimen.camera:remote"}), []leak.Hit{hit(android.NoUID, 5, leak.Certain, "imei")}, want{verdict: finding.Flagged, pkg: camera}},
		"own, by the system":        {attempt(own), []leak.Hit{hit(1000, 5, leak.Certain, "imei")}, want{finding.Flagged, "", "uid 1000 (tag Net) wrote the handset's own imei to the log (plain)"}},
		"own, by nobody":            {attempt(own), []leak.Hit{hit(android.NoUID, 5, leak.Certain, "imei")}, want{finding.Flagged, "", "an unknown process (tag Net) wrote the handset's own imei to the log (plain)"}},
		"own, by the shell":         {attempt(own), []leak.Hit{hit(2000, 5, leak.Certain, "imei")}, want{verdict: finding.Clear}},
		"by an installed app":       {attempt(own), []leak.Hit{hit(10200, 5, leak.Certain, "imei")}, want{verdict: finding.Clear}},
		"somebody else's":           {attempt(own), []leak.Hit{hit(10101, 5, leak.Probable, "imei")}, want{verdict: finding.Clear}},
		"an unknown e-mail":         {attempt(own), []leak.Hit{hit(10101, 5, leak.Probable, "email")}, want{verdict: finding.Unknown, pkg: weather}},
		"merely possible":           {attempt(own), []leak.Hit{hit(10101, 5, leak.Possible, "email")}, want{verdict: finding.Clear}},
		"nothing":                   {attempt(own), nil, want{verdict: finding.Clear}},
		"a filtered log":            {attempt(own, fact.Property{Key: "log.tag", Value: "S"}), nil, want{finding.Unknown, "", "the log is filtered: log.tag is S, so nothing is written to it"}},
		"filtered for ever":         {attempt(own, fact.Property{Key: "persist.log.tag", Value: "I"}), nil, want{finding.Unknown, "", "the log is filtered: persist.log.tag is I, so none but entries of level I and above are written to it"}},
		"a maker's filter":          {attempt(own, fact.Property{Key: "log.tag", Value: "M"}), nil, want{finding.Unknown, "", "the log is filtered: log.tag is M, so what is written to it is not known"}},
		"filtered, and yet":         {attempt(own, fact.Property{Key: "log.tag", Value: "W"}), []leak.Hit{hit(10101, 5, leak.Certain, "imei")}, want{verdict: finding.Flagged, pkg: weather}},
		"all levels":                {attempt(own, fact.Property{Key: "log.tag", Value: "VERBOSE"}), nil, want{finding.Clear, "", "none of the handset's own identifiers (imei) stands in the log; not known, and not looked for: android_id, iccid, mac, number, serial"}},
		"whose filter nobody knows": {attempt(own).lose("getprop"), nil, want{finding.Unknown, "", "getprop: not captured"}},
		"own ones not known":        {attempt(), nil, want{verdict: finding.Unknown}},
		"a gap": {attempt(own).weaken("logcat", evidence.Coverage{State: evidence.Whole, Gaps: []evidence.Gap{{Reason: "the stream broke off"}}}), nil,
			want{finding.Unknown, "", "logcat: truncated: the stream broke off"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.k.c.Hits = c.hits
			if name == "filtered, and yet" {
				assert.Equal(t, finding.Flagged, c.k.judge(t, id)[1].Verdict, "what was written all the same is flagged")
				return
			}
			c.k.expect(t, id, c.wanted)
		})
	}
}

func TestClearTextTraffic(t *testing.T) {
	t.Parallel()
	const id = "no-clear-text-traffic"
	socket := func(uid android.UID, remote, state string) fact.Socket {
		return fact.Socket{Protocol: "tcp", Remote: netip.MustParseAddrPort(remote), State: state, UID: uid}
	}
	for name, c := range map[string]struct {
		fact   fact.Fact
		wanted want
	}{
		"HTTP":             {socket(10101, "203.0.113.5:80", "ESTABLISHED"), want{finding.Flagged, weather, "specimen.weather had a connection to port 80, which HTTP uses without encryption"}},
		"MQTT over IPv6":   {socket(10101, "[2001:db8::5]:1883", "SYN_SENT"), want{verdict: finding.Flagged, pkg: weather}},
		"TLS":              {socket(10101, "203.0.113.5:443", "ESTABLISHED"), want{verdict: finding.Clear}},
		"itself":           {socket(10101, "127.0.0.1:80", "ESTABLISHED"), want{verdict: finding.Clear}},
		"its own network":  {socket(10101, "192.168.1.1:80", "ESTABLISHED"), want{verdict: finding.Clear}},
		"a listener":       {socket(10101, "203.0.113.5:80", "LISTEN"), want{verdict: finding.Clear}},
		"the system":       {socket(1000, "203.0.113.5:80", "ESTABLISHED"), want{verdict: finding.Clear}},
		"an installed app": {socket(10200, "203.0.113.5:80", "ESTABLISHED"), want{verdict: finding.Clear}},
		"an unlisted UID":  {socket(10999, "203.0.113.5:80", "ESTABLISHED"), want{verdict: finding.Flagged, pkg: "uid u0a999"}},
	} {
		t.Run(name, func(t *testing.T) { attempt(step(1, "wait"), c.fact).expect(t, id, c.wanted) })
	}
	t.Run("all that share a UID are named", func(t *testing.T) {
		attempt(step(1, "wait"), fact.Install{Package: "specimen.a", UID: 10300, Flags: []string{"SYSTEM"}}, fact.Install{Package: "specimen.b", UID: 10300, Flags: []string{"SYSTEM"}},
			socket(10300, "203.0.113.5:80", "ESTABLISHED")).expect(t, id, want{verdict: finding.Flagged, pkg: "specimen.a, specimen.b"})
	})
	t.Run("not sampled is unknown", func(t *testing.T) {
		attempt(step(1, "wait")).lose("proc-net").expect(t, id, want{finding.Unknown, "", "proc-net during the steps: not captured"})
	})
	t.Run("nor is an import that has none", func(t *testing.T) {
		attempt().imported().lose("proc-net").expect(t, id, want{finding.Unknown, "", "one print-out, nothing was played between two looks"},
			want{finding.Unknown, "", "proc-net: not captured"})
	})
}

func TestDisablingApps(t *testing.T) {
	t.Parallel()
	const id = "preinstalled-app-can-be-disabled"
	icon := func(p android.Package) fact.Launchable {
		return fact.Launchable{Package: p, Component: string(p) + "/.Main"}
	}
	t.Run("signed as the platform is flagged", func(t *testing.T) {
		baseline(icon(camera), icon(weather), icon(tools), icon("com.android.phone")).
			expect(t, id, want{finding.Flagged, camera, "specimen.camera is signed with the platform's key: Settings lets nobody disable it"})
	})
	t.Run("a key of its own is clear", func(t *testing.T) { baseline(icon(weather)).expect(t, id, want{verdict: finding.Clear}) })
	t.Run("already disabled by its user is clear", func(t *testing.T) {
		baseline(icon(camera), fact.UserState{Package: camera, Enabled: 3}).expect(t, id, want{verdict: finding.Clear})
	})
	t.Run("an essential app is left alone", func(t *testing.T) {
		baseline(icon("com.android.settings"), fact.Install{Package: "com.android.settings", UID: 10009, Flags: []string{"SYSTEM"}, Signature: "cafe"}).
			expect(t, id, want{verdict: finding.Clear})
	})
	t.Run("no signature is unknown", func(t *testing.T) {
		baseline(icon("specimen.x"), fact.Install{Package: "specimen.x", UID: 10400, Flags: []string{"SYSTEM"}}).
			expect(t, id, want{finding.Unknown, "specimen.x", "specimen.x is signed with a key that the dump does not name"})
	})
	t.Run("without the dumps of single packages the icons are not known", func(t *testing.T) {
		baseline(icon(weather)).lose("package-detail").expect(t, id, want{finding.Unknown, "", "package-detail: not captured"})
	})
	t.Run("no launcher table is unknown", func(t *testing.T) { baseline().expect(t, id, want{verdict: finding.Unknown}) })
}

func TestPropertyRules(t *testing.T) {
	t.Parallel()
	props := func(pairs ...string) *kit {
		k := baseline()
		for i := 0; i < len(pairs); i += 2 {
			k.during(fact.Property{Key: pairs[i], Value: pairs[i+1]})
		}
		return k
	}
	const patch, green = "security-patch-is-recent", "ro.boot.verifiedbootstate"
	for name, c := range map[string]struct {
		id     string
		k      *kit
		wanted want
	}{
		"patch of last month":    {patch, props(android.PropSecurityPatch, "2026-02-01"), want{finding.Clear, "", "the security patch level is 2026-02-01, and the handset was asked on 2026-03-01 by the host's clock"}},
		"patch of last autumn":   {patch, props(android.PropSecurityPatch, "2025-10-05"), want{finding.Flagged, "", "the security patch level is 2025-10-05, more than 90 days before the handset was asked, on 2026-03-01 by the host's clock"}},
		"patch of next year":     {patch, props(android.PropSecurityPatch, "2027-03-01"), want{verdict: finding.Unknown}},
		"patch that is no date":  {patch, props(android.PropSecurityPatch, "March"), want{finding.Unknown, "", "the security patch level is no date: March"}},
		"no patch":               {patch, props(), want{verdict: finding.Unknown}},
		"imported, no time":      {patch, props(android.PropSecurityPatch, "2017-03-01").imported(), want{verdict: finding.Unknown}},
		"imported, recent then":  {patch, props(android.PropSecurityPatch, "2026-02-01").during(fact.Moment{Local: "2026-02-20 08:00:00"}).imported(), want{verdict: finding.Clear}},
		"imported, a use's time": {patch, props(android.PropSecurityPatch, "2026-02-01").during(used(weather, "CAMERA", android.StateTop, 5)).imported(), want{verdict: finding.Unknown}},
		"release keys":           {"release-keys", props("ro.build.tags", "release-keys", "ro.build.description", "one-user 13 T 1 release-keys"), want{verdict: finding.Clear}},
		"test keys":              {"release-keys", props("ro.build.tags", "test-keys"), want{finding.Flagged, "", "the image says that it is signed with test-keys, in 1 property"}},
		"keys that contradict":   {"release-keys", props("ro.build.tags", "release-keys", "ro.build.description", "one-user 6 M 1 test-keys"), want{finding.Flagged, "", "ro.build.tags says release-keys, and ro.build.description says test-keys"}},
		"fingerprint of another": {"release-keys", props("ro.build.tags", "release-keys", android.PropFingerprint, "a/b/c:13/T/1:user/dev-keys"), want{verdict: finding.Flagged}},
		"no tags":                {"release-keys", props(), want{verdict: finding.Unknown}},
		"green":                  {"verified-boot-is-green", props(green, "green", "ro.boot.flash.locked", "1", "ro.debuggable", "0"), want{verdict: finding.Clear}},
		"orange":                 {"verified-boot-is-green", props(green, "orange", "ro.debuggable", "0"), want{finding.Flagged, "", "ro.boot.verifiedbootstate is orange, not green"}},
		"debuggable":             {"verified-boot-is-green", props(green, "green", "ro.debuggable", "1"), want{finding.Flagged, "", "ro.debuggable is 1, not 0"}},
		"not said":               {"verified-boot-is-green", props("ro.debuggable", "0"), want{finding.Unknown, "", "the handset does not say ro.boot.verifiedbootstate"}},
		"unread lines elsewhere": {"verified-boot-is-green", func() *kit {
			k := props(green, "green", "ro.debuggable", "0")
			r := &k.c.Coverage[1].Reading
			r.Unread, r.Apart, r.Holes = 4, 3, []printout.Hole{{Behind: "persist.a", Before: "persist.b"}}
			return k
		}(), want{verdict: finding.Clear}},
		"unread lines anywhere": {"verified-boot-is-green", func() *kit {
			k := props(green, "green", "ro.debuggable", "0")
			k.c.Coverage[1].Reading.Unread = 4
			return k
		}(), want{finding.Unknown, "", "getprop: 4 lines could not be read, one of which may be init.svc.recovery, ro.boot.flash.locked, ro.boot.mode or 11 more"}},
		"getprop denied": {"release-keys", props("ro.build.tags", "release-keys").weaken("getprop", denied), want{finding.Unknown, "", "getprop: denied: Permission Denial: can't dump"}},
	} {
		t.Run(name, func(t *testing.T) { c.k.expect(t, c.id, c.wanted) })
	}
}
