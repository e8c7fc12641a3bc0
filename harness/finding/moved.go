package finding

import (
	"slices"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
)

// moved is how many bytes each UID moved while an attempt was played: the kernel's
// counters after the steps, less those before them.
type moved struct {
	source string
	of     map[android.UID]*count
	order  []android.UID
	rows   map[evidence.Phase]int            // counters that were read
	whole  map[evidence.Phase][]evidence.Ref // the captures
}

// count is what one UID moved.
type count struct {
	bytes int64
	back  bool // a counter was lower after the steps than before them
	refs  []evidence.Ref
}

// counterKey is one counter: of a UID in the foreground or not, on one interface,
// in one bucket of history. What a tag counts is counted without it as well.
type counterKey struct {
	uid        android.UID
	set, iface string
	start      int64
}

// countMoved compares the counters before and after the steps. What stays on the
// handset (lo) is left out where interfaces are told apart.
func countMoved(c *Case) moved {
	m := moved{source: byteSource(c), of: map[android.UID]*count{}, rows: map[evidence.Phase]int{}, whole: map[evidence.Phase][]evidence.Ref{}}
	bundle := ""
	for _, v := range c.Coverage {
		if v.Source == m.source && (v.Phase == evidence.Before || v.Phase == evidence.After) {
			m.whole[v.Phase] = append(m.whole[v.Phase], v.Ref)
		}
		if v.Source == m.source && v.Phase == evidence.After {
			bundle = v.Ref.Bundle
		}
	}
	before := map[counterKey]observed{}
	for _, phase := range []evidence.Phase{evidence.Before, evidence.After} {
		for b, o := range fact.Of[fact.Bytes](c.Observations) {
			if o.Phase != phase || o.Ref.Bundle != bundle {
				continue
			}
			m.rows[phase]++
			k := counterKey{b.UID, b.Set, b.Iface, b.Start}
			switch {
			case b.Tag != 0 || b.Iface == "lo":
			case phase == evidence.Before:
				before[k] = observed{before[k].bytes + b.RxBytes + b.TxBytes, append(before[k].refs, o.Ref)}
			default:
				m.add(k, b.RxBytes+b.TxBytes, before[k], o.Ref)
				delete(before, k)
			}
		}
	}
	for k, old := range before { // a live counter is gone: nobody knows how far it came
		if k.start == 0 && old.bytes > 0 {
			m.count(k.uid).back = true
			m.count(k.uid).refs = append(m.count(k.uid).refs, old.refs...)
		}
	}
	slices.Sort(m.order)
	return m
}

// observed is a counter before the steps.
type observed struct {
	bytes int64
	refs  []evidence.Ref
}

// add counts what one counter rose by.
func (m *moved) add(k counterKey, now int64, old observed, ref evidence.Ref) {
	if now == old.bytes {
		return
	}
	n := m.count(k.uid)
	n.refs = append(append(n.refs, old.refs...), ref)
	if now < old.bytes {
		n.back = true
		return
	}
	n.bytes += now - old.bytes
}

func (m *moved) count(uid android.UID) *count {
	if m.of[uid] == nil {
		m.of[uid] = &count{}
		m.order = append(m.order, uid)
	}
	return m.of[uid]
}

// byteCounters are where a release keeps its counters: the module xt_qtaguid up to
// Android 9 (not on all its kernels), eBPF's maps and their history, as netstats
// prints them, from 10.
var byteCounters = []Need{
	{Source: liveBytes, Phase: evidence.Before, From: 29}, {Source: liveBytes, Phase: evidence.After, From: 29},
	{Source: oldBytes, Phase: evidence.Before, To: 28}, {Source: oldBytes, Phase: evidence.After, To: 28},
}

// byteSource is the one of them that a case has.
func byteSource(c *Case) string {
	for _, n := range byteCounters {
		if n.serves(c) && len(n.captures(c)) > 0 {
			return n.Source
		}
	}
	return liveBytes
}
