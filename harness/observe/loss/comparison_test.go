package loss

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// numbered is the entry number n of a log, of one line.
func numbered(n int) string {
	return fmt.Sprintf("2026-03-04 09:00:00.%06d +0530 10050  4501  4501 I demo    : entry %d", n, n)
}

// logFrom is a log of entries, from one number to before another.
func logFrom(from, to int) []string {
	var lines []string
	for n := from; n < to; n++ {
		lines = append(lines, numbered(n))
	}
	return lines
}

// lookAt is what logd says after so many entries were written; before and after are the newest
// entries before and after it was asked.
func lookAt(written int, before, after string) *logLook {
	k := newLogLook(evidence.Capture{Started: time.Unix(int64(written), 0), Ended: time.Unix(int64(written)+1, 0), Coverage: evidence.Coverage{State: evidence.Whole}})
	k.Add(fact.LogMark{Line: before})
	k.Add(fact.LogStatistic{Of: "total", Buffer: "main", Entries: 1000 + written - 7})
	k.Add(fact.LogStatistic{Of: "total", Buffer: "events", Entries: 7})
	k.Add(fact.LogStatistic{Of: "now", Buffer: "events", Entries: 3})
	k.Add(fact.LogMark{Line: after, After: true})
	return k
}

// compared compares a stream with two looks.
func compared(t *testing.T, first, second *logLook, stream []string) (string, []evidence.Gap) {
	t.Helper()
	l := newComparison(first, second)
	_, err := observe.Read("logcat", strings.NewReader(strings.Join(stream, "\n")+"\n"), printout.Input{}, func(f fact.Fact, _ evidence.Span) {
		l.Line(f.(*fact.LogLine))
	})
	require.NoError(t, err)
	return l.Result()
}

func TestAStreamIsWholeOnlyWhereAllThatWasWrittenCame(t *testing.T) {
	t.Parallel()
	still := func(n int) (int, string, string) { return n + 1, numbered(n), numbered(n) }
	first, second := lookAt(still(2)), lookAt(still(50))
	without := func(lines []string, n int) []string { return slices.Delete(slices.Clone(lines), n, n+1) }
	whole := logFrom(0, 60)
	chatty := "2026-03-04 09:00:00.000030 +0530 10050  4501  4501 I chatty  : uid=10050(demo) %s %d lines"
	replaced := func(line string, lines ...string) []string {
		return slices.Insert(without(whole, slices.Index(whole, line)), 31, lines...)
	}
	for name, c := range map[string]struct {
		first, second *logLook
		stream        []string
		reason, gap   string
	}{
		"whole":                     {first, second, whole, "proved by statistics: 48 of 48 entries", ""},
		"one is lost":               {first, second, without(whole, 30), "", "1 of the 48 entries that logd counted did not come"},
		"one before is lost":        {first, second, without(whole, 1), "proved by statistics: 48 of 48 entries", ""},
		"one behind is lost":        {first, second, without(whole, 55), "proved by statistics: 48 of 48 entries", ""},
		"the last seen is lost":     {first, second, without(logFrom(0, 51), 50), "", "1 of the 48 entries"},
		"all are lost":              {first, second, whole[:3], "", "48 of the 48 entries"},
		"nothing came":              {first, second, nil, "", "48 of the 48 entries"},
		"logd left one out":         {first, second, replaced(numbered(30), fmt.Sprintf(chatty, "expire", 1)), "statistics agree with what logd says that it left out: 1 of 48 entries", ""},
		"logd left out fewer":       {first, second, append(without(without(whole, 30), 30), fmt.Sprintf(chatty, "expire", 1)), "", "1 of the 48 entries"},
		"logd folded one":           {first, second, replaced(numbered(30), fmt.Sprintf(chatty, "identical", 1)), "proved by statistics: 48 of 48 entries", ""},
		"one has two lines":         {first, second, slices.Insert(slices.Clone(whole), 31, strings.Replace(numbered(30), "entry", "second line", 1)), "proved by statistics: 48 of 48 entries", ""},
		"two lines hide no loss":    {first, second, without(slices.Insert(slices.Clone(whole), 31, strings.Replace(numbered(30), "entry", "second line", 1)), 20), "", "1 of the 48 entries"},
		"logd began anew":           {second, first, whole, "", "logd began anew"},
		"written while asked":       {lookAt(3, numbered(2), numbered(3)), lookAt(51, numbered(49), numbered(50)), whole, "statistics prove 46 of 48 entries; of those beside them loss cannot be excluded", ""},
		"lost, written while asked": {lookAt(3, numbered(2), numbered(3)), lookAt(51, numbered(49), numbered(50)), append(whole[:10:10], whole[13:]...), "", "3 of the 48 entries"},
		"not asked at its end":      {first, nil, whole, "loss cannot be excluded by statistics: they were not taken", ""},
		"processes could not write": {first, second, slices.Insert(slices.Clone(whole), 55, "2026-03-04 09:00:00.000055 +0530 10050  4501  4501 I liblog  : 12"), "proved by statistics: 48 of 48 entries", "processes could not hand 12 entries to logd (liblog)"},
	} {
		t.Run(name, func(t *testing.T) {
			reason, gaps := compared(t, c.first, c.second, c.stream)
			assert.Equal(t, c.reason, reason)
			if c.gap == "" {
				assert.Empty(t, gaps)
				return
			}
			require.Len(t, gaps, 1)
			assert.Contains(t, gaps[0].Reason, c.gap)
		})
	}
}

