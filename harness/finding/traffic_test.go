package finding_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/observe/fact"
)

const clearText = "no-clear-text-traffic"

// connection is a row of a socket table; owner NoUID is one whose app has closed it.
func connection(owner android.UID, remote, state string) fact.Socket {
	s := fact.Socket{Protocol: "tcp6", Local: netip.MustParseAddrPort("192.168.0.2:40000"), Remote: netip.MustParseAddrPort(remote), State: state, UID: owner, Inode: 4711}
	if owner == android.NoUID {
		s.UID, s.Inode = 0, 0
	}
	return s
}

func counted(uid android.UID, bytes int64) fact.Bytes {
	return fact.Bytes{UID: uid, RxBytes: bytes - bytes/4, TxBytes: bytes / 4}
}

// quiet is an attempt of a minute in which no app moved a byte.
func quiet() *kit {
	return attempt(step(1, "launch", on(weather)), step(2, "wait"), step(3, "home"), step(4, "wait"))
}

func TestWhatIsSampledClearsOnlyWhatMovedNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		k      *kit
		wanted want
	}{
		"nothing moved": {quiet().before(counted(10101, 4000)).after(counted(10101, 4000)),
			want{finding.Clear, "", "4 looks at the sockets, one at the end of each step and at least every 1s of a wait, none late; no connection in clear text was seen, and by the kernel's count no preinstalled app moved a byte"}},
		"moved, and no socket was seen": {quiet().before(counted(10101, 4000)).after(counted(10101, 8300)),
			want{finding.Unknown, weather, "specimen.weather (uid 10101) moved 4300 bytes and none of its sockets was seen"}},
		"moved for the first time": {quiet().after(counted(10101, 4300)),
			want{finding.Unknown, weather, "specimen.weather (uid 10101) moved 4300 bytes and none of its sockets was seen"}},
		"moved, and an encrypted socket was seen": {quiet().during(connection(10101, "203.0.113.5:443", "ESTABLISHED")).after(counted(10101, 4300)),
			want{finding.Unknown, weather, "specimen.weather (uid 10101) moved 4300 bytes, and not all of them need have gone through the sockets that were seen: looks at them lie apart"}},
		"moved, and its clear text was seen": {quiet().during(connection(10101, "203.0.113.5:80", "ESTABLISHED")).after(counted(10101, 4300)),
			want{finding.Flagged, weather, "specimen.weather had a connection to port 80, which HTTP uses without encryption"}},
		"another user's app moved": {quiet().after(counted(1010101, 90)),
			want{finding.Unknown, weather, "specimen.weather (uid 1010101) moved 90 bytes and none of its sockets was seen"}},
		"an installed app moved":    {quiet().after(counted(10200, 4300)), want{verdict: finding.Clear}},
		"the system moved":          {quiet().after(counted(1073, 4300)), want{verdict: finding.Clear}},
		"counted once more by tag":  {quiet().after(fact.Bytes{UID: 10101, Tag: 7, RxBytes: 90}), want{verdict: finding.Clear}},
		"within the handset itself": {quiet().after(fact.Bytes{UID: 10101, Iface: "lo", RxBytes: 90}), want{verdict: finding.Clear}},
		"a counter went back": {quiet().before(counted(10101, 4000)).after(counted(10101, 40)),
			want{finding.Unknown, weather, "specimen.weather (uid 10101) has a counter that went back: how many bytes it moved is not known"}},
		"a counter is gone": {quiet().before(counted(10101, 4000)),
			want{finding.Unknown, weather, "specimen.weather (uid 10101) has a counter that went back: how many bytes it moved is not known"}},
		"a bucket of last month is gone": {quiet().before(fact.Bytes{UID: 10101, Start: 1700000000, RxBytes: 90}), want{verdict: finding.Clear}},
		"closed when it was seen": {quiet().during(connection(android.NoUID, "203.0.113.5:80", "TIME_WAIT")),
			want{finding.Unknown, "", "somebody had a connection to port 80, which HTTP uses without encryption: it was closed when it was seen (TIME_WAIT), and names no owner"}},
		"closed, and seen while it was an installed app's": {quiet().during(connection(10200, "203.0.113.5:80", "ESTABLISHED"), connection(android.NoUID, "203.0.113.5:80", "TIME_WAIT")),
			want{verdict: finding.Clear}},
		"closed, and seen while it was a preinstalled app's": {quiet().during(connection(10101, "203.0.113.5:80", "ESTABLISHED"), connection(android.NoUID, "203.0.113.5:80", "FIN_WAIT2")),
			want{verdict: finding.Flagged, pkg: weather}},
		"closed, encrypted": {quiet().during(connection(android.NoUID, "203.0.113.5:443", "TIME_WAIT")), want{verdict: finding.Clear}},
		"open, and root's":  {quiet().during(connection(0, "203.0.113.5:80", "ESTABLISHED")), want{verdict: finding.Clear}},
	} {
		t.Run(name, func(t *testing.T) { c.k.expect(t, clearText, c.wanted) })
	}
	found := quiet().before(counted(10101, 4000)).after(counted(10101, 8300)).judge(t, clearText)
	assert.Len(t, found[0].Grounds, 2, "the counter before and after")
}

