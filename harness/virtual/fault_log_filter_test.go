package virtual

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/fault"
	"assay/harness/virtual/phone"
)

// everyLevel writes an entry of each level for the shell, one for an app and two
// for the system, and gives what is in the log of them.
func everyLevel(t *testing.T, h *Handset) string {
	t.Helper()
	for _, level := range strings.Split("VDIWEF", "") {
		mustRun(t, h, "log -p "+level+" -t level "+level)
	}
	unlock := h.Lock()
	h.LogAs(&phone.Process{PID: 4501, UID: 10123}, "main", 'E', "level", "app")
	h.Event("level", "event")
	h.LogSystem("system", 'D', "level", "system")
	unlock()
	var seen []string
	out := mustRun(t, h, "logcat -d -v tag -b main -b system -b events")
	for _, m := range regexp.MustCompile(`level *: (\w+)`).FindAllStringSubmatch(out, -1) {
		seen = append(seen, m[1])
	}
	return strings.Join(seen, " ")
}

func TestLogLacksWhatAPropertyFilters(t *testing.T) {
	for _, c := range []struct {
		sdk        int
		form, want string
	}{
		{30, "log-filter:V", "V D I W E F app event system"},
		{30, "log-filter:I", "I W E F app event"},
		{30, "log-filter:persist.log.tag=WARN", "W E F app"},
		{30, "log-filter:E", "E F app"},
		{30, "log-filter:A", "F"},
		{30, "log-filter:S", ""},
		{30, "log-filter:false", ""},
		{34, "log-filter:persist.log.tag=Settings", ""}, // the first letter counts
		{30, "log-filter:M", "V D I W E F event system"},
		{30, "log-filter:persist.log.tag=M", "V D I W E F event system"},
		{30, "log-filter:log.tag.level=E", "E F app"},
		{30, "log-filter:persist.log.tag.other=S", "V D I W E F app event system"},
	} {
		onBothFaces(t, c.sdk, func(t *testing.T, h *Handset, f side) {
			inject(t, h, c.form)
			assert.Equal(t, c.want, everyLevel(t, h), "%d %s", c.sdk, c.form)
			key, value, _ := must(fault.Parse(c.form)).LogProperty()
			assert.Equal(t, value, mustSay(t, f, "getprop "+key))
			assert.Contains(t, mustSay(t, f, "getprop"), "["+key+"]: ["+value+"]")
		})
	}
}

func TestLogIsFilteredSinceAndroid6(t *testing.T) {
	for sdk, want := range map[int]string{22: "V D I W E F app event system", 23: ""} {
		h := testHandset(t, sdk)
		inject(t, h, "log-filter:S")
		assert.Equal(t, want, everyLevel(t, h), sdk)
	}
}

func TestTheTagComesBeforeAllTags(t *testing.T) {
	h := testHandset(t, 30)
	inject(t, h, "log-filter:S")
	inject(t, h, "log-filter:log.tag.level=I")
	assert.Equal(t, "I W E F app event", everyLevel(t, h))
	for _, command := range []string{"setprop log.tag.level V", "logcat -c -b all"} {
		mustRun(t, h, command)
	}
	assert.Equal(t, "V D I W E F app event system", everyLevel(t, h), "the handset asks its properties, whoever set them")
}

func TestLogdCountsWhatItThrewAwayAndNotWhatNeverCame(t *testing.T) {
	for form, total := range map[string]int{"log-filter:S": 10, "log-filter:M": 10, "log-off": 0} {
		onBothFaces(t, 33, func(t *testing.T, h *Handset, f side) {
			mustSay(t, f, "true")
			before, _ := counts(t, f)
			inject(t, h, form)
			ticks(t, h, 0, 10)
			after, _ := counts(t, f)
			assert.Equal(t, total, after-before, form)
			assert.Equal(t, form == "log-filter:M", len(ticked(t, f)) == 10, "%s: the shell is no app", form)
		})
	}
}

func TestALogThatIsOffHasNeverBeenWrittenTo(t *testing.T) {
	for _, sdk := range []int{25, 33} {
		onBothFaces(t, sdk, func(t *testing.T, h *Handset, f side) {
			inject(t, h, "log-off:back=8")
			mustSay(t, f, "am start -n specimen.camera/.CameraActivity")
			assert.Equal(t, ran{}, shellOn(f, "logcat -d -b all"))
			out := mustSay(t, f, "logcat -S -b all")
			assert.Regexp(t, `(?m)^Total    0/0( +0/0)*$`, out)
			assert.Regexp(t, `(?m)^Now$`, out)
			assert.NotContains(t, out, "Chattiest")
			assert.Equal(t, 124, shellOn(f, "timeout 1 logcat -b all").exit, "a reader waits, and nothing comes")
			for range 4 {
				mustSay(t, f, "true")
			}
			mustSay(t, f, "log -t tick 1")
			assert.Equal(t, []string{"1"}, ticked(t, f), "it is over")
		})
	}
}

func TestAFilterThatComesLaterLeavesWhatWasWritten(t *testing.T) {
	onBothFaces(t, 30, func(t *testing.T, h *Handset, f side) {
		inject(t, h, "log-filter:S:match=seq:back=2")
		mustSay(t, f, "log -t tick 1")
		before := mustSay(t, f, "getprop log.tag; logcat -d -b all | wc -l")
		mustSay(t, f, "seq 1 2")
		mustSay(t, f, "log -t tick 2")
		mustSay(t, f, "log -t tick 3")
		assert.Equal(t, []string{"1", "3"}, ticked(t, f))
		assert.True(t, strings.HasPrefix(before, "\n"), before)
		assert.Empty(t, mustSay(t, f, "getprop log.tag"), "as before")
	})
}

func TestAFilterOutlivesABoot(t *testing.T) {
	h := testHandset(t, 30)
	inject(t, h, "log-filter:S")
	inject(t, h, "reboot:match=seq:back=1")
	f := serverFace{t, served(t, NewFarm(h)), h.Serial()}
	id := mustSay(t, f, askBootID)
	shellOn(f, "seq 1 2")
	back(t, f)
	require.NotEqual(t, id, mustSay(t, f, askBootID))
	assert.Equal(t, "S", mustSay(t, f, "getprop log.tag"))
	assert.Empty(t, mustSay(t, f, "logcat -d -b all"))
}

func TestAnImageMayShipWithAFilter(t *testing.T) {
	persona := *testHandset(t, 30).Persona()
	persona.Properties = map[string]string{"persist.log.tag": "S"}
	h := New(&persona, 1)
	t.Cleanup(func() { h.Close() })
	assert.Equal(t, "S\n", execute(t, h, "getprop persist.log.tag", "").stdout)
	assert.Empty(t, everyLevel(t, h))
	assert.Equal(t, ran{}, execute(t, h, "logcat -d -b all", ""))
}
