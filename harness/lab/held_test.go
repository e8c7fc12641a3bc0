package lab_test

import (
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/lab"
)

// journalled gives the entries of one kind, with their notes.
func journalled(t *testing.T, dir string, kind evidence.Kind) []evidence.Entry {
	t.Helper()
	all, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	var found []evidence.Entry
	for _, e := range all {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

// TestAHandsetThatGetsHotWaitsAndGoesOn heats a handset up in its first job and
// lets it cool while it is held.
func TestAHandsetThatGetsHotWaitsAndGoesOn(t *testing.T) {
	one, inv := twins(t, "asus", 1)
	inject(t, one[0], "heat:480:match=am start:back=300:times=1")
	plan := lab.Plan{Scenarios: play(t, "browser", "dialer"), Inventory: inv}
	dir, summary := run(t, lab.Runner{Server: embedded(t, one...), CheckEvery: 1}, plan)
	var seen []string
	for _, e := range journalled(t, dir, evidence.HandsetSeen) {
		seen = append(seen, e.Note)
	}
	assert.Equal(t, []string{"leased", "held", "leased"}, seen)
	assert.Zero(t, summary.Infra+summary.Unusable, "it is no fault of the lab's")
	for _, job := range judged(t, dir).Jobs {
		assert.Equal(t, evidence.Finished, job.Outcome.State, "%s", job.Scenario)
		assert.Equal(t, 1, job.Attempt)
	}
}

// TestWhatAHotHandsetOwesItsTwinPlays has one that never cools.
func TestWhatAHotHandsetOwesItsTwinPlays(t *testing.T) {
	both, inv := twins(t, "asus", 2)
	inject(t, both[0], "heat:480")
	plan := lab.Plan{Scenarios: play(t, "browser", "dialer"), Inventory: inv}
	dir, summary := run(t, lab.Runner{Server: embedded(t, both...), HeldPatience: 3 * time.Minute}, plan)
	assert.Equal(t, 1, summary.Unusable)
	j := judged(t, dir)
	assert.Equal(t, []string{"baseline TWIN0 1 not run", "baseline TWIN1 1 finished", "browser 1 finished", "dialer 1 finished"}, owing(j))
	require.Len(t, j.Missing, 1)
	assert.Equal(t, "held", j.Missing[0].State)
}

// TestAHubThatFailsCostsNoAttempts takes two handsets of one hub away together,
// three times: more often than either has attempts.
func TestAHubThatFailsCostsNoAttempts(t *testing.T) {
	all := handsets(t, "asus", "honor")
	for _, h := range all {
		inject(t, h, "unplugged:match=am start:back=3:times=3")
	}
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)}
	dir, summary := run(t, lab.Runner{Server: embedded(t, all...)}, plan)
	assert.Equal(t, 6, summary.Infra)
	for _, job := range judged(t, dir).Jobs {
		if job.Attempt == 4 {
			assert.Equal(t, evidence.Finished, job.Outcome.State)
		}
	}
	told := journalled(t, dir, evidence.Incident)
	require.NotEmpty(t, told)
	assert.Contains(t, told[0].Note, "hub usb:1-1: 2 handsets lost within 2s: ")
	seen := map[string]bool{}
	for _, e := range told {
		assert.False(t, seen[e.Note+e.Time.String()])
		seen[e.Note+e.Time.String()] = true
	}
	assert.LessOrEqual(t, len(told), 3)
}

// TestAHandsetThatAnotherRunHasLeasedIsLeftToIt begins a second run in the midst
// of a first.
func TestAHandsetThatAnotherRunHasLeasedIsLeftToIt(t *testing.T) {
	one, inv := twins(t, "asus", 1)
	server := embedded(t, one...)
	claims := t.TempDir()
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inv}
	var second lab.Summary
	var dir string
	begin := sync.OnceFunc(func() {
		dir, second = run(t, lab.Runner{Server: server, Claims: farm.OpenClaims(claims)}, plan)
	})
	_, first := run(t, lab.Runner{Server: server, Claims: farm.OpenClaims(claims), Watch: func(e lab.Event) {
		if strings.HasPrefix(e.Text, "playing") {
			begin()
		}
	}}, plan)
	assert.Zero(t, first.Unusable+first.Infra)
	assert.Equal(t, 1, second.Unusable)
	j := judged(t, dir)
	require.Len(t, j.Missing, 1)
	assert.Equal(t, "leased", j.Missing[0].State)
	assert.Contains(t, j.Missing[0].Cause, "has leased it since")
}
