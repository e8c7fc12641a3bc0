package network

import (
	"bytes"
	"strconv"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Netstats reads how much each UID sent and received.
var Netstats = printout.Parser{
	Source: "netstats",
	Parse:  parseNetstats,
	Needs: "services/core com/android/server/net/NetworkStats{Service,Collection}.java, Android 5 to 12; " +
		"packages/modules/Connectivity service-t com/android/server/net/NetworkStatsService.java, 13 to 16; " +
		"NetworkStatsHistory.java dump",
}

// netstatsReader reads dumpsys netstats: live counters of each UID where there
// are BPF maps (from Android 13), and buckets of their history where it was
// asked for (--uid, --tag). A bucket of history has a Start, a counter has none.
type netstatsReader struct {
	*printout.Lines
	emit    printout.Emit
	heading bool // something of netstats has been read
	live    bool // under mAppUidStatsMap
	series  fact.Bytes
	known   bool // series is of a UID
}

func parseNetstats(in printout.Input, emit printout.Emit) error {
	r := &netstatsReader{Lines: in.Lines, emit: emit}
	for r.Next() {
		t := r.Text()
		trimmed := bytes.TrimSpace(t)
		switch {
		case len(trimmed) == 0:
			r.Skip()
		case t[0] != ' ':
			r.section(trimmed)
		case !r.heading:
		case r.StrayBefore() != printout.NoStray && printout.Indent(t) <= 2 && !r.own(trimmed):
			r.end()
		case r.live:
			r.counter(trimmed)
		case bytes.HasPrefix(trimmed, []byte("ident=")):
			r.ident(trimmed)
		case bytes.HasPrefix(trimmed, []byte("st=")), bytes.HasPrefix(trimmed, []byte("bucketStart=")):
			r.bucket(trimmed)
		case string(trimmed) == "mAppUidStatsMap:":
			r.live = true
			r.Read()
		default:
			r.Skip()
		}
	}
	return nil
}

// netstatsSections are the headings at the margin.
var netstatsSections = []string{
	"Active UID interfaces:", "Active interfaces:", "All mobile interfaces:", "All wifi interfaces:", "BPF map content:",
	"BPF map status:", "Configs:", "Dev stats:", "Directory:", "InterfaceMapHelper:", "InterfaceMapUpdater:",
	"NetworkStatsFactory logs:", "Poll counts per reason:", "Recent poll events:", "SkDestroyListener logs:",
	"Stats Observers:", "Stats Providers:", "Top openSession callers", "UID stats:", "UID tag stats:", "Xt stats:",
}

func (r *netstatsReader) section(t []byte) {
	if printout.HasAnyPrefix(t, netstatsSections) {
		r.end()
		r.heading = true
		r.Read()
	} else if !r.SettleAtMargin() {
		r.end()
	}
}

func (r *netstatsReader) end() { r.heading, r.live, r.known = false, false, false }

// netstatsLines begin the lines within a section that are indented by two.
var netstatsLines = []string{
	"Complete history:", "History since boot:", "Pending bytes:", "bucketStart=", "ident=", "mAppUidStatsMap:", "mIfaceStatsMap:",
	"mStatsMap", "mUidCounterSetMap:", "st=",
}

// own says whether a line right behind a stray belongs to the section. Behind a title it may
// belong to another: all sections of counters look alike.
func (r *netstatsReader) own(t []byte) bool {
	return r.StrayBefore() == printout.Note && printout.HasAnyPrefix(t, netstatsLines)
}

// counter reads UID RX_BYTES RX_PACKETS TX_BYTES TX_PACKETS of mAppUidStatsMap.
func (r *netstatsReader) counter(t []byte) {
	var words [5][]byte
	rest := t
	for i := range words {
		if words[i], rest = printout.Word(rest); len(words[i]) == 0 {
			break
		}
	}
	if bytes.HasSuffix(t, []byte("Map:")) || bytes.HasPrefix(t, []byte("mStatsMap")) {
		r.live = false
		r.Skip()
		return
	}
	if string(words[0]) == "uid" {
		r.Read()
		return
	}
	uid, ok := printout.Number(words[0])
	b := fact.Bytes{UID: android.UID(uid)}
	if ok && len(words[4]) > 0 && counts(&b, words[1:]) {
		r.Read()
		r.emit(b, r.Span())
	}
}

// ident reads ident=[{…}] uid=N set=DEFAULT tag=0x0, the head of a series. A series that
// belongs to no UID (uid=-1) is without interest.
func (r *netstatsReader) ident(t []byte) {
	r.series, r.known = fact.Bytes{}, false
	if i := bytes.LastIndex(t, []byte("] uid=")); i >= 0 {
		t = t[i+2:]
	}
	uid, ok := printout.Value(t, "uid")
	if !ok || string(uid) == "-1" {
		r.Skip()
		return
	}
	n, isUID := printout.Number(uid)
	set, ok := printout.Value(t, "set")
	tag, hasTag := printout.Value(t, "tag")
	code, err := strconv.ParseUint(string(bytes.TrimPrefix(tag, []byte("0x"))), 16, 32)
	if !isUID || !ok || !hasTag || err != nil {
		return
	}
	r.series, r.known = fact.Bytes{UID: android.UID(n), Set: string(set), Tag: uint32(code)}, true
	r.Read()
}

// bucketKeys are a bucket's fields: Android 5 and later, and before.
var bucketKeys = [2][5]string{
	{"st", "rb", "rp", "tb", "tp"},
	{"bucketStart", "rxBytes", "rxPackets", "txBytes", "txPackets"},
}

// bucket reads st=SECONDS rb=BYTES rp=PACKETS tb=BYTES tp=PACKETS op=N.
func (r *netstatsReader) bucket(t []byte) {
	if !r.known {
		r.Skip()
		return
	}
	keys := bucketKeys[0]
	if t[0] == 'b' {
		keys = bucketKeys[1]
	}
	b := r.series
	for i, to := range []*int64{&b.Start, &b.RxBytes, &b.RxPackets, &b.TxBytes, &b.TxPackets} {
		v, ok := printout.Value(t, keys[i])
		n, isNumber := printout.Number(v)
		if !ok || !isNumber {
			return
		}
		*to = int64(n)
	}
	r.Read()
	r.emit(b, r.Span())
}
