package lab_test

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
	"assay/harness/virtual"
)

// emptiesIn gives a run's facts of entries without text, and how often the log was
// read again for them.
func emptiesIn(t *testing.T, dir string) (found []fact.LogEmpty, asked []evidence.Capture) {
	t.Helper()
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	for _, b := range bundles {
		m, err := evidence.Open(filepath.Join(dir, b))
		require.NoError(t, err)
		for _, c := range m.Captures {
			if c.Source == "logcat-binary" {
				asked = append(asked, c)
			}
		}
	}
	require.NoError(t, judge.EachFact(dir, "", func(_ evidence.Manifest, o fact.Observation) error {
		if f, ok := o.Fact.(fact.LogEmpty); ok {
			found = append(found, f)
		}
		return nil
	}))
	return found, asked
}

// TestTheLogIsReadAgainOnlyWhereEntriesDidNotCome plays the dialler, which writes
// an entry without text: up to Android 6 logcat prints nothing for it, and then
// the log's binary form is recorded, of which no entry is a log line a second
// time. Where logcat prints an empty line, nothing is missing.
func TestTheLogIsReadAgainOnlyWhereEntriesDidNotCome(t *testing.T) {
	for name, again := range map[string]bool{"gionee": true, "realme": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := handsets(t, name)
			dir, _ := run(t, lab.Runner{Server: embedded(t, h...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h...)})
			found, asked := emptiesIn(t, dir)
			lines := 0
			require.NoError(t, judge.EachFact(dir, "", func(_ evidence.Manifest, o fact.Observation) error {
				if l, ok := o.Fact.(*fact.LogLine); ok {
					assert.Equal(t, "logcat", o.Source)
					lines += strings.Count(string(l.Tag)+"|"+string(l.Message), "System.out|")
				}
				return nil
			}))
			if !again {
				assert.Empty(t, asked)
				assert.Positive(t, lines)
				return
			}
			require.Len(t, asked, 1)
			assert.Equal(t, evidence.Whole, asked[0].Coverage.State, asked[0].Coverage.Reason)
			assert.Empty(t, asked[0].Subject)
			require.NotEmpty(t, found)
			assert.Equal(t, "System.out", found[0].Tag)
			assert.Equal(t, "main", found[0].Buffer)
			assert.Zero(t, lines)
			assert.Empty(t, logCoverage(t, dir).Gaps)
		})
	}
}

// TestALogThatIsNotReadAgainToItsEndExplainsNothing cuts the binary form off: what
// it shows counts, and the gap says that there may be more.
func TestALogThatIsNotReadAgainToItsEndExplainsNothing(t *testing.T) {
	h := handsets(t, "gionee")
	inject(t, h[0], "truncated:60:-B")
	dir, _ := run(t, lab.Runner{Server: embedded(t, h...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h...)})
	c := logCoverage(t, dir)
	require.Len(t, c.Gaps, 1)
	assert.Regexp(t, `^1 of the \d+ entries that logd counted did not come: they are lost, or have no text, which is not known of all: the log breaks off within an entry$`, c.Gaps[0].Reason)
	assert.False(t, c.Complete())
}

// TestTheLogInItsBinaryFormSaysWhatItsTextSays reads both of a handset that has
// been used, on releases of each form.
func TestTheLogInItsBinaryFormSaysWhatItsTextSays(t *testing.T) {
	for _, name := range []string{"lyf", "gionee", "asus", "realme"} {
		h := handsets(t, name)[0]
		say := func(script string) string {
			var out bytes.Buffer
			require.Zero(t, h.Exec(t.Context(), script, strings.NewReader(""), &out, &out), script)
			return out.String()
		}
		say("am start -a android.intent.action.DIAL; log -t demo ''; input keyevent HOME; sleep 30; log -t demo 'one\ntwo'")
		buffers := "-b main -b system -b crash -b events"
		entries := func(source, body string) (all []string) {
			_, err := observe.Read(source, strings.NewReader(body), printout.Input{SDK: sdkOf(h)}, func(f fact.Fact, _ evidence.Span) {
				switch l := f.(type) {
				case *fact.LogLine:
					for text := range strings.SplitSeq(string(l.Message), "\n") {
						all = append(all, fmt.Sprintf("%d %d %c %s: %s", l.PID, l.TID, l.Level, l.Tag, text))
					}
				case fact.LogEmpty:
					all = append(all, fmt.Sprintf("%d %d %s %s: ", l.PID, l.TID, l.Level, l.Tag))
				}
			})
			require.NoError(t, err)
			return all
		}
		text := entries("logcat", say("logcat -d -v threadtime "+buffers))
		binary := entries("logcat", say("logcat -d -B "+buffers))
		empties := entries("logcat-binary", say("logcat -d -B "+buffers))
		known := map[string]bool{}
		for _, line := range text {
			known[line] = true
		}
		require.Greater(t, len(text), 10)
		assert.Len(t, binary, len(text)+len(empties), name)
		for _, line := range binary {
			if tag := strings.Fields(line)[3]; strings.Trim(tag, "0123456789:") == "" { // of an event that observe has no name for
				continue
			}
			assert.True(t, known[line] || sdkOf(h) < 24 && strings.HasSuffix(line, ": "), "%s: %s", name, line)
		}
		assert.Equal(t, sdkOf(h) < 24, len(empties) > 0, name)
	}
}

func sdkOf(h *virtual.Handset) int { return h.Persona().SDK }

// TestALogWhoseNewestEntryHasNoTextIsNotEmpty has an app write one each time that
// the newest entry is asked for: up to Android 6 logcat answers with nothing.
func TestALogWhoseNewestEntryHasNoTextIsNotEmpty(t *testing.T) {
	h := handsets(t, "gionee")
	h[0].Hear(func(_ int, service string) {
		if strings.Contains(service, "-t 1") || strings.Contains(service, "'-t' '1'") {
			h[0].Exec(t.Context(), "log -t demo ''", strings.NewReader(""), io.Discard, io.Discard)
		}
	})
	dir, _ := run(t, lab.Runner{Server: embedded(t, h...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(h...)})
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	require.NotEmpty(t, bundles)
	c := logCoverage(t, dir)
	assert.Equal(t, evidence.Whole, c.State, c.Reason)
	require.Len(t, c.Gaps, 1, "what stands where is not known")
	assert.Contains(t, c.Gaps[0].Reason, "the newest entry before the statistics had none either")
}
