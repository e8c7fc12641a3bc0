package virtual

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/sh"
)

func TestMuteCommandComplainsOnStderrAloneAndExitsWithZero(t *testing.T) {
	for sdk, words := range map[int]string{
		25: "Error dumping service info: (Unknown error -2147483646) appops\n",
		30: "Error dumping service info: (Unknown error -2147483646) appops\n",
		33: "Error with service 'appops' while dumping: FAILED_TRANSACTION\n",
	} {
		onBothFaces(t, sdk, func(t *testing.T, h *Handset, f side) {
			whole := shellOn(f, "dumpsys appops").stdout
			first, _, _ := strings.Cut(whole, "\n")
			for what, stdout := range map[string]string{"": "", ":what=newline": "\n", ":what=first-line": first + "\n"} {
				inject(t, h, "mute:dumpsys appops:times=1"+what)
				assert.Equal(t, ran{stdout, words, 0}, shellOn(f, "dumpsys appops"), what)
				assert.Equal(t, whole, shellOn(f, "dumpsys appops").stdout, "only once")
			}
			inject(t, h, "mute:dumpsys:says=it: broke:times=1")
			assert.Equal(t, ran{"", "it: broke\n", 0}, shellOn(f, "dumpsys -t 10 appops"))
		})
	}
}

// socketTables is a script as collectors have them: headings of its own, and the
// print-outs of programs under them.
const socketTables = `for f in tcp tcp6 udp; do echo "@@ /proc/net/$f $(date +%s)"; cat /proc/net/$f; done`

func TestMuteProgramsOfAScriptLeaveItsOwnHeadings(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		headings := func(out string) string {
			var kept strings.Builder
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "@@ ") {
					kept.WriteString(line)
				}
			}
			return kept.String()
		}
		whole := shellOn(f, socketTables).stdout
		require.Equal(t, 3, strings.Count(headings(whole), "\n"))
		require.Greater(t, len(whole), len(headings(whole)))
		for _, form := range []string{"mute:cat /proc/net:times=3", "mute:/proc/net:times=3", "mute:in tcp tcp6:scope=inside:times=1"} {
			inject(t, h, form)
			assert.Equal(t, ran{headings(whole), "", 0}, shellOn(f, socketTables), form)
			assert.Equal(t, whole, shellOn(f, socketTables).stdout, "%s: only once", form)
		}
		inject(t, h, "mute:cat /proc/net/tcp6:times=1:says=cat: no")
		got := shellOn(f, socketTables)
		assert.Equal(t, "cat: no\n", got.stderr)
		inject(t, h, "mute:cat /nowhere:times=1")
		assert.Equal(t, ran{}, shellOn(f, "cat /nowhere"), "its own complaint is not seen either")
		assert.Less(t, len(got.stdout), len(whole))
		assert.Greater(t, len(got.stdout), len(headings(whole)), "the others are not touched")
	})
}

func TestMuteScriptPrintsNoneOfItsOwnWordsEither(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		first, _, _ := strings.Cut(shellOn(f, socketTables).stdout, "\n")
		for what, stdout := range map[string]string{"": "", ":what=newline": "\n", ":what=first-line": first + "\n"} {
			inject(t, h, "mute:proc/net:scope=script:times=1"+what)
			assert.Equal(t, ran{stdout, "", 0}, shellOn(f, socketTables+"; exit 3"), what)
			assert.Equal(t, 3, shellOn(f, socketTables+"; exit 3").exit, "only once")
		}
		inject(t, h, "mute:/proc/net/tcp:scope=script")
		assert.NotEmpty(t, mustSay(t, f, "a=tcp; cat /proc/net/$a"), "what the command holds is matched, not what a program of it is called with")
	})
}

func TestMuteUIAutomatorLeavesItsFileAsItWas(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "mute:uiautomator:times=2")
		const look = "f=/data/local/tmp/x.xml; : > $f; uiautomator dump $f; cat $f; echo; : > $f"
		idle := ran{"\n", "ERROR: could not get idle state.\n", 0}
		assert.Equal(t, idle, shellOn(f, look))
		assert.Equal(t, ran{"", idle.stderr, 0}, shellOn(f, "uiautomator dump /dev/tty"))
		assert.Contains(t, shellOn(f, look).stdout, "<hierarchy")
	})
}

func TestMuteLogcatStaysUntilItIsStopped(t *testing.T) {
	h := testHandset(t, 30)
	inject(t, h, "mute:logcat")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var out bytes.Buffer
	assert.Equal(t, sh.Killed, h.Exec(ctx, "logcat", nil, &out, io.Discard))
	assert.Empty(t, out.String())
}

func TestCutLinesEndsAtTheEndOfALine(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		whole := shellOn(f, "dumpsys package").stdout
		for _, percent := range []int{1, 30, 60, 90} {
			inject(t, h, "cut-lines:"+strconv.Itoa(percent)+":dumpsys package:times=1")
			got := shellOn(f, "dumpsys package")
			assert.Zero(t, got.exit)
			assert.Empty(t, got.stderr)
			want := whole[:len(whole)*percent/100]
			assert.Equal(t, want[:strings.LastIndex(want, "\n")+1], got.stdout, percent)
		}
		inject(t, h, "cut-lines:50:seq:times=2")
		assert.Equal(t, "1\n2\n", shellOn(f, "seq 1 4").stdout, "half of eight bytes is a line's end")
		assert.Equal(t, ran{}, shellOn(f, "seq 12 12"), "a line that is cut is not printed")
	})
}

func TestCutLinesOfAScriptIsAShareOfAllThatItPrints(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		whole := shellOn(f, socketTables).stdout
		inject(t, h, "cut-lines:60:/proc/net/:scope=script:times=1")
		got := shellOn(f, socketTables)
		want := whole[:len(whole)*60/100]
		assert.Equal(t, ran{want[:strings.LastIndex(want, "\n")+1], "", 0}, got)
		assert.Contains(t, got.stdout, "@@ ")
		inject(t, h, "cut-lines:50:cat:times=1")
		mustSay(t, f, "printf '1\\n2\\n3\\n4\\n' > /sdcard/four")
		assert.Equal(t, "1\n2", mustSay(t, f, "cat /sdcard/four"))
	})
}

func TestCutLinesCutsTheFileThatACommandWrites(t *testing.T) {
	h := testHandset(t, 30)
	whole := execute(t, h, "screencap -p", "").stdout
	inject(t, h, "cut-lines:90:screencap:times=1")
	assert.Equal(t, ran{}, execute(t, h, "screencap -p /sdcard/s.png", ""))
	picture, err := h.Disk().ReadFile("/sdcard/s.png")
	require.NoError(t, err)
	want := whole[:len(whole)*90/100]
	assert.Equal(t, want[:strings.LastIndex(want, "\n")+1], string(picture))
}
