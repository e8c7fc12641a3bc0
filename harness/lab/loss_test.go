package lab_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// logCoverage is what a run's only stream of a log covers.
func logCoverage(t *testing.T, dir string) evidence.Coverage {
	t.Helper()
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	var all []evidence.Coverage
	for _, b := range bundles {
		require.NoError(t, judge.See(filepath.Join(dir, b), func(_ evidence.Manifest, s judge.Seen) error {
			if s.Source == "logcat" {
				all = append(all, s.Together)
			}
			return nil
		}))
	}
	require.Len(t, all, 1)
	return all[0]
}

// lostBy is what a stream's gaps say was lost.
func lostBy(t *testing.T, c evidence.Coverage) int {
	t.Helper()
	lost := 0
	for _, g := range c.Gaps {
		m := regexp.MustCompile(`^(\d+) of the \d+ entries that logd counted did not come`).FindStringSubmatch(g.Reason)
		require.NotNil(t, m, g.Reason)
		n, err := strconv.Atoi(m[1])
		require.NoError(t, err)
		assert.True(t, g.To.After(g.From), "%v", g)
		lost += n
	}
	return lost
}

// TestWhatTheLogLosesIsTheGap has logd lose entries while a scenario plays, on
// releases of each form of its statistics, and wants the gap to be what was lost:
// no more, no less. What goes when it has been read is not lost.
func TestWhatTheLogLosesIsTheGap(t *testing.T) {
	for _, c := range []struct{ persona, fault string }{
		{"lyf", ""},    // Android 5.1
		{"gionee", ""}, // 6
		{"gionee", "overrun:23:match=am start"},
		{"gionee", "overrun:23:match=input"},
		{"asus", "chatty:7:match=am start"},    // 10
		{"lava", "chatty:7:match=am start"},    // 12, which says nothing of it
		{"realme", "overrun:1:match=am start"}, // 13
		{"realme", "prune:40:match=am start"},
	} {
		name, fault := c.persona, c.fault
		t.Run(name+" "+fault, func(t *testing.T) {
			t.Parallel()
			h := handsets(t, name)
			if fault != "" {
				inject(t, h[0], fault)
			}
			dir, _ := run(t, lab.Runner{Server: embedded(t, h...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h...)})
			c, j := logCoverage(t, dir), judged(t, dir)
			if fault == "" || strings.HasPrefix(fault, "prune") {
				assert.True(t, c.Complete(), "%+v", c)
				want := `^proved by statistics: ([1-9]\d*) of (\d+) entries$`
				if name == "lyf" { // whose times are to the millisecond, so that two entries may pass for one of two lines
					want = `^statistics prove 18 of 19 entries, 1 of them without text; of those beside them loss cannot be excluded$`
				}
				if name == "gionee" { // whose logcat prints nothing for the entry without text that the dialler writes
					want = `^(proved by statistics: \d+ of \d+ entries|statistics prove \d+ of \d+ entries), [12] of them without text`
				}
				assert.Regexp(t, want, c.Reason)
				assert.Equal(t, c.Reason, logRow(t, j).Reason)
				return
			}
			declared, told := lostBy(t, c), logRow(t, j)
			if m := regexp.MustCompile(`^logd left out (\d+) entries of it \(chatty\)`).FindStringSubmatch(told.Reason); m != nil {
				n, err := strconv.Atoi(m[1])
				require.NoError(t, err)
				declared += n
			}
			assert.Positive(t, declared)
			if name == "gionee" && strings.Contains(fault, "input") { // when the dialler has written its entry without text
				empties, _ := emptiesIn(t, dir)
				assert.NotEmpty(t, empties, "both occur")
			}
			assert.Equal(t, h[0].LogLost(), declared, "%+v; %s", c, told.Reason)
			assert.Equal(t, evidence.Truncated, told.State)
			assert.NotEqual(t, finding.Clear, j.Models[0].Cells["no-identifier-in-the-log"].Verdict, "what was lost may have held one")
		})
	}
}

// logRow is what the coverage table says of the log.
func logRow(t *testing.T, j finding.Judgement) finding.CoverageRow {
	t.Helper()
	i := slices.IndexFunc(j.Coverage, func(r finding.CoverageRow) bool { return r.Source == "logcat" })
	require.GreaterOrEqual(t, i, 0)
	return j.Coverage[i]
}

// TestAClockThatIsSetIsTold sets the handset's clock forwards and back while its
// log is recorded: the entries keep the order in which they came, and the log's
// coverage says when the clock was set.
func TestAClockThatIsSetIsTold(t *testing.T) {
	for fault, want := range map[string]string{
		"clock:24h:match=am start":  `the handset's clock was set 24h0m\ds ahead between`,
		"clock:-24h:match=am start": `the handset's clock was set (24h0m\ds|23h59m5\ds) back between`,
	} {
		h := handsets(t, "asus")
		inject(t, h[0], fault)
		dir, _ := run(t, lab.Runner{Server: embedded(t, h...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h...)})
		c := logCoverage(t, dir)
		assert.Regexp(t, want, c.Reason)
		assert.True(t, c.Complete(), "%+v", c)
		entries := logged(t, dir)
		at := slices.IndexFunc(entries, func(e string) bool { return strings.Contains(e, "Setting time of day") })
		require.GreaterOrEqual(t, at, 0)
		require.Less(t, at, len(entries)-1)
		forward := entries[at-1][:10] < entries[at+1][:10]
		assert.Equal(t, !strings.Contains(fault, "-24h"), forward, "%s\n%s", entries[at-1], entries[at+1])
	}
}

// TestAHandsetWithoutStatisticsIsNoWorseThanItWas refuses the statistics: loss is
// not excluded, and the log is not cut off for that.
func TestAHandsetWithoutStatisticsIsNoWorseThanItWas(t *testing.T) {
	h := handsets(t, "asus")
	inject(t, h[0], "truncated:0:-S")
	dir, _ := run(t, lab.Runner{Server: embedded(t, h...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h...)})
	c := logCoverage(t, dir)
	assert.True(t, c.Complete(), "%+v", c)
	assert.Contains(t, c.Reason, "loss cannot be excluded by statistics: ")
}
