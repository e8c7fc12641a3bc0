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

// logLook is one look at the log's statistics, with the newest entry just before
// and just after.
type logLook struct {
	From, To time.Time // host's clock, UTC
	Why      string    // it tells nothing, in words; empty where it does

	clock         *evidence.Clock
	total         map[string]int // entries written since logd began, by buffer
	now           map[string]int // of those, that were still there
	before, after *fact.LogLine  // nil where the log held nothing
	own           bool
}

// newLogLook begins a look that was taken by one capture.
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

// entryOf reads one line of a log; nil where it is none.
func entryOf(line string) *fact.LogLine {
	var entry *fact.LogLine
	_ = log.Logcat.Parse(printout.Input{Lines: printout.NewLines(strings.NewReader(line + "\n"))}, func(f fact.Fact, _ evidence.Span) {
		if l, ok := fact.Keep(f).(*fact.LogLine); ok {
			entry = l
		}
	})
	return entry
}

// silent says why a look tells nothing of what was written, or "".
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

// pruned says whether logd let go of entries before another look, or may have.
func (k *logLook) pruned(later *logLook) bool {
	for buffer, total := range later.total {
		if total-later.now[buffer] != k.total[buffer]-k.now[buffer] {
			return true
		}
	}
	return false
}

// Since is from when the log must be read again so as to have all that was
// written after the look: a second before its newest entry, in the form that
// logcat -T takes. It is empty where the look knows of none.
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

// sameEntry says whether two lines are of one entry, or of two that nothing
// tells apart.
func sameEntry(a, b *fact.LogLine) bool {
	return bytes.Equal(a.Time, b.Time) && a.PID == b.PID && a.TID == b.TID && a.Level == b.Level && bytes.Equal(a.Tag, b.Tag)
}

// sameLine says whether two lines are one.
func sameLine(a, b *fact.LogLine) bool { return sameEntry(a, b) && bytes.Equal(a.Message, b.Message) }
