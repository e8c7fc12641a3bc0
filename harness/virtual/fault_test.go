package virtual

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseFaultReadsWhatItPrints(t *testing.T) {
	for text, want := range map[string]Fault{
		"unauthorized":                       {Kind: Unauthorized},
		"offline:back=3":                     {Kind: Offline, Back: 3},
		"slow:1024":                          {Kind: Slow, Rate: 1024},
		"silent":                             {Kind: Silent},
		"silent:dumpsys appops":              {Kind: Silent, Match: "dumpsys appops"},
		"silent:dumpsys appops:times=1":      {Kind: Silent, Match: "dumpsys appops", Times: 1},
		"cut:5000":                           {Kind: CutOff, AfterBytes: 5000},
		"cut:5000:logcat":                    {Kind: CutOff, AfterBytes: 5000, Match: "logcat"},
		"cut:5000:shell:logcat":              {Kind: CutOff, AfterBytes: 5000, Match: "shell:logcat"},
		"unplugged:after=40":                 {Kind: Unplugged, After: 40},
		"unplugged:match=am start":           {Kind: Unplugged, Match: "am start"},
		"unplugged:match=am start:for=10s":   {Kind: Unplugged, Match: "am start", For: 10 * time.Second},
		"unplugged:bytes=100:match=x:back=2": {Kind: Unplugged, AfterBytes: 100, Match: "x", Back: 2},
		"mute":                               {Kind: Mute},
		"mute:dumpsys appops":                {Kind: Mute, Match: "dumpsys appops"},
		"mute:cat /proc/net:what=newline":    {Kind: Mute, Match: "cat /proc/net", What: "newline"},
		"mute:dumpsys:what=first-line":       {Kind: Mute, Match: "dumpsys", What: "first-line"},
		"mute:proc/net:scope=script":         {Kind: Mute, Match: "proc/net", Scope: ScopeScript},
		"mute:proc/net:scope=inside:times=1": {Kind: Mute, Match: "proc/net", Scope: ScopeInside, Times: 1},
		"mute:dumpsys:says=Error: it broke":  {Kind: Mute, Match: "dumpsys", Says: "Error: it broke"},
		"cut-lines":                          {Kind: CutLines},
		"cut-lines:60:dumpsys package":       {Kind: CutLines, Count: 60, Match: "dumpsys package"},
		"cut-lines:30:x:scope=script":        {Kind: CutLines, Count: 30, Match: "x", Scope: ScopeScript},
		"refused:inject":                     {Kind: Refused, What: "inject"},
		"refused:denied:match=dumpsys role":  {Kind: Refused, What: "denied", Match: "dumpsys role"},
		"refused:user:count=10":              {Kind: Refused, What: "user", Count: 10},
		"log-off":                            {Kind: LogOff},
		"log-filter:M":                       {Kind: LogFilter, What: "M"},
		"log-filter:persist.log.tag=S":       {Kind: LogFilter, What: "persist.log.tag=S"},
	} {
		got, err := ParseFault(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
		again, err := ParseFault(got.String())
		require.NoError(t, err, got.String())
		assert.Equal(t, want, again, got.String())
	}
}

func TestEveryKindIsParsedAsItIsPrinted(t *testing.T) {
	rows := Faults()
	assert.True(t, slices.IsSortedFunc(rows, func(a, b FaultRow) int { return cmp.Compare(a.Kind, b.Kind) }), "by name")
	for _, row := range rows {
		assert.NotEmpty(t, row.About, row.Kind)
		assert.NotEmpty(t, row.Of, row.Kind)
		assert.NotEmpty(t, row.Forms, row.Kind)
		assert.True(t, row.Server && row.Device || row.Where != "", "%s: says why not on both faces", row.Kind)
		for _, form := range row.Forms {
			f, err := ParseFault(form)
			require.NoError(t, err, form)
			again, err := ParseFault(f.String())
			require.NoError(t, err, f.String())
			assert.Equal(t, f, again, form)
		}
		full := Fault{Kind: row.Kind}
		for _, s := range row.Settings {
			value := map[string]string{"by": "-36h", "for": "250ms", "match": "a:b=c d", "says": "no: x=y", "scope": "script", "what": "x.y/.Z:w"}[s]
			if s == "what" {
				value = cmp.Or(map[FaultKind]string{Keyguard: "secure", LogFilter: "log.tag.a:b=S", Mute: "newline", Refused: "denied"}[row.Kind], value)
			}
			require.NoError(t, full.set(s, cmp.Or(value, "12")))
		}
		again, err := ParseFault(full.String())
		require.NoError(t, err, full.String())
		assert.Equal(t, full, again)
	}
}

func TestEveryFaultOfAFarmButTheRunnersIsHere(t *testing.T) {
	of := map[string]bool{}
	for _, row := range Faults() {
		of[row.Of] = true
	}
	assert.Len(t, of, 23+3, "24 faults but the runner's kill -9; hostile output, silence and refusals, and logs that are off: %v", of)
}

func FuzzParseFault(f *testing.F) {
	for _, row := range faultRows {
		for _, form := range row.Forms {
			f.Add(form)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		fault, err := ParseFault(text)
		if err != nil {
			return
		}
		again, err := ParseFault(fault.String())
		if err != nil || again != fault {
			t.Fatalf("%q is %+v, printed as %q and read as %+v, %v", text, fault, fault.String(), again, err)
		}
	})
}

func TestParseFaultSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                      `unknown kind ""; kinds are anr, bootloop, brownout, chatty, `,
		"melted":                `unknown kind "melted"`,
		"slow":                  "needs a rate in bytes a second: slow:1024",
		"slow:fast":             `rate: "fast" is no number`,
		"cut:-1":                `bytes: "-1" is no number`,
		"unplugged:soon":        `"soon" is no setting of unplugged`,
		"offline:for=ages":      `for: "ages" is no time such as 10s`,
		"silent:match=":         "match is empty",
		"unplugged:after=many":  `after: "many" is no number`,
		"unplugged:rate=3":      `"rate=3" is no setting of unplugged; settings are after, back, bytes, for, match, skip, times`,
		"locale":                "needs a locale: locale:zh-CN",
		"clock:soon":            `by: "soon" is no time`,
		"overlay:sky":           `"sky" is no window`,
		"keyguard:weak":         `"weak" is no keyguard`,
		"mute:x:what=half":      `"half" is nothing that a mute command prints; there are newline and first-line`,
		"mute:x:scope=all":      `"all" is no scope; there are inside and script`,
		"mute:x:says=":          "says is empty",
		"cut-lines:100":         "count: 100 percent is all of it; give 1 to 99",
		"refused":               "needs a form: refused:change, refused:denied, refused:ignored, refused:inject or refused:user",
		"refused:politely":      `"politely" is no form of a refusal; there are change, denied, ignored, inject and user`,
		"refused:denied:back=1": `"back=1" is no setting of refused`,
		"log-filter":            "needs a level, or a property and its value",
		"log-filter:X":          `"X" is no level of a log`,
		"log-filter:ro.tag=S":   `"ro.tag" filters no log`,
		"log-filter:log.tag.=S": `"log.tag." filters no log`,
		"log-filter:log.tag=":   `"" is no level of a log`,
	} {
		_, err := ParseFault(text)
		assert.ErrorContains(t, err, want, text)
	}
}

