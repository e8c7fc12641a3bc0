package loss

import (
	"bytes"
	"strings"
	"time"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/log"
	"assay/harness/observe/printout"
)

// logLook is logd's statistics at one moment, with the newest entry of the log just before
// and just after.
type logLook struct {
	From, To time.Time // host's clock, UTC
	Why      string    // why it says nothing, in words; empty where it does say something

	clock         *evidence.Clock
	total         map[string]int // entries written since logd began, by buffer
	now           map[string]int // of those, that were still there
	before, after *fact.LogLine  // nil where the log held nothing
	own           bool
}

// newLogLook begins with the capture that has the statistics.
func newLogLook(c evidence.Capture) *logLook {
	k := &logLook{From: c.Started, To: c.Ended, clock: c.Clock, total: map[string]int{}, now: map[string]int{}}
	if s := c.Coverage.State; s != evidence.Whole && s != evidence.Empty {
		k.Why = strings.TrimSuffix(string(s)+": "+c.Coverage.Reason, ": ")
	}
	return k
}

// Add takes a fact of the capture.
func (k *logLook) Add(f fact.Fact) {
	switch f := f.(type) {
	case fact.LogStatistic:
		switch f.Of {
		case "total":
			k.total[f.Buffer] = f.Entries
		case "now":
			k.now[f.Buffer] = f.Entries
		}
	case fact.LogWriter:
		k.own = k.own || f.Own
	case fact.LogMark:
		if f.After {
			k.after = entryOf(f.Line)
			break
		}
		k.before = entryOf(f.Line)
	}
}

// entryOf reads one line of a log. It is nil where the line is no entry.
func entryOf(line string) *fact.LogLine {
	var entry *fact.LogLine
	_ = log.Logcat.Parse(printout.Input{Lines: printout.NewLines(strings.NewReader(line + "\n"))}, func(f fact.Fact, _ evidence.Span) {
		if l, ok := fact.Keep(f).(*fact.LogLine); ok {
			entry = l
		}
	})
	return entry
}

// silent says why the look does not tell what was written. It is empty where it does.
func (k *logLook) silent() string {
	switch {
	case k == nil:
		return "they were not taken"
	case k.Why != "":
		return k.Why
	case k.own:
		return "logd tells the shell of its own entries only"
	case len(k.total) == 0:
		return "logcat -S gave no totals"
	}
	return ""
}

// held says whether the log held entries.
func (k *logLook) held() bool {
	for _, n := range k.now {
		if n > 0 {
			return true
		}
	}
	return false
}

// pruned says whether logd dropped entries before a later look, or may have.
func (k *logLook) pruned(later *logLook) bool {
	for buffer, total := range later.total {
		if total-later.now[buffer] != k.total[buffer]-k.now[buffer] {
			return true
		}
	}
	return false
}

// Since is the time from which the log must be read again to have everything that was
// written after the look: a second before its newest entry, as logcat -T takes it. It is
// empty where the look has no entry.
func (k *logLook) Since() string {
	if k.before == nil {
		return ""
	}
	layout := "01-02 15:04:05.000"
	if len(k.before.Time) > 4 && k.before.Time[4] == '-' {
		layout = "2006-01-02 15:04:05.000000"
	}
	t, _, ok := logTime(k.before.Time, k.clock)
	if !ok {
		return ""
	}
	return t.Add(-time.Second).Format(layout)
}

// sameEntry says whether two lines belong to one entry. Of two entries that look alike it
// says so too.
func sameEntry(a, b *fact.LogLine) bool {
	return bytes.Equal(a.Time, b.Time) && a.PID == b.PID && a.TID == b.TID && a.Level == b.Level && bytes.Equal(a.Tag, b.Tag)
}

// sameLine says whether two lines are the same line of one entry.
func sameLine(a, b *fact.LogLine) bool { return sameEntry(a, b) && bytes.Equal(a.Message, b.Message) }
