package loss

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
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

// emptyAt is an entry without text in the log that numbered gives: its time is that of entry n,
// and so many nanoseconds more.
func emptyAt(n, nsec int) fact.LogEmpty {
	at := time.Date(2026, 3, 4, 9, 0, 0, n*1000+nsec, time.FixedZone("", 5*3600+30*60))
	return fact.LogEmpty{Time: fmt.Sprintf("%d.%09d", at.Unix(), at.Nanosecond()), PID: 4501, TID: 4501, Buffer: "main", Level: "I", Tag: "System.out"}
}

// withEmpties compares a stream with two looks and entries without text.
func withEmpties(t *testing.T, first, second *logLook, stream []string, change func(*comparison), empties ...fact.LogEmpty) (string, []evidence.Gap) {
	t.Helper()
	l := newComparison(first, second)
	_, err := observe.Read("logcat", strings.NewReader(strings.Join(stream, "\n")+"\n"), printout.Input{}, func(f fact.Fact, _ evidence.Span) {
		l.Line(f.(*fact.LogLine))
	})
	require.NoError(t, err)
	l.Empties = newEmptyEntries(evidence.Capture{Coverage: evidence.Coverage{State: evidence.Whole}})
	for _, e := range empties {
		l.Empties.Add(e)
	}
	if change != nil {
		change(l)
	}
	return l.Result()
}

func TestEntriesWithoutTextAreNotLost(t *testing.T) {
	t.Parallel()
	look := func(written, n int) *logLook { return lookAt(written, numbered(n), numbered(n)) }
	first, second := look(3, 2), look(51+2, 50) // 48 lines, and two entries more
	whole := logFrom(0, 60)
	without := slices.Delete(slices.Clone(whole), 30, 31)
	back := slices.Clone(whole)
	back[20] = strings.Replace(numbered(20), "09:00:00", "08:59:57", 1)
	unmarked := newLogLook(evidence.Capture{Coverage: evidence.Coverage{State: evidence.Whole}})
	unmarked.Add(fact.LogStatistic{Of: "total", Buffer: "main", Entries: 1000 + 3 - 7})
	unmarked.Add(fact.LogStatistic{Of: "total", Buffer: "events", Entries: 7})
	unmarked.Add(fact.LogStatistic{Of: "now", Buffer: "events", Entries: 3})
	for name, c := range map[string]struct {
		first, second *logLook
		stream        []string
		change        func(*comparison)
		empties       []fact.LogEmpty
		reason, gap   string
	}{
		"both are known": {empties: []fact.LogEmpty{emptyAt(10, 500), emptyAt(40, 1500)}, reason: "proved by statistics: 50 of 50 entries, 2 of them without text"},
		"as the clock drifts by less than a second": {
			stream:  append(slices.Clone(whole[:20]), append([]string{numbered(22), numbered(21), numbered(20)}, whole[23:]...)...),
			empties: []fact.LogEmpty{emptyAt(10, 500), emptyAt(40, 1500)}, reason: "proved by statistics: 50 of 50 entries, 2 of them without text"},
		"one is known":                   {empties: []fact.LogEmpty{emptyAt(10, 500)}, gap: "1 of the 50 entries that logd counted did not come: they are lost"},
		"one came before":                {empties: []fact.LogEmpty{emptyAt(1, 500), emptyAt(40, 0)}, gap: "1 of the 50 entries that logd counted did not come: they are lost"},
		"one came after":                 {empties: []fact.LogEmpty{emptyAt(10, 500), emptyAt(55, 0)}, gap: "1 of the 50 entries that logd counted did not come: they are lost"},
		"one at the bound proves less":   {empties: []fact.LogEmpty{emptyAt(2, 500), emptyAt(40, 0)}, reason: "statistics prove 49 of 50 entries, 1 of them without text; of those beside them loss cannot be excluded"},
		"a line is lost too":             {stream: without, empties: []fact.LogEmpty{emptyAt(10, 500), emptyAt(40, 0)}, gap: "1 of the 50 entries that logd counted did not come: they are lost"},
		"more than logd counted":         {second: look(51, 50), empties: []fact.LogEmpty{emptyAt(10, 500), emptyAt(40, 0)}, reason: "proved by statistics: 48 of 48 entries, 2 of them without text"},
		"the clock was set":              {change: func(l *comparison) { l.Jumps = []string{"the handset's clock was set"} }, empties: []fact.LogEmpty{emptyAt(10, 500), emptyAt(40, 0)}, gap: "2 of the 50 entries that logd counted did not come: they are lost, or have no text, which is not known: the clock was set"},
		"times run back":                 {stream: back, empties: []fact.LogEmpty{emptyAt(10, 500), emptyAt(40, 0)}, gap: "2 of the 50 entries that logd counted did not come: they are lost, or have no text, which is not known: the log's times run back"},
		"not all were read":              {change: func(l *comparison) { l.Empties.Lacks("cut off") }, empties: []fact.LogEmpty{emptyAt(10, 500)}, gap: "1 of the 50 entries that logd counted did not come: they are lost, or have no text, which is not known of all: cut off"},
		"they were not asked for":        {change: func(l *comparison) { l.Empties = nil }, gap: "2 of the 50 entries that logd counted did not come: they are lost, or have no text"},
		"none had one, nor had the mark": {first: unmarked, stream: whole[3:], empties: []fact.LogEmpty{emptyAt(10, 500)}, gap: "which is not known: the newest entry before the statistics had none either"},
	} {
		t.Run(name, func(t *testing.T) {
			a, b, stream := first, second, whole
			if c.first != nil {
				a = c.first
			}
			if c.second != nil {
				b = c.second
			}
			if c.stream != nil {
				stream = c.stream
			}
			for _, k := range []*logLook{a, b} { // the ring is large: nothing has gone from it
				k.now = map[string]int{"main": k.total["main"], "events": k.total["events"]}
			}
			if name == "none had one, nor had the mark" {
				b = look(53+40, 50)
			}
			reason, gaps := withEmpties(t, a, b, stream, c.change, c.empties...)
			if c.gap == "" {
				assert.Equal(t, c.reason, reason)
				assert.Empty(t, gaps)
				return
			}
			assert.Empty(t, reason)
			require.Len(t, gaps, 1)
			assert.True(t, strings.HasSuffix(gaps[0].Reason, c.gap), gaps[0].Reason)
		})
	}
}

