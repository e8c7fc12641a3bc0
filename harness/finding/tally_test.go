package finding_test

import (
	"encoding/json"
	"math/rand/v2"
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
)

const background = "no-background-location"

// off moves a case to another handset.
func (k *kit) off(h android.Handset) *kit {
	k.c.Handset = h
	k.bundle = string(h.Serial) + k.bundle[strings.Index(k.bundle, "."):]
	for i := range k.c.Observations {
		k.c.Observations[i].Ref.Bundle = k.bundle
	}
	for i := range k.c.Coverage {
		k.c.Coverage[i].Ref.Bundle = k.bundle
	}
	return k
}

func handset(serial, brand, model, release string) android.Handset {
	h := phone
	h.Serial, h.Brand, h.Model, h.Build.Release = android.Serial(serial), brand, model, release
	return h
}

func job(h android.Handset, scenario string, state evidence.OutcomeState, cause string) finding.Job {
	return finding.Job{Handset: h, Scenario: scenario, Repeat: 1, Attempt: 1, Outcome: evidence.Outcome{State: state, Cause: cause}}
}

func tally(add ...any) finding.Judgement {
	t := finding.NewTally(finding.Info{Run: "run", Taken: begun, Tool: "test"})
	for _, a := range add {
		switch a := a.(type) {
		case *kit:
			t.Add(&a.c)
		case finding.Job:
			t.Job(a)
		case finding.Missing:
			t.Missing(a)
		case string:
			t.Problem(a)
		}
	}
	return t.Judgement()
}

func TestHandsetsOfOneModelShareARow(t *testing.T) {
	t.Parallel()
	a, b, c := handset("A1", "specimen", "One", "13"), handset("B2", "Specimen", "One", "12"), handset("C3", "Another", "Two", "9")
	j := tally(
		attempt(step(1, "idle")).off(c), attempt(step(1, "idle")).off(b),
		attempt(step(1, "idle")).off(a).after(used(weather, "FINE_LOCATION", android.StateBackground, 5)),
	)
	require.Len(t, j.Models, 2)
	assert.Equal(t, "Two", j.Models[0].Model, "sorted by brand, whatever its capitals")
	one := j.Models[1]
	assert.Equal(t, "Specimen", one.Brand)
	assert.Equal(t, "12, 13", one.Release)
	assert.Len(t, one.Handsets, 2)
	assert.Equal(t, finding.Flagged, one.Cells[background].Verdict)
	assert.Equal(t, 1, one.Cells[background].Flagged)
	assert.NotEmpty(t, one.Cells[background].Grounds)
	assert.Equal(t, finding.Clear, j.Models[0].Cells[background].Verdict)
}

func TestDistinctPackagesAreCountedOnce(t *testing.T) {
	t.Parallel()
	k := attempt(step(1, "idle")).after(used(weather, "FINE_LOCATION", android.StateBackground, 5), used(weather, "COARSE_LOCATION", android.StateBackground, 5), used(camera, "GPS", android.StateCached, 5))
	again := attempt(step(1, "idle")).after(used(weather, "FINE_LOCATION", android.StateBackground, 5))
	again.c.Repeat = 2
	j := tally(k, again)
	assert.Equal(t, 2, j.Models[0].Cells[background].Flagged)
}

func TestWhatIsOwedAndDidNotFinishIsUnknown(t *testing.T) {
	t.Parallel()
	played := attempt(step(1, "idle"))
	for name, c := range map[string]struct {
		add    []any
		want   finding.Verdict
		reason string
	}{
		"finished":                   {[]any{played, job(phone, "play", evidence.Finished, "")}, finding.Clear, ""},
		"infrastructure":             {[]any{played, job(phone, "other", evidence.Infra, "unplugged")}, finding.Unknown, "other on A1: infrastructure: unplugged"},
		"interrupted":                {[]any{played, job(phone, "other", evidence.Interrupted, "")}, finding.Unknown, "other on A1: interrupted"},
		"never started":              {[]any{job(phone, "play", evidence.NotStarted, "")}, finding.Unknown, "play on A1: not run"},
		"a step failed":              {[]any{played, job(phone, "play", evidence.StepFailed, "no dialog")}, finding.Unknown, "play on A1: step failed: no dialog"},
		"finished, but unreadable":   {[]any{job(phone, "play", evidence.Finished, "")}, finding.Unknown, "play on A1: its evidence was not read"},
		"not applicable":             {[]any{job(phone, "play", evidence.NotApplicable, "")}, finding.Unknown, "no scenario that was played is about it"},
		"not applicable besides":     {[]any{played, job(phone, "other", evidence.NotApplicable, "")}, finding.Clear, ""},
		"a later attempt made it":    {[]any{played, job(phone, "play", evidence.Infra, "usb"), finding.Job{Handset: phone, Scenario: "play", Repeat: 1, Attempt: 2, Outcome: evidence.Outcome{State: evidence.Finished}}}, finding.Clear, ""},
		"only the baseline was read": {[]any{baseline(), job(phone, evidence.Baseline, evidence.Finished, "")}, finding.Unknown, "one print-out, nothing was played between two looks"},
		"the baseline owes nothing":  {[]any{played, job(phone, evidence.Baseline, evidence.Infra, "usb")}, finding.Clear, ""},
		"an unknown outcome":         {[]any{played, job(phone, "other", "", "")}, finding.Unknown, "other on A1: how it ended is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			j := tally(c.add...)
			require.Len(t, j.Models, 1)
			cell := j.Models[0].Cells[background]
			assert.Equal(t, c.want.String(), cell.Verdict.String())
			if c.reason == "" {
				assert.Empty(t, cell.Unknown)
			} else {
				assert.Equal(t, []string{c.reason}, cell.Unknown)
			}
		})
	}
}

