package finding_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

var (
	kolkata = time.FixedZone("IST", 5*3600+1800)
	begun   = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC) // host clock; the handset's is five minutes ahead
	phone   = android.Handset{
		Serial: "A1", Brand: "Specimen", Manufacturer: "Specimen", Model: "One",
		Build: android.Build{Fingerprint: "specimen/one/one:13/T/1:user/release-keys", SDK: 33, Release: "13"},
	}
)

const (
	weather = android.Package("specimen.weather")
	camera  = android.Package("specimen.camera")
	tools   = android.Package("com.example.tools") // somebody installed it
)

// kit builds a case as a run would, line by line.
type kit struct {
	c      finding.Case
	bundle string
	line   int
}

// attempt is a case of a scenario whose captures are whole and whose steps,
// unless a test says otherwise, begin at begun and take a minute.
func attempt(facts ...fact.Fact) *kit {
	k := &kit{bundle: "A1.play.1", c: finding.Case{Handset: phone, Scenario: "play", Repeat: 1, Subject: weather, Taken: begun,
		Clock: &evidence.Clock{Host: begun, Device: begun.Add(5 * time.Minute).In(kolkata)}}}
	k.covers("dumpsys-package", "", "dumpsys-appops", evidence.Before, "dumpsys-appops", evidence.After,
		"logcat", evidence.During, "proc-net", evidence.During, "identifiers", "",
		"netstats", evidence.Before, "netstats", evidence.After, "getprop", "")
	k.c.Coverage[len(k.c.Coverage)-1].Ref.Bundle = "A1.baseline.1" // as in every case of a handset
	k.before(fact.Bytes{UID: 1000, RxBytes: 5000, TxBytes: 700}).after(fact.Bytes{UID: 1000, RxBytes: 5900, TxBytes: 900})
	return k.packages().during(facts...).looked(facts...)
}

// looked adds the looks at the socket tables that a run takes: one at the end of
// each step. One second in ten is in time for a test.
func (k *kit) looked(facts ...fact.Fact) *kit {
	for _, f := range facts {
		if s, ok := f.(fact.Step); ok && !s.Device.IsZero() {
			k.during(fact.SocketLook{Protocol: "tcp", At: s.Device.Unix()}, fact.SocketLook{Protocol: "tcp6", At: s.Device.Unix()})
		}
	}
	return k
}

// baseline is a case of what a handset is.
func baseline(facts ...fact.Fact) *kit {
	k := &kit{bundle: "A1.baseline.1", c: finding.Case{Handset: phone, Scenario: evidence.Baseline, Repeat: 1, Taken: begun}}
	k.covers("dumpsys-package", "", "getprop", "", "package-detail", "")
	return k.packages().during(facts...)
}

// covers adds whole captures: pairs of source and phase.
func (k *kit) covers(pairs ...any) *kit {
	for i := 0; i < len(pairs); i += 2 {
		phase, _ := pairs[i+1].(evidence.Phase)
		k.c.Coverage = append(k.c.Coverage, finding.Covered{
			Source: pairs[i].(string), Phase: phase,
			Coverage: evidence.Coverage{State: evidence.Whole},
			Reading:  printout.Reading{Lines: 100, Facts: 90, Skipped: 10, Coverage: evidence.Coverage{State: evidence.Whole}, End: printout.EndSeen},
			Ref:      evidence.Ref{Bundle: k.bundle, File: "captures/" + pairs[i].(string) + "." + string(phase), Span: evidence.Span{Line: 1, Length: 1000}},
		})
	}
	return k
}

// weaken changes what the captures of a source cover.
func (k *kit) weaken(source string, c evidence.Coverage) *kit {
	for i := range k.c.Coverage {
		if k.c.Coverage[i].Source == source {
			k.c.Coverage[i].Coverage = c
		}
	}
	return k
}

// lose drops the captures of a source.
func (k *kit) lose(source string) *kit {
	kept := k.c.Coverage[:0]
	for _, v := range k.c.Coverage {
		if v.Source != source {
			kept = append(kept, v)
		}
	}
	k.c.Coverage = kept
	return k
}

func (k *kit) packages() *kit {
	return k.during(
		fact.Install{Package: "android", UID: 1000, SharedUser: "android.uid.system", Flags: []string{"SYSTEM"}, Signature: "cafe"},
		fact.Install{Package: weather, UID: 10101, Flags: []string{"SYSTEM"}, CodePath: "/product/app/Weather", Signature: "0001"},
		fact.Install{Package: camera, UID: 10102, Flags: []string{"SYSTEM"}, CodePath: "/system/priv-app/Camera", Signature: "cafe"},
		fact.Install{Package: tools, UID: 10200, CodePath: "/data/app/tools", Signature: "0002"},
		fact.Install{Package: "com.android.phone", UID: 1001, SharedUser: "android.uid.phone", Flags: []string{"SYSTEM"}, Signature: "cafe"},
	)
}

