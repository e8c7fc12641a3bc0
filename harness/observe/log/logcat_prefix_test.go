package log

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// prefixed are the formats with a tag: what liblog prints before a message (logprint.cpp
// android_log_formatLogLine), and behind it.
var prefixed = []struct{ name, prefix, suffix string }{
	{"threadtime", "03-22 00:14:33.003 14547 14622 E %-8s: ", "\n"},
	{"threadtime, uid, year, zone, usec", "2026-03-22 00:14:33.003123 +0100 10123 14547 14622 E %-8s: ", "\n"},
	{"time", "03-22 00:14:33.003 E/%-8s(14547): ", "\n"},
	{"time, uid", "03-22 00:14:33.003 E/%-8s(10123:14547): ", "\n"},
	{"brief", "E/%-8s(14547): ", "\n"},
	{"tag", "E/%-8s: ", "\n"},
	{"long", "[ 03-22 00:14:33.003 14547:14622 E/%-8s ]\n", "\n\n"},
}

// TestAnEntrysTagAndMessageAreToldApartHoweverLongItsTagIs prints entries as liblog
// does, which keeps 127 bytes of a prefix.
func TestAnEntrysTagAndMessageAreToldApartHoweverLongItsTagIs(t *testing.T) {
	t.Parallel()
	for _, f := range prefixed {
		for length := 1; length <= 140; length++ {
			tag := strings.Repeat("com.maker.Conference.", 7)[:length]
			for _, message := range []string{"[000:338] failed", "at pom.f(PG:206)", "java.lang.Error: 12", "k: v"} {
				head := fmt.Sprintf(f.prefix, tag)
				kept := head[:min(len(head), 127)]
				text := kept + message + f.suffix
				var got []fact.LogLine
				r, err := Logcat.Read(strings.NewReader(text), printout.Least{}, printout.Input{}, func(said fact.Fact, _ evidence.Span) {
					got = append(got, *fact.Keep(said).(*fact.LogLine))
				})
				require.NoError(t, err)
				require.Len(t, got, 1, "%s: %q", f.name, text)
				require.Zero(t, r.Unread, "%s: %q", f.name, text)
				l := got[0]
				assert.Equal(t, message, string(l.Message), "%s, tag of %d: %q", f.name, length, text)
				shown := tag[:min(length, max(0, len(kept)-strings.Index(f.prefix, "%")))]
				require.Equal(t, shown, string(l.Tag), "%s, tag of %d: %q", f.name, length, text)
				pid := -1
				if strings.Contains(kept, " 14547") || strings.Contains(kept, "14547)") {
					pid = 14547
				}
				assert.Equal(t, pid, l.PID, "%s: %q", f.name, text)
			}
		}
	}
}
