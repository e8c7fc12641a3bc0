package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/evidence"
	"assay/harness/judge"
)

func TestCoverageTellsOnceWhyAnEarlierFormIsNotTheOneThatAnswered(t *testing.T) {
	var out bytes.Buffer
	a := &app{out: &out}
	seen := func(source, instead string) judge.Seen {
		return judge.Seen{Capture: evidence.Capture{Source: source, Instead: instead}}
	}
	a.passedOver([]judge.Seen{seen("ps", "unknown option \x1b -A"), seen("getprop", ""), seen("ps", "unknown option \x1b -A"), seen("ps", "refused earlier in this run: no")})
	assert.Equal(t, "ps: not asked in an earlier form, or not answered: unknown option \\x1b -A\n"+
		"ps: not asked in an earlier form, or not answered: refused earlier in this run: no\n", out.String())
}

// TestCoverageBeginsWithWhatWeakensAVerdict ranks captures of one handset.
func TestCoverageBeginsWithWhatWeakensAVerdict(t *testing.T) {
	seen := func(source string, phase evidence.Phase, state evidence.State, unread int) judge.Seen {
		s := judge.Seen{Capture: evidence.Capture{Source: source, Phase: phase}, Together: evidence.Coverage{State: state}}
		s.Reading.Unread = unread
		return s
	}
	played := evidence.Manifest{Head: evidence.Head{Scenario: "dialer"}}
	played.Handset.Build.SDK = 33
	imported := evidence.Manifest{Head: evidence.Head{Scenario: evidence.Imported}}
	for name, c := range map[string]struct {
		of   evidence.Manifest
		seen judge.Seen
		want int
	}{
		"denied":                       {played, seen("dumpsys-appops", evidence.After, evidence.Denied, 0), weakening},
		"lines unread":                 {played, seen("dumpsys-appops", evidence.After, evidence.Whole, 1), weakening},
		"whole":                        {played, seen("dumpsys-appops", evidence.After, evidence.Whole, 0), bearing},
		"no rule's":                    {played, seen("dumpsys-role", evidence.Before, evidence.Denied, 3), beside},
		"of a phase that no rule asks": {played, seen("dumpsys-appops", evidence.During, evidence.Denied, 0), beside},
		"of any phase, imported":       {imported, seen("logcat", evidence.Before, evidence.Whole, 0), bearing},
	} {
		assert.Equal(t, c.want, rank(c.of, c.seen), name)
	}
}
