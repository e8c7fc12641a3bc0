package lab_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"assay/harness/evidence"
	"assay/harness/lab"
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