func TestUnauthorizedAndOfflineAreShownAndRefused(t *testing.T) {
	a, b := plainHandset(t, 33, "A1"), plainHandset(t, 33, "B2")
	a.Inject(Fault{Kind: Unauthorized})
	b.Inject(Fault{Kind: Offline})
	addr := served(t, NewFarm(a, b))
	assert.Equal(t, "OKAY"+text("A1\tunauthorized\nB2\toffline\n"), ask(t, addr, "host:devices"))
	assert.Contains(t, ask(t, addr, "host:devices-l"), "A1                     unauthorized usb:1-1.1 transport_id:1\n")
	want := "FAIL" + text("device unauthorized.\nThis adb server's $ADB_VENDOR_KEYS is not set\nTry 'adb kill-server' if that seems wrong.\nOtherwise check for a confirmation dialog on your device.")
	assert.Equal(t, want, ask(t, addr, "host:transport:A1"))
	assert.Equal(t, want, ask(t, addr, "host-serial:A1:get-state"))
	assert.Equal(t, "FAIL"+text("device offline"), ask(t, addr, "host:transport:B2"))
}

func TestOfflineEndsAfterSoManyLooks(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(Fault{Kind: Offline, Back: 2})
	addr := served(t, NewFarm(h))
	var seen []string
	for range 4 {
		seen = append(seen, strings.Fields(ask(t, addr, "host:devices"))[1])
	}
	assert.Equal(t, []string{"offline", "offline", "device", "device"}, seen)
}

