package finding_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

const watched = "no-camera-or-microphone-without-the-user"

// leg is a part of a camera's use in one state, in the handset's milliseconds since
// the first step began.
type leg struct {
	state    android.State
	from, to int
}

// legs are what a dump a minute after the first step began prints of them, on
// Android 11 and later: beginnings and durations.
func legs(all ...leg) []fact.Fact {
	var uses []fact.Fact
	for _, l := range all {
		u := used(camera, "CAMERA", l.state, 0)
		at := time.Duration(l.from) * time.Millisecond
		u.Local = begun.Add(5*time.Minute + at).In(kolkata).Format("2006-01-02 15:04:05.000")
		u.Ago, u.Duration = time.Minute-at, time.Duration(l.to-l.from)*time.Millisecond
		uses = append(uses, u)
	}
	return uses
}

func TestOneAccessCutInTwoIsOneAccess(t *testing.T) {
	t.Parallel()
	top, bg, cch, fg := android.StateTop, android.StateBackground, android.StateCached, android.StateForeground
	for name, c := range map[string]struct {
		legs    []leg
		wanted  want
		grounds int
	}{
		"closed 390 ms after its app left": {[]leg{{top, 0, 30_000}, {bg, 29_999, 30_389}},
			want{finding.Clear, camera, "specimen.camera used CAMERA on the screen, and began just before or closed just after it was there"}, 2},
		"begun 32 ms before its app came": {[]leg{{cch, 0, 32}, {top, 32, 9_000}}, want{verdict: finding.Clear, pkg: camera}, 2},
		"all in one":                      {[]leg{{top, 0, 30_000}}, want{verdict: finding.Clear}, 2},
		"goes on": {[]leg{{top, 0, 30_000}, {bg, 30_000, 45_000}},
			want{finding.Flagged, camera, "specimen.camera went on using CAMERA in the background, for more than 10s"}, 2},
		"goes on in two states": {[]leg{{top, 0, 30_000}, {bg, 30_000, 36_000}, {cch, 36_001, 45_000}},
			want{finding.Flagged, camera, "specimen.camera went on using CAMERA in the background, for more than 10s"}, 3},
		"begins again later":          {[]leg{{top, 0, 30_000}, {bg, 32_000, 32_390}}, want{finding.Flagged, camera, "specimen.camera used CAMERA in the background"}, 1},
		"begins long before it comes": {[]leg{{cch, 0, 3_000}, {top, 3_000, 9_000}}, want{finding.Flagged, camera, "specimen.camera used CAMERA in the background"}, 2},
		"begins in between, on a screen that is not told": {[]leg{{fg, 0, 3_000}, {bg, 3_000, 3_100}},
			want{finding.Unknown, camera, "specimen.camera used CAMERA, and neither Android nor the steps say whether its user was there"}, 2},
		"closed, and the use before it overwritten by one since": {[]leg{{bg, 10_000, 10_400}, {top, 30_000, 40_000}},
			want{finding.Unknown, camera, "specimen.camera used CAMERA for a moment in the background, and was used on the screen again since: Android has overwritten what came just before"}, 1},
		"long, and a use since": {[]leg{{bg, 10_000, 25_000}, {top, 30_000, 40_000}}, want{verdict: finding.Flagged, pkg: camera}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			k := attempt(step(1, "launch", on(weather)), step(2, "back")).after(legs(c.legs...)...)
			found := slices.DeleteFunc(k.judge(t, watched), func(f finding.Finding) bool { return f.Package != c.wanted.pkg })
			require.Len(t, found, 1)
			assert.Equal(t, c.wanted.verdict.String(), found[0].Verdict.String(), found[0].Detail)
			assert.Len(t, found[0].Grounds, c.grounds, "all lines of the access, those that excuse it too")
			if c.wanted.detail != "" {
				assert.Equal(t, c.wanted.detail, found[0].Detail)
			}
		})
	}
}