func TestFlaggedKeepsItsDoubts(t *testing.T) {
	t.Parallel()
	j := tally(attempt(step(1, "idle")).after(used(weather, "FINE_LOCATION", android.StateBackground, 5)), job(phone, "other", evidence.Infra, "usb"))
	cell := j.Models[0].Cells[background]
	assert.Equal(t, finding.Flagged, cell.Verdict)
	assert.Equal(t, []string{"other on A1: infrastructure: usb"}, cell.Unknown)
}

func TestRulesAboutTheHandsetNeedItsBaseline(t *testing.T) {
	t.Parallel()
	j := tally(attempt(step(1, "idle")))
	assert.Equal(t, finding.Unknown, j.Models[0].Cells["release-keys"].Verdict)
	j = tally(attempt(step(1, "idle")), baseline(fact.Property{Key: "ro.build.tags", Value: "release-keys"}))
	assert.Equal(t, finding.Clear, j.Models[0].Cells["release-keys"].Verdict)
}

func TestMissingHandsetChangesNoOtherVerdict(t *testing.T) {
	t.Parallel()
	gone := finding.Missing{Handset: handset("B2", "Specimen", "One", ""), State: "unauthorized", Cause: "no key", Remedy: "tap Allow"}
	alone := finding.Missing{Handset: handset("D4", "Specimen", "Zero", ""), State: "offline"}
	j := tally(gone, attempt(step(1, "idle")), alone)
	require.Len(t, j.Models, 2)
	assert.Equal(t, "One", j.Models[0].Model)
	assert.Equal(t, finding.Clear, j.Models[0].Cells[background].Verdict)
	assert.Empty(t, j.Models[0].Cells[background].Unknown)
	assert.Equal(t, finding.Unknown, j.Models[1].Cells[background].Verdict)
	assert.Equal(t, []string{"D4: offline"}, j.Models[1].Cells[background].Unknown)
	assert.Len(t, j.Missing, 2)
}

func TestHandsetIsNamedAsItsEvidenceNamesIt(t *testing.T) {
	t.Parallel()
	listed := android.Handset{Serial: phone.Serial, Brand: "SPECIMEN", Model: "One (shelf 4)"}
	j := tally(attempt(step(1, "idle")), job(listed, "other", evidence.Infra, "usb"))
	require.Len(t, j.Models, 1)
	assert.Equal(t, []string{"other on A1: infrastructure: usb"}, j.Models[0].Cells[background].Unknown)
}