func TestSilentServiceIsAcceptedAndSaysNothing(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(must(ParseFault("silent:cat /proc:times=1")))
	addr := served(t, NewFarm(h))
	assert.Equal(t, 0, v2(t, addr, "A1", "true").exit, "others are not touched")
	c := over(t, addr, "A1", "shell,v2,raw:cat /proc/version")
	require.Equal(t, "OKAY", c.status())
	require.NoError(t, c.SetReadDeadline(time.Now().Add(150*time.Millisecond)))
	_, err := c.ReadByte()
	assert.ErrorContains(t, err, "timeout")
	c.Close()
	assert.NotEqual(t, -1, v2(t, addr, "A1", "cat /proc/version").exit, "only once")
}

func TestCutOffLetsSoManyBytesThroughAndNoExitStatus(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(must(ParseFault("cut:1000:yes")))
	addr := served(t, NewFarm(h))
	out := must(io.ReadAll(over(t, addr, "A1", "exec:yes | head -5000")))
	assert.Len(t, out, 1000+4)
	got := v2(t, addr, "A1", "yes | head -5000")
	assert.Equal(t, -1, got.exit, "no exit packet comes")
	assert.Less(t, len(got.stdout), 1000)
	assert.Equal(t, 0, v2(t, addr, "A1", "true").exit)
}

func TestSlowKeepsItsRate(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(must(ParseFault("slow:20000:zero")))
	addr := served(t, NewFarm(h))
	began := time.Now()
	out := must(io.ReadAll(over(t, addr, "A1", "exec:head -c 8000 /dev/zero")))
	assert.Len(t, out, 8004)
	assert.GreaterOrEqual(t, time.Since(began), 350*time.Millisecond)
}

func TestUnpluggedTakesTheRowAndEveryConnection(t *testing.T) {
	a, b := plainHandset(t, 33, "A1"), plainHandset(t, 33, "B2")
	a.Inject(must(ParseFault("unplugged:match=am start:back=2")))
	addr := served(t, NewFarm(a, b))
	standing := over(t, addr, "A1", "shell,v2,raw:cat")
	require.Equal(t, "OKAY", standing.status())
	other := over(t, addr, "B2", "shell,v2,raw:cat")
	require.Equal(t, "OKAY", other.status())
	got := v2(t, addr, "A1", "am start -n x/.Y")
	assert.Equal(t, ran{exit: -1}, got)
	assert.Equal(t, ran{exit: -1}, readV2(standing), "a connection that stood dies too")
	assert.Equal(t, "OKAY"+text("B2\tdevice\n"), ask(t, addr, "host:devices"))
	assert.Equal(t, "FAIL"+text("device 'A1' not found"), ask(t, addr, "host:transport:A1"))
	assert.Equal(t, "OKAY"+text("A1\tdevice\nB2\tdevice\n"), ask(t, addr, "host:devices"), "and comes back")
	assert.Contains(t, ask(t, addr, "host:devices-l"), "transport_id:3", "as another transport")
	other.put([]byte{packetStdin, 2, 0, 0, 0, 'o', 'k', packetCloseStdin, 0, 0, 0, 0})
	assert.Equal(t, ran{"ok", "", 0}, readV2(other), "the other handset has seen nothing")
}

func TestUnpluggedAfterSoManyServices(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	h.Inject(must(ParseFault("unplugged:after=3")))
	addr := served(t, NewFarm(h))
	assert.Equal(t, 0, v2(t, addr, "A1", "true").exit)
	assert.Equal(t, 0, v2(t, addr, "A1", "true").exit)
	assert.Equal(t, -1, v2(t, addr, "A1", "true").exit)
	assert.Equal(t, "OKAY0000", ask(t, addr, "host:devices"))
}

func TestUnpluggedForATimeComesBackByItself(t *testing.T) {
	h := plainHandset(t, 33, "A1")
	farm := NewFarm(h)
	addr := served(t, farm)
	c := dial(t, addr).send("host:track-devices")
	require.Equal(t, "OKAY", c.status())
	assert.Equal(t, "A1\tdevice\n", c.text())
	h.Inject(Fault{Kind: Unplugged, For: 50 * time.Millisecond})
	assert.Equal(t, "", c.text())
	assert.Equal(t, "A1\tdevice\n", c.text())
}

func TestRebootingHandsetIsAwayForAWhile(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	assert.Equal(t, "OKAY", string(must(io.ReadAll(over(t, addr, "A1", "reboot:")))))
	assert.Equal(t, "OKAY0000", ask(t, addr, "host:devices"))
	assert.Equal(t, "OKAYOKAY", ask(t, addr, "host-serial:A1:wait-for-any-device"))
}
