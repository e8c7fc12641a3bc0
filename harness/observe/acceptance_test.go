package observe

import (
	"bytes"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// TestEveryParserIsAccepted tests each parser, with its own golden inputs, for what callers
// may expect of all parsers.
func TestEveryParserIsAccepted(t *testing.T) {
	assert.True(t, slices.IsSortedFunc(Parsers, func(a, b printout.Parser) int { return strings.Compare(a.Source, b.Source) }))
	for _, p := range Parsers {
		t.Run(p.Source, func(t *testing.T) {
			assert.NotEmpty(t, p.Needs)
			for name, body := range samplesOf(t, p.Source) {
				t.Run(name, func(t *testing.T) {
					whole, r := readAll(t, p.Source, name, body)
					sameTwice(t, p.Source, name, body, whole, r)
					inside(t, name, body, whole, r)
					prefixes(t, p.Source, name, body, whole)
					if strings.HasSuffix(name, ".txt") {
						carriageReturns(t, p.Source, name, body, whole, r)
					}
				})
			}
			t.Run("foreign", func(t *testing.T) { foreign(t, p.Source) })
			t.Run("memory", func(t *testing.T) { bounded(t, p.Source) })
		})
	}
}

func sameTwice(t *testing.T, source, name string, body []byte, whole []said, r printout.Reading) {
	again, r2 := readAll(t, source, name, body)
	assert.Equal(t, whole, again)
	assert.Equal(t, r, r2)
}

// inside checks that every fact and every sample stands on the lines it names,
// and that no line is lost from the account.
func inside(t testing.TB, name string, body []byte, whole []said, r printout.Reading) {
	spans := slices.Clone(r.Samples)
	for _, s := range whole {
		spans = append(spans, s.Span)
	}
	for _, s := range spans {
		require.GreaterOrEqual(t, s.Offset, int64(0))
		require.Positive(t, s.Length)
		require.LessOrEqual(t, s.Offset+s.Length, int64(len(body)))
		if strings.HasSuffix(name, ".bin") {
			continue
		}
		before := body[:s.Offset]
		require.Equal(t, 1+bytes.Count(before, []byte("\n")), s.Line)
		require.True(t, len(before) == 0 || before[len(before)-1] == '\n' || bytes.Equal(before, bom), "begins within a line")
		after := bytes.TrimLeft(body[s.Offset+s.Length:], "\r")
		require.True(t, len(after) == 0 || after[0] == '\n', "ends within a line")
	}
	require.Equal(t, len(whole), r.Facts)
	require.LessOrEqual(t, r.Skipped+r.Unread, r.Lines)
	if !strings.HasSuffix(name, ".bin") {
		lines := bytes.Count(body, []byte("\n"))
		if len(body) > 0 && body[len(body)-1] != '\n' {
			lines++
		}
		require.Equal(t, lines, r.Lines)
	}
}

// prefixes cuts an input at every place, or a long one at many places. The part before the cut
// gives the first facts of the whole, and where the cut is within a line the coverage says so.
// There are two exceptions. The value of the last setting may be shorter, since nothing marks
// where one ends. So may the message of the last entry of a log in the long format: then the
// coverage says that it has no end, or the part ends in an empty line, as an entry does.
func prefixes(t *testing.T, source, name string, body []byte, whole []said) {
	cuts := 1500
	if underRace {
		cuts = 60
	}
	step := max(1, len(body)/cuts)
	for cut := 0; cut < len(body); cut += step {
		part, r := readAll(t, source, name, body[:cut])
		require.LessOrEqual(t, len(part), len(whole), "cut at %d", cut)
		for i, s := range part {
			if i == len(part)-1 && shortened(s.Fact, whole[i].Fact) {
				continue
			}
			if i == len(part)-1 && shortenedEntry(s, whole[i]) {
				require.True(t, r.Coverage.State == evidence.Truncated || bytes.HasSuffix(body[:cut], []byte("\n\n")), "cut at %d", cut)
				continue
			}
			require.Equal(t, whole[i], s, "cut at %d", cut)
		}
		torn := cut > 0 && body[cut-1] != '\n' && len(bytes.TrimSpace(body[bytes.LastIndexByte(body[:cut], '\n')+1:cut])) > 0
		if torn && strings.HasSuffix(name, ".txt") {
			require.NotContains(t, []evidence.State{evidence.Whole, evidence.Empty, evidence.Unknown}, r.Coverage.State, "cut at %d", cut)
		}
	}
}

func shortened(part, whole fact.Fact) bool {
	p, ok := part.(fact.Setting)
	w, isSetting := whole.(fact.Setting)
	return ok && isSetting && p.Key == w.Key && strings.HasPrefix(w.Value, p.Value)
}

// shortenedEntry says whether an entry of the long format is the beginning of another.
func shortenedEntry(part, whole said) bool {
	p, ok := part.Fact.(*fact.LogLine)
	w, isEntry := whole.Fact.(*fact.LogLine)
	if !ok || !isEntry || !bytes.HasPrefix(w.Message, p.Message) || part.Span.Length >= whole.Span.Length {
		return false
	}
	message := p.Message
	p.Message, part.Span.Length = w.Message, whole.Span.Length
	same := assert.ObjectsAreEqual(whole, part)
	p.Message = message
	return same
}

// carriageReturns reads the input with the line ends of an old PTY, and with those that adb on
// Windows makes of them.
func carriageReturns(t *testing.T, source, name string, body []byte, whole []said, r printout.Reading) {
	for _, end := range []string{"\r\n", "\r\r\n"} {
		got, r2 := readAll(t, source, name, bytes.ReplaceAll(body, []byte("\n"), []byte(end)))
		require.Len(t, got, len(whole))
		for i := range got {
			assert.Equal(t, whole[i].Fact, got[i].Fact)
			assert.Equal(t, whole[i].Span.Line, got[i].Span.Line)
		}
		assert.Equal(t, []int{r.Lines, r.Skipped, r.Unread}, []int{r2.Lines, r2.Skipped, r2.Unread})
		assert.Equal(t, r.Coverage, r2.Coverage)
	}
}

// foreign gives a parser the inputs of all others, and expects no fact. Left out are those that
// share a format: the two package dumps; discrete-ops, which begins as dumpsys-appops does;
// device_config and build.prop, which are written key=value as settings are; the log's
// statistics, which stand between two entries of it; and logcat -B, which logcat reads too.
func foreign(t *testing.T, source string) {
	format := func(source string) string {
		if same, ok := map[string]string{"package-detail": "dumpsys-package", "discrete-ops": "dumpsys-appops", "device-config": "settings", "build-prop": "settings",
			"logcat-statistics": "logcat", "logcat-binary": "logcat"}[source]; ok {
			return same
		}
		return source
	}
	for _, other := range Parsers {
		if format(other.Source) == format(source) {
			continue
		}
		for name, body := range samplesOf(t, other.Source) {
			all, _ := readAll(t, source, "case.txt", body)
			require.Empty(t, all, "%s of %s", name, other.Source)
		}
	}
}

// endless repeats a text up to a size, and watches the heap meanwhile.
type endless struct {
	text []byte
	at   int
	left int
	peak uint64
	next int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	if e.left <= e.next {
		e.next -= 8 << 20
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		e.peak = max(e.peak, m.HeapAlloc)
	}
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.left -= n
	return n, nil
}

// bounded reads 32 MB three times: a sample of the parser's own over and over, a line without
// end, and the beginning of something that is never closed.
func bounded(t *testing.T, source string) {
	if testing.Short() || underRace {
		t.Skip("reads 100 MB a parser; skipped by -short and under the race detector, whose heap is another")
	}
	const size, most = 32 << 20, 24 << 20
	samples := samplesOf(t, source)
	require.NotEmpty(t, samples)
	name := slices.Sorted(maps.Keys(samples))[0]
	first, _, _ := bytes.Cut(samples[name], []byte("\n"))
	for what, text := range map[string][]byte{
		"repeated":    append(slices.Clone(samples[name]), '\n'),
		"one line":    append(slices.Clone(first), 'x'),
		"never ended": append(slices.Clone(first[:len(first)/2]), " x\n"...),
	} {
		var before runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		in := &endless{text: text, left: size, next: size - 8<<20}
		_, err := Read(source, in, printout.Input{}, func(fact.Fact, evidence.Span) {})
		require.NoError(t, err)
		assert.Less(t, in.peak, before.HeapAlloc+most, "%s, %s", name, what)
	}
}