func TestWhatIsNotOneAccessIsNotJoined(t *testing.T) {
	t.Parallel()
	uses := func(change func(*fact.OpUse)) []fact.Fact {
		facts := legs(leg{android.StateTop, 0, 30_000}, leg{android.StateBackground, 30_000, 30_390})
		u := facts[1].(fact.OpUse)
		change(&u)
		facts[1] = u
		return facts
	}
	for name, c := range map[string]struct {
		change  func(*fact.OpUse)
		verdict finding.Verdict
	}{
		"the same":               {func(*fact.OpUse) {}, finding.Clear},
		"another tag":            {func(u *fact.OpUse) { u.Tag = "preview" }, finding.Flagged},
		"another op":             {func(u *fact.OpUse) { u.Op = "RECORD_AUDIO" }, finding.Flagged},
		"another package":        {func(u *fact.OpUse) { u.Package = weather }, finding.Flagged},
		"another user's":         {func(u *fact.OpUse) { u.UID += 10 * 100000 }, finding.Flagged},
		"for another, proxied":   {func(u *fact.OpUse) { u.Flag = "tp" }, finding.Flagged},
		"refused, so never used": {func(u *fact.OpUse) { u.Rejected = true }, finding.Clear},
	} {
		t.Run(name, func(t *testing.T) {
			worst := finding.Clear
			for _, f := range attempt(step(1, "launch", on(camera)), step(2, "wait")).after(uses(c.change)...).judge(t, watched) {
				if f.Verdict != finding.Clear {
					worst = f.Verdict
				}
			}
			assert.Equal(t, c.verdict.String(), worst.String())
		})
	}
}

// TestACutAccessIsJudgedAsTheWhole cuts seeded courses of states at random points,
// with gaps and overlaps of up to a second: the answer is that of the whole. A cut
// beyond that makes two accesses of it, of which the second begins where nobody sees.
func TestACutAccessIsJudgedAsTheWhole(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(13, 2))
	states := []android.State{android.StateTop, android.StateBackground, android.StateCached, android.StateForeground, android.StateForegroundService}
	lengths := []int{100, 300, 600, 3_000, 7_000, 12_000, 14_000} // none near a second or near ten
	verdicts := map[finding.Verdict]int{}
	for range 2_000 {
		var whole []leg
		for at, n := 0, 1+rnd.IntN(4); n > 0 && at < 45_000; n-- {
			state := states[rnd.IntN(len(states))]
			if n := len(whole); n > 0 && whole[n-1].state.Presence() == state.Presence() {
				continue // or lengths add up to what is near a bound
			}
			length := lengths[rnd.IntN(len(lengths))]
			whole = append(whole, leg{state, at, at + length})
			at += length
		}
		cut := []leg{}
		for _, l := range whole {
			for l.to-l.from > 400 && rnd.IntN(2) == 0 {
				at := l.from + 150 + rnd.IntN(l.to-l.from-300)
				gap := min(rnd.IntN(1_800)-800, l.to-at-100) // seam: 1 s; an overlap may be anything
				cut = append(cut, leg{l.state, l.from, at})
				l.from = max(l.from, at+gap)
			}
			cut = append(cut, l)
		}
		rnd.Shuffle(len(cut), func(i, j int) { cut[i], cut[j] = cut[j], cut[i] })
		want := answerTo(t, whole)
		verdicts[want.verdict]++
		require.Equal(t, want, answerTo(t, cut), "%v cut to %v", whole, cut)
	}
	assert.Greater(t, verdicts[finding.Flagged], 100, "the courses are of all kinds")
	assert.Greater(t, verdicts[finding.Clear], 100)
	assert.Greater(t, verdicts[finding.Unknown], 100)

	for range 200 { // its app leaves, and it is closed in time; or it is not the same access
		left := 2_000 + rnd.IntN(20_000)
		tail := 50 + rnd.IntN(8_000)
		apart := 1_001 + rnd.IntN(20_000)
		joined := []leg{{android.StateTop, 0, left}, {android.StateBackground, left + rnd.IntN(1_001), left + 1_000 + tail}}
		parted := []leg{joined[0], {android.StateBackground, left + apart, left + apart + tail}}
		require.Equal(t, finding.Clear, answerTo(t, joined).verdict, "%v", joined)
		require.Equal(t, finding.Flagged, answerTo(t, parted).verdict, "%v", parted)
	}
}

