package observe

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// TestAFileWhoseLastLineEndWasTrimmedIsWhole: neither androidqf nor Hubble ends
// its last line.
func TestAFileWhoseLastLineEndWasTrimmedIsWhole(t *testing.T) {
	t.Parallel()
	for source, name := range map[string]string{"androidqf-packages": "users.txt", "hubble-packages": "1.0.0.txt"} {
		body := samplesOf(t, source)[name]
		require.NotEmpty(t, body)
		require.NotEqual(t, byte('\n'), body[len(body)-1])
		untrimmed, _ := readAll(t, source, name, body)
		for cut := range len(body) {
			r, err := Read(source, bytes.NewReader(body[:cut]), printout.Input{Trimmed: true}, func(fact.Fact, evidence.Span) {})
			require.NoError(t, err)
			require.NotEqual(t, evidence.Whole, r.Coverage.State, "cut at %d", cut)
		}
		facts := 0
		r, err := Read(source, bytes.NewReader(body), printout.Input{Trimmed: true}, func(fact.Fact, evidence.Span) { facts++ })
		require.NoError(t, err)
		assert.Equal(t, evidence.Whole, r.Coverage.State, source)
		assert.Equal(t, len(untrimmed), facts)
		assert.Equal(t, 1+bytes.Count(body, []byte("\n")), r.Lines)
	}
}

func TestATrimmedPrintOutGivesItsLastLine(t *testing.T) {
	t.Parallel()
	for text, lines := range map[string]int{"[a]: [b]": 1, "[a]: [b]\n[c]: [d]": 2, "[a]: [b]\n[c]: [d]\n": 2, "": 0} {
		facts := 0
		r, err := Read("getprop", strings.NewReader(text), printout.Input{Trimmed: true}, func(_ fact.Fact, s evidence.Span) {
			facts++
			assert.LessOrEqual(t, s.Offset+s.Length, int64(len(text)))
		})
		require.NoError(t, err)
		assert.Equal(t, lines, facts, "%q", text)
		assert.Equal(t, lines, r.Lines, "%q", text)
		assert.Zero(t, r.Unread)
		assert.Equal(t, text != "", r.Coverage.Complete(), "%q: silence is not whole", text)
	}
}

func TestWhatIsNotJSONThroughoutIsUnreadFromThereOn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ facts, unread int }{
		"[\n{\"name\": \"a.b\"},\n{\"name\": \"c.d\"}\n]\n":            {6, 0},
		"[\n{\"name\": \"a.b\"},\n{\"name\": oops}\n]\n":               {3, 2},
		"[\n{\"name\": \"a.b\"}\n] trailing\nmore\n":                   {3, 2},
		"[\n{\"name\": \"a.b\"}\n]\n\n[\n]\n":                          {3, 2},
		"[\n" + strings.Repeat("[", printout.DeepestJSON+1) + "\n":     {0, 1},
		"{\n\"name\": \"a.b\"\n}\n":                                    {0, 3},
		"[\n{\"name\": \"a.b\",\n\"uid\": -5,\n\"what\": null\n}\n]\n": {3, 2},
		"Permission denied\n":                                          {0, 0},
	} {
		facts := 0
		r, err := Read("androidqf-packages", strings.NewReader(text), printout.Input{}, func(fact.Fact, evidence.Span) { facts++ })
		require.NoError(t, err)
		assert.Equal(t, want.facts, facts, "%q", text)
		assert.Equal(t, want.unread, r.Unread, "%q", text)
	}
}