// TestTimesToTheMillisecondPlaceAnEntryInTheHandsetsZone has a log of Android 6, whose times have
// neither year nor zone. An entry with the time of a bound proves nothing.
func TestTimesToTheMillisecondPlaceAnEntryInTheHandsetsZone(t *testing.T) {
	t.Parallel()
	line := func(ms int) string { return fmt.Sprintf("12-31 23:59:59.%03d  4501  4501 I demo    : entry", ms) }
	zone := time.FixedZone("", 5*3600+30*60)
	look := func(written, ms int) *logLook {
		k := lookAt(written, line(ms), line(ms))
		k.clock = &evidence.Clock{Device: time.Date(2027, 1, 1, 0, 0, 3, 0, zone)} // the year has changed since
		return k
	}
	at := func(ms int) fact.LogEmpty {
		e := time.Date(2026, 12, 31, 23, 59, 59, ms*1e6+999_999, zone)
		return fact.LogEmpty{Time: fmt.Sprintf("%d.%09d", e.Unix(), e.Nanosecond())}
	}
	stream := []string{line(0), line(100), line(200), line(300)}
	reason, gaps := withEmpties(t, look(1, 0), look(6, 300), stream, nil, at(50), at(250))
	assert.Empty(t, gaps)
	assert.Equal(t, "proved by statistics: 5 of 5 entries, 2 of them without text", reason)
	reason, gaps = withEmpties(t, look(1, 0), look(6, 300), stream, nil, at(0), at(250))
	assert.Empty(t, gaps)
	assert.Equal(t, "statistics prove 4 of 5 entries, 1 of them without text; of those beside them loss cannot be excluded", reason)
	_, gaps = withEmpties(t, look(1, 0), look(6, 300), stream, nil, at(301), at(250))
	require.Len(t, gaps, 1)
	assert.Contains(t, gaps[0].Reason, "1 of the 5 entries")
	assert.Equal(t, "12-31 23:59:58.300", look(1, 300).Since())
	assert.Equal(t, "2026-03-04 08:59:59.000007", lookAt(1, numbered(7), numbered(7)).Since())
	nowhere := look(1, 0)
	nowhere.clock = nil
	_, gaps = withEmpties(t, nowhere, look(6, 300), stream, nil, at(50), at(250))
	require.Len(t, gaps, 1)
	assert.Contains(t, gaps[0].Reason, "2 of the 5 entries")
	assert.Contains(t, gaps[0].Reason, "an entry's time could not be read")
}

// TestTextForgesNoEntryWithoutText writes the log's binary form, and the fact as
// assay prints it, into the text of a log that has lost an entry.
func TestTextForgesNoEntryWithoutText(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "logcat-binary", "android-6.bin"))
	require.NoError(t, err)
	one := bytes.NewBuffer(nil)
	one.WriteString(strings.ReplaceAll(string(raw[:73]), "\n", " "))
	forged := logFrom(0, 60)
	forged[40] = strings.Replace(numbered(40), "entry", one.String(), 1)
	forged[41] = strings.Replace(numbered(41), "entry", `{"kind":"log-empty","fact":{"time":"1772595000.000010500","pid":4501}}`, 1)
	forged = slices.Delete(forged, 30, 31)
	_, gaps := withEmpties(t, lookAt(3, numbered(2), numbered(2)), lookAt(51, numbered(50), numbered(50)), forged, nil)
	require.Len(t, gaps, 1)
	assert.Contains(t, gaps[0].Reason, "1 of the 48 entries that logd counted did not come")
}