// answerTo is the answer to a course of states, without its grounds.
func answerTo(t *testing.T, course []leg) want {
	t.Helper()
	k := attempt(step(1, "launch", on(weather)), step(2, "back")).after(legs(course...)...)
	for _, f := range k.judge(t, watched) {
		if f.Package == camera {
			return want{f.Verdict, camera, f.Detail}
		}
	}
	return want{verdict: finding.Clear}
}

func TestReleasesPrintTheTimesOfAnAccessDifferently(t *testing.T) {
	t.Parallel()
	use := func(state android.State, at int, d time.Duration) fact.OpUse {
		u := used(camera, "CAMERA", state, at)
		u.Duration = d
		return u
	}
	unmarked := func(u fact.OpUse) fact.OpUse { u.Flag = ""; return u }
	running := func(state android.State, ago time.Duration) fact.OpUse {
		u := older(camera, "CAMERA", ago)
		u.State, u.Running = state, true
		return u
	}
	top, bg := android.StateTop, android.StateBackground
	away := []fact.Step{step(1, "launch", on(weather)), step(2, "back"), step(3, "wait"), step(4, "wait"), step(5, "wait"), step(6, "wait")}
	for name, c := range map[string]struct {
		sdk   int
		steps []fact.Step
		uses  []fact.Fact
		want  finding.Verdict
	}{
		"10 prints ends: closed soon":            {29, away, []fact.Fact{use(top, 30, 20*time.Second), use(bg, 31, time.Second)}, finding.Clear},
		"10 prints ends: goes on":                {29, away, []fact.Fact{use(top, 30, 20*time.Second), use(bg, 45, 15*time.Second)}, finding.Flagged},
		"11 prints beginnings: begins in bg":     {30, away, []fact.Fact{use(top, 30, 5*time.Second), use(bg, 45, 5*time.Second)}, finding.Flagged},
		"9 marks the change, and no length":      {28, away, []fact.Fact{unmarked(use(top, 30, 0)), unmarked(use(bg, 30, 0))}, finding.Unknown},
		"9 closes it under the state of before":  {28, away, []fact.Fact{unmarked(use(bg, 30, 0)), unmarked(use(top, 42, 0))}, finding.Unknown},
		"9 marks it anew, its app has just left": {28, away, []fact.Fact{unmarked(use(top, 5, 0)), unmarked(use(bg, 12, 0))}, finding.Unknown},
		"9 marks it anew, its app left long ago": {28, away, []fact.Fact{unmarked(use(top, 5, 0)), unmarked(use(bg, 25, 0))}, finding.Flagged},
		"running since its app left":             {33, away, []fact.Fact{use(top, 10, 20*time.Second), running(bg, 30*time.Second)}, finding.Flagged},
		"running, its app has just left":         {33, away, []fact.Fact{use(top, 10, 47*time.Second), running(bg, 3*time.Second)}, finding.Unknown},
		"running, with a line of its own":        {33, away, []fact.Fact{use(bg, 10, 50*time.Second), running(top, 50*time.Second)}, finding.Flagged},
		"running on the screen":                  {33, away, []fact.Fact{running(top, 50*time.Second)}, finding.Clear},
		"running in the background":              {33, away, []fact.Fact{running(bg, 50*time.Second)}, finding.Flagged},
	} {
		t.Run(name, func(t *testing.T) {
			k := attempt().sdk(c.sdk, "").lose("netstats")
			for _, s := range c.steps {
				k.during(s)
			}
			found := k.after(c.uses...).judge(t, watched)
			assert.Equal(t, c.want.String(), worstOf(found).String())
			if c.want == finding.Unknown {
				assert.Len(t, found[0].Grounds, 2, "both lines of the access")
			}
		})
	}
	t.Run("8 has no states, and the steps cut its time", func(t *testing.T) {
		play := func(ago, d time.Duration) *kit {
			u := older(camera, "CAMERA", ago)
			u.Duration = d
			return attempt(step(1, "launch", on(camera)), step(2, "wait"), step(3, "home"), step(4, "wait"), step(5, "wait"), step(6, "wait")).sdk(27, "8.1.0").after(u)
		}
		play(45*time.Second, 10*time.Second).expect(t, watched, want{verdict: finding.Clear})
		play(5*time.Second, 45*time.Second).expect(t, watched, want{finding.Flagged, camera, "specimen.camera went on using CAMERA when it had left the screen, for more than 10s"})
		play(5*time.Second, 2*time.Second).expect(t, watched, want{verdict: finding.Flagged, pkg: camera})
	})
}

