package lab_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// TestAHandsetThatHangsCostsNoMoreThanTheLimits has a short command hang on one
// handset and a capture on another, on a farm with limits of its own.
func TestAHandsetThatHangsCostsNoMoreThanTheLimits(t *testing.T) {
	all := handsets(t, "honor", "asus")
	inject(t, all[0], "silent:input swipe:times=1")
	inject(t, all[1], "hung:dumpsys appops:times=1")
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)}
	began := time.Now()
	limits := lab.Limits{Answer: 2 * time.Second, Capture: 2 * time.Second}
	dir, summary := run(t, lab.Runner{Server: embedded(t, all...), Limits: limits}, plan)
	assert.Less(t, time.Since(began), 30*time.Second)
	assert.Equal(t, 1, summary.Infra, "the swipe's attempt was played again")
	late := 0
	for _, c := range judged(t, dir).Coverage {
		if c.State == evidence.TimedOut {
			assert.Equal(t, "dumpsys-appops", c.Source)
			assert.Contains(t, c.Reason, "2s")
			late++
		}
	}
	assert.Equal(t, 1, late)
}

// TestAJobTakesNoMoreThanItsBudget has the job's own limit, and a capture's, end
// what is taken; each says which it was and how to raise it.
func TestAJobTakesNoMoreThanItsBudget(t *testing.T) {
	all := handsets(t, "honor")
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)}
	dir, summary := run(t, lab.Runner{Server: embedded(t, all...), Limits: lab.Limits{Job: 100 << 10}}, plan)
	assert.Zero(t, summary.Infra, "a handset that prints much is no fault of the lab")
	states := map[evidence.State]int{}
	for _, c := range judged(t, dir).Coverage {
		states[c.State]++
		if c.State == evidence.NotRun {
			assert.Contains(t, c.Reason, "--job-limit raises it", c.Source)
		}
	}
	assert.Positive(t, states[evidence.NotRun], "%v", states)
	assert.Positive(t, states[evidence.Whole], "%v", states)
	assert.Less(t, kept(t, dir), int64(3*(100<<10)), "two jobs and their logs")

	all = handsets(t, "honor")
	plan.Inventory = inventory(all...)
	dir, _ = run(t, lab.Runner{Server: embedded(t, all...), Limits: lab.Limits{Output: 20 << 10}}, plan)
	cut := 0
	for _, c := range judged(t, dir).Coverage {
		if c.State == evidence.Truncated && c.Source != "capabilities" {
			assert.Contains(t, c.Reason, "--capture-limit raises it", c.Source)
			cut++
		}
	}
	assert.Positive(t, cut)
}

// kept is how many bytes a run's captures have.
func kept(t *testing.T, dir string) (total int64) {
	t.Helper()
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	for _, b := range bundles {
		m, err := evidence.Open(filepath.Join(dir, filepath.FromSlash(b)))
		require.NoError(t, err)
		for _, c := range m.Captures {
			total += c.Size
		}
	}
	return total
}
