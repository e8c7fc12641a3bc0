package network

import (
	"bytes"
	"strconv"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Qtaguid reads the kernel's counters of traffic, up to Android 8.
var Qtaguid = printout.Parser{
	Source: "qtaguid",
	Parse:  parseQtaguid,
	Needs:  "Android kernels to 4.9, net/netfilter/xt_qtaguid.c, /proc/net/xt_qtaguid/stats; Android 5 to 8",
}

// parseQtaguid reads
//
//	IDX IFACE TAG UID SET RX_BYTES RX_PACKETS TX_BYTES TX_PACKETS …
//
// Tag 0 counts everything, what other tags count included.
func parseQtaguid(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	headed := false
	for l.Next() {
		t := l.Text()
		if bytes.HasPrefix(t, []byte("idx iface acct_tag_hex uid_tag_int cnt_set ")) {
			headed = true
			l.Read()
			continue
		}
		if b, ok := counterIn(t); headed && ok {
			l.Read()
			emit(b, l.Span())
			continue
		}
		l.Settle()
	}
	return nil
}

// counterSets names the kernel's counter sets as NetworkStats does.
var counterSets = map[string]string{"0": "DEFAULT", "1": "FOREGROUND"}

func counterIn(t []byte) (fact.Bytes, bool) {
	var words [9][]byte
	for i := range words {
		if words[i], t = printout.Word(t); len(words[i]) == 0 {
			return fact.Bytes{}, false
		}
	}
	tag, err := strconv.ParseUint(string(bytes.TrimPrefix(words[2], []byte("0x"))), 16, 64)
	uid, ok := printout.Number(words[3])
	if _, isNumber := printout.Number(words[0]); err != nil || !ok || !isNumber {
		return fact.Bytes{}, false
	}
	b := fact.Bytes{UID: android.UID(uid), Iface: string(words[1]), Tag: uint32(tag >> 32), Set: string(words[4])}
	if name, known := counterSets[b.Set]; known {
		b.Set = name
	}
	ok = counts(&b, words[5:9])
	return b, ok
}

// counts reads received bytes and packets, then sent bytes and packets.
func counts(b *fact.Bytes, words [][]byte) bool {
	for i, to := range []*int64{&b.RxBytes, &b.RxPackets, &b.TxBytes, &b.TxPackets} {
		n, ok := printout.Number(words[i])
		if !ok {
			return false
		}
		*to = int64(n)
	}
	return true
}