// worstOf is the verdict that matters most.
func worstOf(found []finding.Finding) finding.Verdict {
	worst := finding.Clear
	for _, f := range found {
		if f.Verdict == finding.Flagged || f.Verdict == finding.Unknown && worst != finding.Flagged {
			worst = f.Verdict
		}
	}
	return worst
}

func TestWhatEachStateProvesHoldsInBothClaims(t *testing.T) {
	t.Parallel()
	idle := func() *kit { return attempt(step(1, "idle")) }
	other := func() *kit { return attempt(step(1, "launch", on(weather)), step(2, "wait")) }
	own := func() *kit { return attempt(step(1, "launch", on(camera)), step(2, "wait")) }
	lost := func() *kit { return attempt(step(1, "launch", on(weather)), step(2, "back"), step(3, "wait")) }
	f, u, c := finding.Flagged, finding.Unknown, finding.Clear
	for _, row := range []struct {
		state                  android.State
		op                     android.Op
		idle, other, own, lost finding.Verdict
	}{
		{android.StateTop, "CAMERA", c, c, c, c},
		{android.StateTop, "FINE_LOCATION", c, c, c, c},
		{android.StateBackground, "CAMERA", f, f, f, f},
		{android.StateBackground, "FINE_LOCATION", f, f, f, f},
		{android.StateCached, "RECORD_AUDIO", f, f, f, f},
		{android.StateForeground, "RECORD_AUDIO_HOTWORD", f, u, c, u}, // what it serves may be in front
		{android.StateForeground, "FINE_LOCATION", f, u, c, u},
		{android.StateForegroundService, "CAMERA", f, f, c, u},
		{android.StateForegroundService, "FINE_LOCATION", u, u, c, u}, // a notification tells
		{android.StateForegroundLocSvc, "FINE_LOCATION", u, u, c, u},
		{android.StatePersistent, "CAMERA", f, f, c, u},
		{android.StatePersistent, "GPS", f, f, c, u},
		{"maker", "CAMERA", f, f, c, u},
	} {
		id := watched
		if android.OpGroup(row.op) == "location" {
			id = background
		}
		use := used(camera, row.op, row.state, 15)
		for name, play := range map[string]struct {
			k    *kit
			want finding.Verdict
		}{"idle": {idle(), row.idle}, "another in front": {other(), row.other}, "on the screen": {own(), row.own}, "anywhere": {lost(), row.lost}} {
			found := play.k.after(use).judge(t, id)
			assert.Equal(t, play.want.String(), worstOf(found).String(), "%s in %s, %s: %v", row.op, row.state, name, details(found))
		}
		imported := other().imported().after(use)
		want := u
		if row.state.Presence() == android.Away {
			want = f
		}
		assert.Equal(t, want.String(), worstOf(imported.judge(t, id)).String(), "%s in %s, imported", row.op, row.state)
	}
}

func details(found []finding.Finding) []string {
	var all []string
	for _, f := range found {
		all = append(all, fmt.Sprintf("%s: %s", f.Verdict, f.Detail))
	}
	return all
}
