package fault

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseReadsWhatItPrints(t *testing.T) {
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
		got, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, got, text)
		again, err := Parse(got.String())
		require.NoError(t, err, got.String())
		assert.Equal(t, want, again, got.String())
	}
}

func TestEveryKindIsParsedAsItIsPrinted(t *testing.T) {
	rows := All()
	assert.True(t, slices.IsSortedFunc(rows, func(a, b Row) int { return cmp.Compare(a.Kind, b.Kind) }), "by name")
	for _, row := range rows {
		assert.NotEmpty(t, row.About, row.Kind)
		assert.NotEmpty(t, row.Of, row.Kind)
		assert.NotEmpty(t, row.Forms, row.Kind)
		assert.True(t, row.Server && row.Device || row.Where != "", "%s: says why not on both faces", row.Kind)
		for _, form := range row.Forms {
			f, err := Parse(form)
			require.NoError(t, err, form)
			again, err := Parse(f.String())
			require.NoError(t, err, f.String())
			assert.Equal(t, f, again, form)
		}
		full := Fault{Kind: row.Kind}
		for _, s := range row.Settings {
			value := map[string]string{"by": "-36h", "for": "250ms", "match": "a:b=c d", "says": "no: x=y", "scope": "script", "what": "x.y/.Z:w"}[s]
			if s == "what" {
				value = cmp.Or(map[Kind]string{Keyguard: "secure", LogFilter: "log.tag.a:b=S", Mute: "newline", Refused: "denied"}[row.Kind], value)
			}
			require.NoError(t, full.set(s, cmp.Or(value, "12")))
		}
		again, err := Parse(full.String())
		require.NoError(t, err, full.String())
		assert.Equal(t, full, again)
	}
}

func TestEveryFaultOfAFarmButTheRunnersIsHere(t *testing.T) {
	of := map[string]bool{}
	for _, row := range All() {
		of[row.Of] = true
	}
	assert.Len(t, of, 23+3, "24 faults but the runner's kill -9; hostile output, silence and refusals, and logs that are off: %v", of)
}

func FuzzParse(f *testing.F) {
	for _, row := range table {
		for _, form := range row.Forms {
			f.Add(form)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(read.String())
		if err != nil || again != read {
			t.Fatalf("%q is %+v, printed as %q and read as %+v, %v", text, read, read.String(), again, err)
		}
	})
}

func TestParseSaysWhatIsWrong(t *testing.T) {
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
		_, err := Parse(text)
		assert.ErrorContains(t, err, want, text)
	}
}
