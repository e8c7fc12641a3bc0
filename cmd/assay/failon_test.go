package main

import (
	"testing"

	"github.com/spf13/viper"
	"github.com/stretchr/testify/assert"

	"assay/harness/finding"
)

// TestARunFailsFromTheSeverityThatIsAskedForOn holds each word to what is flagged at each
// severity, and to a flagged cell of a judgement that does not say how bad it is.
func TestARunFailsFromTheSeverityThatIsAskedForOn(t *testing.T) {
	t.Parallel()
	worst := []finding.Severity{0, finding.Low, finding.Medium, finding.High, finding.Critical}
	for on, from := range map[string]finding.Severity{
		"critical": finding.Critical, "high": finding.High, "medium": finding.Medium, "low": finding.Low, "flagged": finding.Low, "never": finding.Critical + 1,
	} {
		a := &app{set: viper.New()}
		a.set.Set("fail-on", on)
		assert.Contains(t, failOnWords, on)
		assert.False(t, a.fails(judged(finding.Cell{Verdict: finding.Unknown})), on)
		for _, is := range worst {
			j := judged(finding.Cell{Verdict: finding.Flagged, Flagged: 1, Worst: is})
			assert.Equal(t, max(is, finding.Low) >= from, a.fails(j), "--fail-on %s, %s", on, is)
		}
	}
}

func TestUnknownFailsUnlessItIsNotAskedFor(t *testing.T) {
	t.Parallel()
	for on, want := range map[string]bool{"any": true, "never": false} {
		a := &app{set: viper.New()}
		a.set.Set("fail-on-unknown", on)
		assert.Equal(t, want, a.failsUnknown(judged(finding.Cell{Verdict: finding.Unknown})), on)
		assert.Equal(t, want, a.failsUnknown(judged(finding.Cell{Verdict: finding.Flagged, Unknown: []string{"denied"}})), on)
		assert.False(t, a.failsUnknown(judged(finding.Cell{Verdict: finding.Clear})), on)
	}
}

func judged(c finding.Cell) finding.Judgement {
	return finding.Judgement{Models: []finding.Model{{Cells: map[string]finding.Cell{"release-keys": c}}}}
}
