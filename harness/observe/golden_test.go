package observe

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

var update = flag.Bool("update", false, "write the golden files anew")

// bom is the mark of the byte order that Windows' editors put before a text.
var bom = []byte("\xef\xbb\xbf")

// said is one fact with where it stands.
type said struct {
	Kind string        `json:"kind"`
	Fact fact.Fact     `json:"fact"`
	Span evidence.Span `json:"span"`
}

// readAll parses an input that is named SUBJECT@CASE.txt, or CASE.txt where the
// source has no subject. Log lines are cloned.
func readAll(t testing.TB, source, name string, body []byte) ([]said, printout.Reading) {
	t.Helper()
	subject, _, ok := strings.Cut(name, "@")
	if !ok {
		subject = ""
	}
	var all []said
	r, err := Read(source, bytes.NewReader(body), printout.Input{Subject: subject}, func(f fact.Fact, s evidence.Span) {
		f = fact.Keep(f)
		all = append(all, said{f.Kind(), f, s})
	})
	require.NoError(t, err)
	return all, r
}

// samplesOf gives the golden inputs of a source, by file name.
func samplesOf(t testing.TB, source string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", source, "*.txt"))
	require.NoError(t, err)
	bins, err := filepath.Glob(filepath.Join("testdata", source, "*.bin"))
	require.NoError(t, err)
	inputs := map[string][]byte{}
	for _, f := range append(files, bins...) {
		raw, err := os.ReadFile(f)
		require.NoError(t, err)
		inputs[filepath.Base(f)] = raw
	}
	return inputs
}

// TestGoldenPrintOuts reads testdata/SOURCE/CASE.txt, one of each release's
// form, and compares with CASE.jsonl: a fact a line, the account last.
func TestGoldenPrintOuts(t *testing.T) {
	t.Parallel()
	for _, p := range Parsers {
		inputs := samplesOf(t, p.Source)
		require.NotEmpty(t, inputs, "no golden case for %s", p.Source)
		for name, body := range inputs {
			t.Run(p.Source+"/"+name, func(t *testing.T) {
				all, r := readAll(t, p.Source, name, body)
				got := goldenText(t, all, r)
				path := filepath.Join("testdata", p.Source, strings.TrimSuffix(name, filepath.Ext(name))+".jsonl")
				if *update {
					require.NoError(t, os.WriteFile(path, got, 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.Equal(t, string(want), string(got))
			})
		}
	}
}

func goldenText(t *testing.T, all []said, r printout.Reading) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, s := range all {
		s.Fact = readable(s.Fact)
		line, err := json.Marshal(s)
		require.NoError(t, err)
		out.Write(append(line, '\n'))
	}
	line, err := json.Marshal(r)
	require.NoError(t, err)
	out.Write(append(line, '\n'))
	return out.Bytes()
}

// readableLine is a log line whose bytes JSON would write as base64.
type readableLine struct {
	*fact.LogLine `json:"-"`
	Buffer        string      `json:"buffer,omitempty"`
	Time          string      `json:"time,omitempty"`
	UID           android.UID `json:"uid"`
	User          string      `json:"user,omitempty"`
	PID           int         `json:"pid"`
	TID           int         `json:"tid"`
	Chatty        int         `json:"chatty,omitempty"`
	Level         string      `json:"level"`
	Tag           string      `json:"tag"`
	Message       string      `json:"message"`
}

func readable(f fact.Fact) fact.Fact {
	if l, ok := f.(*fact.LogLine); ok {
		return readableLine{l, l.Buffer, string(l.Time), l.UID, l.User, l.PID, l.TID, l.Chatty, string(l.Level), string(l.Tag), string(l.Message)}
	}
	return f
}