func TestGrantsTellHowTheyCame(t *testing.T) {
	t.Parallel()
	grant := func(perm string, kind fact.GrantType, flags ...string) fact.Grant {
		return fact.Grant{Package: weather, Permission: android.Permission("android.permission." + perm), Type: kind, Granted: true, Flags: flags}
	}
	hidden := grant("READ_SMS", fact.RuntimeGrant)
	hidden.Hidden = true
	shared := grant("READ_CONTACTS", fact.RuntimeGrant, "GRANTED_BY_DEFAULT")
	shared.Package, shared.SharedUser = "", "specimen.shared"
	base := baseline(
		grant("CAMERA", fact.RuntimeGrant, "USER_SET", "GRANTED_BY_DEFAULT"), grant("READ_CALL_LOG", fact.RuntimeGrant, "GRANTED_BY_ROLE"),
		grant("RECORD_AUDIO", fact.RuntimeGrant, "SYSTEM_FIXED", "GRANTED_BY_DEFAULT"), grant("BODY_SENSORS", fact.RuntimeGrant, "POLICY_FIXED"),
		grant("READ_CALENDAR", fact.RuntimeGrant, "GRANTED_BY_DEFAULT"), grant("ACCESS_FINE_LOCATION", fact.RuntimeGrant),
		grant("CALL_PHONE", fact.InstallGrant), grant("INTERNET", fact.InstallGrant), hidden, shared,
		fact.Install{Package: "specimen.a", UID: 10300, SharedUser: "specimen.shared"}, fact.Install{Package: "specimen.b", UID: 10300, SharedUser: "specimen.shared"},
	)
	base.during(grant("CAMERA", fact.RuntimeGrant, "USER_SET", "GRANTED_BY_DEFAULT")) // another print-out says it again
	j := tally(base, attempt(step(1, "idle"), grant("READ_SMS", fact.RuntimeGrant)))
	got := map[string]string{}
	for _, g := range j.Grants {
		got[string(g.Package)+" "+strings.TrimPrefix(string(g.Permission), "android.permission.")] = g.How
	}
	assert.Equal(t, map[string]string{
		"specimen.weather CAMERA": "user", "specimen.weather READ_CALL_LOG": "role", "specimen.weather RECORD_AUDIO": "system-fixed",
		"specimen.weather BODY_SENSORS": "policy", "specimen.weather READ_CALENDAR": "default", "specimen.weather ACCESS_FINE_LOCATION": "unknown",
		"specimen.weather CALL_PHONE": "install", "shared user specimen.shared READ_CONTACTS": "default",
	}, got)
	assert.Len(t, j.Grants, len(got))
}

func TestUsesAreThoseOfTheAttempt(t *testing.T) {
	t.Parallel()
	old := used(weather, "READ_CONTACTS", android.StateTop, -100)
	tagged := used(camera, "CAMERA", android.StateTop, 5)
	tagged.Tag = "preview"
	j := tally(attempt(step(1, "launch")).before(old).after(old, used(camera, "CAMERA", android.StateTop, 5), tagged, used(camera, "WAKE_LOCK", android.StateTop, 5), rejected(used(camera, "CAMERA", android.StateTop, 7))))
	require.Len(t, j.Uses, 2)
	assert.Equal(t, android.Op("CAMERA"), j.Uses[0].Op)
	assert.Equal(t, 3, j.Uses[0].Count+j.Uses[1].Count)
	assert.NotEqual(t, j.Uses[0].Rejected, j.Uses[1].Rejected)
}

func TestLeaksAreCountedByWriter(t *testing.T) {
	t.Parallel()
	hit := func(uid android.UID, pid, line int) leak.Hit {
		return leak.Hit{Kind: "imei", Certainty: leak.Certain, Masked: "35…09", Hash: "77", UID: uid, PID: pid, Tag: "Net", Ref: evidence.Ref{Bundle: "b", File: "log", Span: evidence.Span{Line: line, Offset: int64(line)}}}
	}
	k := attempt(step(1, "launch"))
	k.c.Hits = []leak.Hit{hit(10101, 5, 9), hit(10101, 5, 4), hit(1000, 6, 2), hit(android.NoUID, 812, 3)}
	j := tally(k)
	require.Len(t, j.Leaks, 3)
	assert.Equal(t, android.Package("pid 812"), j.Leaks[0].Package)
	assert.Equal(t, weather, j.Leaks[1].Package)
	assert.Equal(t, 2, j.Leaks[1].Count)
	assert.Equal(t, 4, j.Leaks[1].Ref.Line, "the first")
	assert.Equal(t, android.Package("uid 1000"), j.Leaks[2].Package)
}

func TestCoverageIsTheWorstOfItsCaptures(t *testing.T) {
	t.Parallel()
	base := baseline()
	play := attempt(step(1, "idle"))
	play.c.Coverage = append(play.c.Coverage, base.c.Coverage...) // as every case of the handset has the baseline's
	play.covers("proc-net", evidence.During)
	last := &play.c.Coverage[len(play.c.Coverage)-1]
	last.Coverage, last.Ref.File = denied, "captures/proc-net.2"
	j := tally(play, base)
	rows := map[string]finding.CoverageRow{}
	for _, r := range j.Coverage {
		rows[r.Scenario+" "+r.Source+" "+string(r.Phase)] = r
	}
	sampled := rows["play proc-net during"]
	assert.Equal(t, evidence.Denied, sampled.State)
	assert.Equal(t, denied.Reason, sampled.Reason)
	assert.Equal(t, 2, sampled.Captures)
	assert.Equal(t, 200, sampled.Lines)
	assert.Equal(t, evidence.Whole, rows["play dumpsys-appops after"].State)
	assert.Contains(t, rows, "baseline getprop ")
	assert.NotContains(t, rows, "play getprop ")
}

