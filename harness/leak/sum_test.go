package leak_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/leak"
)

// entryOf is the n-th entry of a log.
func entryOf(uid android.UID, pid int, tag string, n int) leak.Entry {
	return leak.Entry{PID: pid, UID: uid, Tag: []byte(tag), Ref: evidence.Ref{Bundle: "b", File: "log", Span: evidence.Span{Line: n + 1, Offset: int64(n)}}}
}

func email(hash string, c leak.Certainty) leak.Match {
	return leak.Match{Kind: "email", Certainty: c, Form: "plain", Masked: "a…m", Hash: hash}
}

// Within the rooms a sum tells all that a list of every match would tell.
func TestASumTellsEachValueWriterAndTagApart(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	type key struct {
		uid       android.UID
		pid       int
		tag, hash string
		certainty leak.Certainty
	}
	want := map[key]int{}
	first := map[key]int{}
	s := leak.NewSum()
	for n := range 5000 {
		k := key{android.UID(10000 + random.IntN(3)), random.IntN(2), fmt.Sprint("t", random.IntN(2)), fmt.Sprint(random.IntN(4)), leak.Certain}
		if random.IntN(2) == 0 {
			k.certainty = leak.Possible
		}
		if want[k]++; want[k] == 1 {
			first[k] = n
		}
		s.Add(email(k.hash, k.certainty), entryOf(k.uid, k.pid, k.tag, n))
	}
	got := map[key]int{}
	for _, h := range s.Hits() {
		k := key{h.UID, h.PID, h.Tag, h.Hash, h.Certainty}
		got[k] = h.Count
		assert.Equal(t, first[k]+1, h.Ref.Line, "the first entry")
		if h.Certainty == leak.Certain {
			assert.Len(t, h.Refs(), min(h.Count, leak.MostRefs))
		} else {
			assert.Len(t, h.Refs(), 1)
		}
	}
	assert.Equal(t, want, got)
	assert.Zero(t, s.Summed())
}

// Whatever a log holds, a sum stays small, no entry is lost from the counts, and
// the handset's own values keep who wrote them.
func TestAFloodIsSummedUpAndCrowdsOutNothing(t *testing.T) {
	t.Parallel()
	for name, flood := range map[string]func(n int) (leak.Match, leak.Entry){
		"values": func(n int) (leak.Match, leak.Entry) {
			return email(fmt.Sprint(n), leak.Probable), entryOf(10001, 5, "t", n)
		},
		"tags": func(n int) (leak.Match, leak.Entry) {
			return email("1", leak.Certain), entryOf(10001, 5, fmt.Sprint(n), n)
		},
		"writers": func(n int) (leak.Match, leak.Entry) {
			return email("1", leak.Certain), entryOf(android.UID(n), n, "t", n)
		},
		"processes": func(n int) (leak.Match, leak.Entry) {
			return email(fmt.Sprint(n), leak.Possible), entryOf(android.NoUID, n, "t", n)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, other := leak.NewSum(), leak.NewSum()
			const entries = 50_000
			for n := range entries {
				m, e := flood(n)
				if n < entries/2 {
					s.Add(m, e)
				} else {
					other.Add(m, e)
				}
			}
			s.Add(leak.Match{Kind: "imei", Certainty: leak.Certain, Masked: "35…19", Hash: "own"}, entryOf(10500, 77, "Net", entries))
			s.Join(other)
			all := s.Hits()
			assert.LessOrEqual(t, len(all), 2*(leak.MostHits+leak.MostWriters)+8)
			total, told := 0, 0
			var own []leak.Hit
			for _, h := range all {
				total += h.Count
				if h.Masked != leak.Others {
					told += h.Count
				}
				if h.Kind == "imei" {
					own = append(own, h)
				}
				assert.LessOrEqual(t, len(h.Refs()), leak.MostRefs)
			}
			assert.Equal(t, entries+1, total, "each entry is counted once")
			assert.Equal(t, total-told, s.Summed())
			require.Len(t, own, 1)
			if name != "writers" { // there, more wrote own values than any handset has apps
				assert.Equal(t, android.UID(10500), own[0].UID)
			}
			assert.Equal(t, leak.Certain, own[0].Certainty)
		})
	}
}

func TestWhatIsKnownTakesNoMemory(t *testing.T) {
	s := leak.NewSum()
	for n := range 200 {
		s.Add(email(fmt.Sprint(n), leak.Possible), entryOf(10001, 5, "t", n))
	}
	m, e := email("1", leak.Possible), entryOf(10001, 5, "t", 9)
	assert.Zero(t, testing.AllocsPerRun(100, func() { s.Add(m, e) }), "a value that has room")
	m.Hash = "another"
	assert.Zero(t, testing.AllocsPerRun(100, func() { s.Add(m, e) }), "one that has none")
}