func TestWithoutByteCountersNothingIsClear(t *testing.T) {
	t.Parallel()
	bare := func(phase evidence.Phase) *kit {
		k := quiet()
		kept := k.c.Observations[:0]
		for _, o := range k.c.Observations {
			if _, counter := o.Fact.(fact.Bytes); !counter || o.Phase != phase {
				kept = append(kept, o)
			}
		}
		k.c.Observations = kept
		return k
	}
	old := func() *kit {
		return quiet().sdk(28, "9").lose("netstats").covers("qtaguid", evidence.Before, "qtaguid", evidence.After)
	}
	for name, c := range map[string]struct {
		k       *kit
		details []string
	}{
		"not captured": {quiet().lose("netstats"), []string{"netstats after the steps: not captured", "netstats before the steps: not captured"}},
		"denied":       {quiet().weaken("netstats", denied), []string{"netstats: denied: Permission Denial: can't dump"}},
		"empty before": {bare(evidence.Before), []string{"netstats before the steps: it has no counter of any UID"}},
		"empty after":  {bare(evidence.After), []string{"netstats after the steps: it has no counter of any UID"}},
		"Android 9, a kernel without": {old().weaken("qtaguid", evidence.Coverage{State: evidence.Unsupported, Reason: "no such file"}),
			[]string{"qtaguid: unsupported: no such file"}},
		"Android 9": {old(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range c.k.judge(t, clearText) {
				if f.Verdict != finding.Clear {
					require.Equal(t, finding.Unknown, f.Verdict)
					got = append(got, f.Detail)
				}
			}
			for _, d := range c.details {
				assert.Contains(t, got, d)
			}
			assert.Equal(t, len(c.details) == 0, len(got) == 0, "%v", got)
		})
	}
}

func TestLooksThatCameLateOrNotAtAllAreTold(t *testing.T) {
	t.Parallel()
	night := step(1, "idle", func(s *fact.Step) { s.Device = s.Device.Add(30 * time.Minute) })
	begins := begun.Add(5 * time.Minute)
	play := func(every time.Duration, lost ...int) *kit {
		k := attempt()
		k.during(night)
		for n := range int(night.Device.Sub(begins)/every) + 1 {
			if len(lost) == 0 || n < lost[0] || n > lost[len(lost)-1] {
				k.during(fact.SocketLook{Protocol: "tcp", At: begins.Add(time.Duration(n) * every).Unix()})
			}
		}
		return k
	}
	play(30*time.Second).expect(t, clearText, want{finding.Clear, "",
		"61 looks at the sockets, one at the end of each step and at least every 30s of a wait, none late; no connection in clear text was seen, and by the kernel's count no preinstalled app moved a byte"})
	play(30*time.Second, 10, 19).expect(t, clearText, want{finding.Unknown, "", "11 of 62 looks at the sockets came late or not at all"})
	play(30*time.Second, 40, 70).expect(t, clearText, want{verdict: finding.Unknown})
	play(4*time.Minute).expect(t, clearText, want{verdict: finding.Unknown})
	attempt().during(night).expect(t, clearText, want{finding.Unknown, "", "proc-net: no look at the sockets is in it"})

	back := play(30 * time.Second).during(fact.SocketLook{Protocol: "tcp", At: begins.Unix()})
	assert.Equal(t, finding.Unknown, worstOf(back.judge(t, clearText)), "the handset's clock was set back")
	unclocked := quiet()
	unclocked.c.Clock = nil
	unclocked.expect(t, clearText, want{finding.Unknown, "", "when the 4 looks at the sockets were due is not known: looks may have come late or not at all"})
}

func TestASampledClaimIsOneFindingWhateverItsNumbers(t *testing.T) {
	t.Parallel()
	one, other := quiet(), quiet().during(fact.SocketLook{Protocol: "tcp", At: step(4, "wait").Device.Unix()})
	a, b := one.judge(t, clearText), other.judge(t, clearText)
	require.NotEqual(t, a[0].Detail, b[0].Detail)
	assert.Equal(t, a[0].ID, b[0].ID)
}
