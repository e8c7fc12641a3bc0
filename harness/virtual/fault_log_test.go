package virtual

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/phone"
)

// ticks writes so many numbered entries to the log, each by a command of its own.
func ticks(t testing.TB, h *Handset, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		mustRun(t, h, "log -t tick "+strconv.Itoa(i))
	}
}

// ticked are the numbers of the entries that logcat still has.
func ticked(t testing.TB, f side) []string {
	t.Helper()
	var seen []string
	for _, m := range regexp.MustCompile(`tick +: (\d+)`).FindAllStringSubmatch(mustSay(t, f, "logcat -d -b main"), -1) {
		seen = append(seen, m[1])
	}
	return seen
}

// counts are the numbers of logcat -S for the main buffer: all ever, and now.
func counts(t testing.TB, f side) (total, now int) {
	t.Helper()
	out := mustSay(t, f, "logcat -S -b main")
	m := regexp.MustCompile(`Total +\d+/(\d+).*\nNow +\d+/(\d+)`).FindStringSubmatch(out)
	require.NotNil(t, m, out)
	total, _ = strconv.Atoi(m[1])
	now, _ = strconv.Atoi(m[2])
	return total, now
}

func TestOverrunLosesEntriesThatOnlyStatisticsCount(t *testing.T) {
	onBothFaces(t, 33, func(t *testing.T, h *Handset, f side) {
		ticks(t, h, 0, 3)
		total, now := counts(t, f)
		assert.Equal(t, total, now)
		inject(t, h, "overrun:4:match=true")
		mustSay(t, f, "true")
		ticks(t, h, 3, 10)
		assert.Equal(t, []string{"0", "1", "2", "7", "8", "9"}, ticked(t, f))
		assert.Equal(t, 4, h.LogLost())
		total, now = counts(t, f)
		assert.Equal(t, 4, total-now)
		assert.Contains(t, mustSay(t, f, "logcat -g -b main"), "(255 KiB consumed")
	})
}

func TestOverrunIsMissedByAReaderThatFollows(t *testing.T) {
	h := testHandset(t, 33)
	addr := served(t, NewFarm(h))
	c := over(t, addr, h.Serial(), "exec:logcat -b main -s tick -v tag")
	require.Equal(t, "OKAY", c.status())
	ticks(t, h, 0, 2)
	inject(t, h, "overrun:2")
	ticks(t, h, 2, 6)
	var seen []string
	for len(seen) < 4 {
		line, err := c.ReadString('\n')
		require.NoError(t, err)
		if strings.HasPrefix(line, "I/tick") {
			seen = append(seen, strings.TrimSpace(line))
		}
	}
	assert.Equal(t, []string{"I/tick    : 0", "I/tick    : 1", "I/tick    : 4", "I/tick    : 5"}, seen)
}

func TestChattyIsSaidByTheReleasesThatSayIt(t *testing.T) {
	for sdk, says := range map[int]bool{25: true, 30: true, 31: false, 34: false} {
		onBothFaces(t, sdk, func(t *testing.T, h *Handset, f side) {
			inject(t, h, "chatty:5:match=true")
			mustSay(t, f, "true")
			ticks(t, h, 0, 8)
			assert.Equal(t, []string{"5", "6", "7"}, ticked(t, f))
			expired := 0
			for _, m := range regexp.MustCompile(`I chatty +: uid=2000\(shell\) expire (\d+) lines?`).FindAllStringSubmatch(mustSay(t, f,
				"logcat -d -b main -v threadtime"), -1) {
				n, _ := strconv.Atoi(m[1])
				expired += n
			}
			assert.Equal(t, says, expired == 5, "sdk %d: %d", sdk, expired)
			assert.Equal(t, 5, h.LogLost())
		})
	}
}

func TestPruneTakesTheOldest(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		mustSay(t, f, "logcat -c -b all")
		ticks(t, h, 0, 6)
		before := h.LogLost()
		total, now := counts(t, f)
		cleared := total - now
		inject(t, h, "prune:"+strconv.Itoa(int(h.Log.End())-2)+":match=true")
		mustSay(t, f, "true")
		assert.Equal(t, []string{"4", "5"}, ticked(t, f))
		assert.Equal(t, 4, h.LogLost()-before, "what was cleared before does not count")
		total, now = counts(t, f)
		assert.Equal(t, 4, total-now-cleared)
	})
}

// TestStatisticsAreEachReleases holds the two reports to the form of each
// release, and to what was written.
func TestStatisticsAreEachReleases(t *testing.T) {
	for sdk, want := range map[int]struct{ size, heading, writers string }{
		23: {"main: ring buffer is 256Kb (", "size/num main               system\n", "Size        Pruned\n" +
			"UID   PACKAGE                                               BYTES         LINES\n"},
		25: {"max entry is 5120b, max payload is 4068b\n", "size/num main               system\n", "Size   +/-  Pruned\n" +
			"UID   PACKAGE                                               BYTES           NUM\n"},
		29: {"main: ring buffer is 256Kb (", "size/num main               system             Total\n", "Size   +/-  Pruned\n"},
		30: {"max entry is 5120 B, max payload is 4068 B\n", "size/num main               system             Total\n", "Size   +/-  Pruned\n"},
		33: {" consumed, ", "size/num main               system             Total\n", "Size   +/-  Pruned\n"},
	} {
		h := testHandset(t, sdk)
		ticks(t, h, 0, 40)
		out := mustRun(t, h, "logcat -b main -b system -g; logcat -b main -b system -S")
		assert.Contains(t, out, want.size, "SDK %d", sdk)
		assert.Contains(t, out, want.heading, "SDK %d", sdk)
		assert.Contains(t, out, want.writers, "SDK %d", sdk)
		assert.Contains(t, out, "2000  shell   ", "SDK %d", sdk)
		assert.Regexp(t, `(?m)^Total    \d+/4\d +\d+/\d+`, out, "SDK %d", sdk)
		assert.Equal(t, out, mustRun(t, h, "logcat -b main -b system -g -S"), "both may be asked for at once")
	}
}

func TestALogThatIsClearedIsStillCounted(t *testing.T) {
	onBothFaces(t, 33, func(t *testing.T, h *Handset, f side) {
		ticks(t, h, 0, 5)
		before, _ := counts(t, f)
		mustSay(t, f, "logcat -c -b main")
		ticks(t, h, 5, 7)
		total, now := counts(t, f)
		assert.Equal(t, 2, total-before)
		assert.Equal(t, 2, now)
	})
}

func TestAnEntryOfSeveralLinesIsOneEntry(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		before, _ := counts(t, f)
		h.LogAs(&phone.Process{PID: 4501, UID: 2000}, "main", 'I', "demo", "one\ntwo\n")
		total, _ := counts(t, f)
		assert.Equal(t, 1, total-before)
		assert.Contains(t, mustSay(t, f, "logcat -d -b main -v tag"), "I/demo    : one\nI/demo    : two")
	})
}