// TestTimesToTheMillisecondProveLess has entries that look like lines of one entry. It says
// neither that something is lost nor that the stream is whole.
func TestTimesToTheMillisecondProveLess(t *testing.T) {
	t.Parallel()
	line := func(ms, n int) string {
		return fmt.Sprintf("03-04 09:00:00.%03d  4501  4501 I demo    : entry %d", ms, n)
	}
	first, second := lookAt(1, line(0, 0), line(0, 0)), lookAt(5, line(4, 4), line(4, 4))
	reason, gaps := compared(t, first, second, []string{line(0, 0), line(1, 1), line(2, 2), line(2, 3), line(4, 4)})
	assert.Empty(t, gaps)
	assert.Equal(t, "statistics prove 3 of 4 entries; of those beside them loss cannot be excluded", reason)
	_, gaps = compared(t, first, second, []string{line(0, 0), line(1, 1), line(2, 2), line(4, 4)})
	require.Len(t, gaps, 1)
	assert.Contains(t, gaps[0].Reason, "1 of the 4 entries")
}

func TestALookThatSaysNothingSaysWhy(t *testing.T) {
	t.Parallel()
	said := lookAt(3, numbered(2), numbered(2))
	own := lookAt(3, numbered(2), numbered(2))
	own.Add(fact.LogWriter{Buffer: "main", UID: 2000, Own: true})
	for want, look := range map[string]*logLook{
		"they were not taken":                          nil,
		"denied: Permission denied":                    newLogLook(evidence.Capture{Coverage: evidence.Coverage{State: evidence.Denied, Reason: "Permission denied"}}),
		"logcat -S gave no totals":                     newLogLook(evidence.Capture{Coverage: evidence.Coverage{State: evidence.Whole}}),
		"logd tells the shell of its own entries only": own,
	} {
		reason, gaps := compared(t, look, said, logFrom(0, 9))
		assert.Equal(t, "loss cannot be excluded by statistics: "+want, reason)
		assert.Empty(t, gaps)
	}
}

// TestABufferOfWhichLogdDoesNotTellAgainProvesNothing leaves a buffer out of the second
// statistics: what was written to it is not known, so the sum of the others proves nothing.
func TestABufferOfWhichLogdDoesNotTellAgainProvesNothing(t *testing.T) {
	t.Parallel()
	first, second := lookAt(3, numbered(2), numbered(2)), lookAt(51, numbered(50), numbered(50))
	reason, gaps := compared(t, first, second, logFrom(0, 51))
	require.Empty(t, gaps)
	require.Equal(t, "proved by statistics: 48 of 48 entries", reason)
	delete(second.total, "events")
	reason, gaps = compared(t, first, second, logFrom(0, 51))
	assert.Equal(t, "loss cannot be excluded by statistics: logcat -S did not tell of events again", reason)
	assert.Empty(t, gaps)
}

func TestAClockThatDriftsOrIsReadCoarselyHasNotJumped(t *testing.T) {
	t.Parallel()
	boot := time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)
	looks := func(by ...time.Duration) []clockReading {
		all := []clockReading{{At: "the begin", Booted: boot}}
		for i, d := range by {
			all = append(all, clockReading{At: fmt.Sprintf("step %d", i+1), Booted: boot.Add(d)})
		}
		return all
	}
	assert.Empty(t, clockJumps(looks(-990*time.Millisecond, 990*time.Millisecond, 0)))
	assert.Equal(t, []string{
		"the handset's clock was set 24h0m0s ahead between step 1 and step 2",
		"the handset's clock was set 24h0m0s back between step 2 and step 3",
	}, clockJumps(looks(0, 24*time.Hour, 0)))
	unknown := looks(0, 24*time.Hour)
	unknown[1].Booted = time.Time{}
	assert.Equal(t, []string{"the handset's clock was set 24h0m0s ahead between the begin and step 2"}, clockJumps(unknown))
	assert.Empty(t, clockJumps(nil))
}