func TestOrderOfAdditionsDoesNotMatter(t *testing.T) {
	t.Parallel()
	var add []any
	for i, serial := range []string{"A1", "B2", "C3", "D4"} {
		h := handset(serial, "Specimen", []string{"One", "Two"}[i%2], "13")
		k := attempt(step(1, "idle")).off(h).after(used(weather, "FINE_LOCATION", android.StateBackground, 5))
		k.c.Hits = []leak.Hit{{Kind: "imei", Certainty: leak.Certain, UID: 10101, Tag: "x"}, {Kind: "email", Certainty: leak.Probable, UID: 10101, Tag: "x"}}
		add = append(add, k, baseline(fact.Property{Key: android.PropNotice, Value: "virtual: specimens"}).off(h), job(h, "play", evidence.Finished, ""), job(h, "other", evidence.Infra, "usb"),
			finding.Missing{Handset: handset("Z"+serial, "Specimen", "Three", "")}, "problem "+serial)
	}
	want, err := json.Marshal(tally(add...))
	require.NoError(t, err)
	r := rand.New(rand.NewPCG(1, 2))
	for range 10 {
		r.Shuffle(len(add), func(i, j int) { add[i], add[j] = add[j], add[i] })
		got, err := json.Marshal(tally(add...))
		require.NoError(t, err)
		require.True(t, string(want) == string(got), "the order shows")
	}
}

func TestNoticeReachesTheModel(t *testing.T) {
	t.Parallel()
	j := tally(baseline(fact.Property{Key: android.PropNotice, Value: "virtual: its behaviour is invented"}))
	assert.Equal(t, "virtual: its behaviour is invented", j.Models[0].Notice)
	assert.Empty(t, tally(baseline()).Models[0].Notice)
}

func TestWhatAHandsetSaysIsBoundedAndPlain(t *testing.T) {
	t.Parallel()
	name := android.Package("evil\x1b[2J\n\u202e" + strings.Repeat("ü", 1000))
	k := attempt(step(1, "idle"))
	u := used(name, "FINE_LOCATION", android.StateBackground, 5)
	u.UID = 10500
	j := tally(k.after(u))
	for _, f := range j.Findings {
		for _, text := range []string{string(f.Package), f.Detail} {
			assert.LessOrEqual(t, len(text), 310)
			assert.NotContains(t, text, "\x1b")
			assert.NotContains(t, text, "\n")
			assert.NotContains(t, text, "\u202e")
			assert.True(t, strings.ToValidUTF8(text, "?") == text)
		}
	}
	assert.LessOrEqual(t, len(j.Uses[0].Package), 310)
}

func TestSameFactHasTheSameIDInAnotherRun(t *testing.T) {
	t.Parallel()
	first := attempt(step(1, "idle")).after(used(weather, "FINE_LOCATION", android.StateBackground, 5))
	second := attempt(step(1, "idle")).after(used(weather, "FINE_LOCATION", android.StateBackground, 7))
	second.c.Taken = begun.Add(24 * time.Hour)
	assert.Equal(t, first.judge(t, background)[0].ID, second.judge(t, background)[0].ID)
}

func TestReasonsThatDifferInNumbersAreOneFact(t *testing.T) {
	t.Parallel()
	refused := func(pid string) *kit {
		return attempt(step(1, "idle")).weaken("dumpsys-appops", evidence.Coverage{State: evidence.Denied, Reason: "can't dump from pid=" + pid})
	}
	first, second := refused("6611").judge(t, background), refused("712").judge(t, background)
	require.Len(t, first, 1, "before and after tell the same")
	assert.Len(t, first[0].Grounds, 2)
	assert.Equal(t, first[0].ID, second[0].ID)
	assert.NotEqual(t, first[0].Detail, second[0].Detail)
}

func TestCellSpellsOutAFewReasons(t *testing.T) {
	t.Parallel()
	var add []any
	for _, s := range strings.Split("abcdefghijklmnop", "") {
		add = append(add, job(phone, s, evidence.Infra, "usb"))
	}
	cell := tally(add...).Models[0].Cells[background]
	assert.Len(t, cell.Unknown, 9)
	assert.Equal(t, "and 8 more reasons", cell.Unknown[8])
}
