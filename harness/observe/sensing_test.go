package observe

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// linesOf are patterns of single lines: each line that one of them matches is one fact of the
// source, and there are no others.
var linesOf = map[string]*regexp.Regexp{
	"dumpsys-connectivity": regexp.MustCompile(`(?m)^  ([\d:.T -]+ - (REGISTER|RELEASE) )?((Listen|Request|Track default) from )?uid/pid:|^  NetworkAgentInfo\{`),
	"dumpsys-location": regexp.MustCompile(`(?m)^(      UpdateRecord\[|    [\w.]+: \w+: (Min i|I)nterval |      \d+/\S+: min/max interval = |        \d+/\S+ Request\[` +
		`|    \d\d-\d\d \S+ \w+ provider ([+-]registration|client|delivered) )`), "ui-hierarchy": regexp.MustCompile(`<node `),
}

// TestCorpusHasAFactForEachLineThatIsOne compares with counts that were made
// without a parser.
func TestCorpusHasAFactForEachLineThatIsOne(t *testing.T) {
	t.Parallel()
	checked := map[string]int{}
	eachSensing(t, func(path, source string, body []byte) {
		pattern, ok := linesOf[source]
		if !ok {
			return
		}
		facts := 0
		_, err := Read(source, bytes.NewReader(body), printout.Input{}, func(_ fact.Fact, s evidence.Span) {
			facts++
			line := body[s.Offset : s.Offset+s.Length]
			assert.Regexp(t, pattern, string(line), "%s: %d", path, s.Line)
		})
		require.NoError(t, err)
		assert.Len(t, pattern.FindAll(body, -1), facts, path)
		checked[source] += facts
	})
	for source := range linesOf {
		assert.Positive(t, checked[source], source)
	}
}

// eachSensing calls back for each real print-out of a source that has a parser.
func eachSensing(t *testing.T, back func(path, source string, body []byte)) {
	t.Helper()
	err := filepath.WalkDir(corpus(t), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if source := sourceOf(d.Name()); source != "" && !notWhatItSays(path) {
			back(path, source, open(t, path))
		}
		return nil
	})
	require.NoError(t, err)
}

// The corpus has ones for the digits of coordinates, and REDACTED_SSID1 for the
// names of access points.
func TestNoFactSaysWhereAHandsetWas(t *testing.T) {
	t.Parallel()
	eachSensing(t, func(path, source string, body []byte) {
		if source != "dumpsys-location" && source != "dumpsys-connectivity" {
			return
		}
		_, err := Read(source, bytes.NewReader(body), printout.Input{}, func(f fact.Fact, _ evidence.Span) {
			raw, err := json.Marshal(f)
			require.NoError(t, err)
			assert.NotContains(t, string(raw), "1.1111", path)
			assert.NotContains(t, string(raw), "SSID", path)
		})
		require.NoError(t, err)
	})
	for name, body := range samplesOf(t, "dumpsys-location") {
		all, _ := readAll(t, "dumpsys-location", name, body)
		raw, err := json.Marshal(all)
		require.NoError(t, err)
		assert.NotContains(t, strings.ReplaceAll(string(raw), `"span"`, ""), "1.1111", name)
	}
}

// TestCorpusAgreesWithGoldOnSensors compares with counts that were made without a parser. Gold
// counts only the handset's own sensors; the list also has those that Android makes of them.
func TestCorpusAgreesWithGoldOnSensors(t *testing.T) {
	t.Parallel()
	dir := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "gold", "*.json"))
	require.NoError(t, err)
	checked := 0
	for _, f := range files {
		var all map[string]struct {
			File   string  `json:"file"`
			Total  *string `json:"hw_total"`
			Listed int     `json:"list_entries"`
			Active int     `json:"active_device_lines"`
		}
		raw := map[string]json.RawMessage{}
		require.NoError(t, json.Unmarshal(open(t, f), &raw))
		of, ok := raw["dumpsys_sensorservice"]
		if !ok {
			continue
		}
		one, err := json.Marshal(map[string]json.RawMessage{"sensors": of})
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(one, &all))
		want := all["sensors"]
		own, listed, active := 0, 0, 0
		body := open(t, filepath.Join(dir, filepath.FromSlash(want.File)))
		_, err = Read("dumpsys-sensorservice", bytes.NewReader(body), printout.Input{}, func(f fact.Fact, _ evidence.Span) {
			switch f := fact.Keep(f).(type) {
			case fact.Sensor:
				listed++
				if f.Vendor != "AOSP" {
					own++
				}
			case fact.SensorActivity:
				active++
			}
		})
		require.NoError(t, err)
		assert.Equal(t, []int{want.Listed, want.Active}, []int{listed, active}, want.File)
		if want.Total != nil {
			assert.Equal(t, *want.Total, strconv.Itoa(own), want.File)
		}
		checked++
	}
	assert.Positive(t, checked)
}