func (k *kit) at(phase evidence.Phase, facts ...fact.Fact) *kit {
	for _, f := range facts {
		k.line++
		k.c.Observations = append(k.c.Observations, fact.Observation{
			Fact: f, Phase: phase,
			Ref: evidence.Ref{Bundle: k.bundle, File: "captures/" + f.Kind() + "." + string(phase), Span: evidence.Span{Line: k.line, Offset: int64(100 * k.line), Length: 50}},
		})
	}
	return k
}

func (k *kit) before(facts ...fact.Fact) *kit { return k.at(evidence.Before, facts...) }
func (k *kit) during(facts ...fact.Fact) *kit { return k.at(evidence.During, facts...) }
func (k *kit) after(facts ...fact.Fact) *kit  { return k.at(evidence.After, facts...) }

// imported makes the case one of print-outs that others took, with all that is
// known of them.
func (k *kit) imported() *kit {
	k.c.Scenario, k.c.Subject = evidence.Imported, ""
	return k
}

func (k *kit) sdk(n int, release string) *kit {
	k.c.Handset.Build.SDK, k.c.Handset.Build.Release = n, release
	return k
}

// judge asks one rule.
func (k *kit) judge(t testing.TB, id string) []finding.Finding {
	t.Helper()
	rule, ok := finding.Find(id)
	require.True(t, ok, id)
	found := finding.Judge(&k.c, []finding.Rule{rule})
	require.NotEmpty(t, found, "a rule that is asked answers")
	for _, f := range found {
		assert.Equal(t, id, f.Rule)
		assert.NotEmpty(t, f.ID)
		assert.NotEmpty(t, f.Detail)
		if f.Verdict == finding.Flagged || f.Verdict == finding.Clear {
			assert.NotEmpty(t, f.Grounds, "%s: %s cites nothing", f.Verdict, f.Detail)
		}
	}
	return found
}

// want is what a rule is to find, without the grounds.
type want struct {
	verdict finding.Verdict
	pkg     android.Package
	detail  string
}

// expect compares a rule's answer with what is wanted; a detail that is empty
// is not compared.
func (k *kit) expect(t testing.TB, id string, wanted ...want) {
	t.Helper()
	var got []want
	for i, f := range k.judge(t, id) {
		w := want{f.Verdict, f.Package, f.Detail}
		if i < len(wanted) && wanted[i].detail == "" {
			w.detail = ""
		}
		got = append(got, w)
	}
	assert.Equal(t, wanted, got)
}

// step is one step of the scenario, n-th of those that take ten seconds each.
func step(n int, verb string, more ...func(*fact.Step)) fact.Step {
	s := fact.Step{
		Index: n, Verb: verb, Text: verb, Result: "ok",
		Started: begun.Add(time.Duration(n-1) * 10 * time.Second), Ended: begun.Add(time.Duration(n) * 10 * time.Second),
	}
	s.Device = s.Ended.Add(5 * time.Minute).In(kolkata)
	for _, f := range more {
		f(&s)
	}
	return s
}

func on(p android.Package) func(*fact.Step) {
	return func(s *fact.Step) { s.Package = string(p) }
}

func answered(permission, with string) func(*fact.Step) {
	return func(s *fact.Step) { s.Dialog, s.Answer = permission, with }
}

// localTime is what the handset prints so many seconds after the first step begins.
func localTime(seconds int) string {
	return begun.Add(5*time.Minute + time.Duration(seconds)*time.Second).In(kolkata).Format("2006-01-02 15:04:05.000")
}

func used(p android.Package, op android.Op, state android.State, seconds int) fact.OpUse {
	uid := map[android.Package]android.UID{weather: 10101, camera: 10102, tools: 10200, "com.android.phone": 1001}[p]
	return fact.OpUse{UID: uid, Package: p, Op: op, State: state, Flag: "s", Local: localTime(seconds), Ago: time.Duration(60-seconds) * time.Second}
}

func rejected(u fact.OpUse) fact.OpUse {
	u.Rejected = true
	return u
}

// older is a use as Android 8 and older print it: no state, and no time but how
// long before the dump, which follows the last step.
func older(p android.Package, op android.Op, ago time.Duration) fact.OpUse {
	u := used(p, op, android.StateUnknown, 0)
	u.Local, u.Flag, u.Ago = "", "", ago
	return u
}
