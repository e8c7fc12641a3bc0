package finding_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/leak"
	"assay/harness/observe/fact"
)

// A dump with many thousand packages, each with a grant, a use and a flag, is told
// in part, and says so; what is flagged stays flagged.
func TestAFloodOfPackagesIsToldInPart(t *testing.T) {
	t.Parallel()
	const many = 30_000
	var all []fact.Observation
	at := func(f fact.Fact, i int, p evidence.Phase) {
		all = append(all, fact.Observation{Fact: f, Phase: p, Ref: evidence.Ref{Bundle: "b", File: "f", Span: evidence.Span{Line: i + 1, Offset: int64(i)}}})
	}
	for i := range many {
		name := android.Package(fmt.Sprintf("com.example.app%06d", i))
		at(fact.Install{Package: name, UID: android.UID(10000 + i%3), CodePath: "/system/app/" + string(name), Flags: []string{"SYSTEM"}}, i, evidence.Before)
		at(fact.Grant{Package: name, Permission: "android.permission.CAMERA", Type: fact.RuntimeGrant, Granted: true, Flags: []string{"GRANTED_BY_DEFAULT"}}, i, evidence.Before)
		at(fact.OpUse{Package: name, UID: android.UID(10000 + i%3), Op: "CAMERA", State: "bg", Ago: 1}, i, evidence.Before)
	}
	c := &finding.Case{Handset: android.Handset{Serial: "A", Brand: "B", Model: "M", Build: android.Build{SDK: 33}}, Scenario: evidence.Imported, Observations: all}
	tally := finding.NewTally(finding.Info{})
	tally.Add(c)
	j := tally.Judgement()
	assert.Less(t, len(j.Findings), 3*1000+50)
	assert.LessOrEqual(t, len(j.Grants), 10_001)
	assert.LessOrEqual(t, len(j.Uses), 10_001)
	more := 0
	for _, f := range j.Findings {
		assert.LessOrEqual(t, len(f.Grounds), 48)
		if strings.Contains(f.Detail, "more findings of this rule are") {
			more++
			assert.NotEmpty(t, f.Grounds, f.Rule)
		}
	}
	assert.Positive(t, more, "what is not listed is told")
	says := func(p android.Package) bool {
		return strings.HasPrefix(string(p), "(and ") && strings.HasSuffix(string(p), " more)")
	}
	assert.True(t, says(j.Grants[0].Package), "%s", j.Grants[0].Package)
	assert.Equal(t, android.Package(fmt.Sprintf("(and %d more)", many-10_000)), j.Uses[0].Package)
	require.Len(t, j.Models, 1)
	assert.Equal(t, finding.Flagged, j.Models[0].Cells["no-sensitive-grant-unseen-by-the-user"].Verdict)
}

func TestProblemsAreToldInPart(t *testing.T) {
	t.Parallel()
	tally := finding.NewTally(finding.Info{})
	for i := range 10_000 {
		tally.Problem(fmt.Sprintf("bundle %05d", i))
	}
	j := tally.Judgement()
	require.Len(t, j.Problems, 501)
	assert.Equal(t, "and 9500 more problems", j.Problems[500])
}

// Own values that a flood had summed up flag whoever wrote them; where even the
// writers are not told apart, nothing is clear.
func TestSummedUpOwnValuesAreNeverClear(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		uid  android.UID
		want finding.Verdict
	}{"a writer's": {10101, finding.Flagged}, "of nobody in particular": {android.NoUID, finding.Unknown}} {
		t.Run(name, func(t *testing.T) {
			k := attempt(fact.Identifier{Type: "imei", Value: "356938035643809"})
			k.c.Hits = []leak.Hit{{Kind: "imei", Certainty: leak.Certain, Masked: leak.Others, UID: c.uid, PID: -1, Count: 900}}
			found := finding.Judge(&k.c, []finding.Rule{mustFind(t, "no-identifier-in-the-log")})
			require.NotEmpty(t, found)
			assert.Equal(t, c.want, found[0].Verdict, found[0].Detail)
		})
	}
}

func mustFind(t *testing.T, id string) finding.Rule {
	t.Helper()
	r, ok := finding.Find(id)
	require.True(t, ok)
	return r
}
