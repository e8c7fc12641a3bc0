package observe

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// backgroundSource gives the source of a print-out of what runs unseen, by the
// name of its file.
func backgroundSource(name string) string {
	for _, source := range []string{
		"dumpsys-accessibility",
		"dumpsys-activity-broadcast-state",
		"dumpsys-activity-services",
		"dumpsys-alarm",
		"dumpsys-device-policy",
		"dumpsys-deviceidle",
		"dumpsys-jobscheduler",
		"dumpsys-package-checkin",
		"dumpsys-usagestats",
	} {
		file := strings.ReplaceAll(source, "-", "_")
		if rest, ok := strings.CutPrefix(name, file); ok && slices.Contains([]string{"", "_3", "_one", "_v14_or_later", "_checkin"}, rest) {
			return source
		}
	}
	return ""
}

// goldBackground is what line patterns count in one such print-out.
type goldBackground struct {
	File string `json:"file"`

	Jobs    int            `json:"job_headers"`
	JobsTop map[string]int `json:"by_uid_top"`

	Alarms  int `json:"alarm_entries"`
	Batches int `json:"batches"` // which are how AlarmManager sorts them, and no facts

	Services int `json:"service_records"`

	Events   int            `json:"event_lines"`
	Packages int            `json:"package_lines"`
	ByType   map[string]int `json:"by_type"` // of alarms, or of events
}

// TestCorpusAgreesWithGoldOnWhatRunsUnseen compares with counts that were made
// without a parser.
func TestCorpusAgreesWithGoldOnWhatRunsUnseen(t *testing.T) {
	t.Parallel()
	dir := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "gold", "*.json"))
	require.NoError(t, err)
	checked, counted := map[string]int{}, map[string]int{}
	for _, f := range files {
		var all map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(open(t, f), &all))
		for name, raw := range all {
			for source, figure := range goldFigures {
				if bytes.Contains(raw, []byte(`"`+figure+`":`)) {
					counted[source]++
				}
			}
			source := backgroundSource(name)
			if source == "" {
				continue
			}
			checked[source]++
			t.Run(strings.TrimSuffix(filepath.Base(f), ".json")+"/"+name, func(t *testing.T) {
				var want goldBackground
				require.NoError(t, json.Unmarshal(raw, &want))
				path := filepath.Join(dir, filepath.FromSlash(want.File))
				var facts []fact.Fact
				_, err := Read(source, bytes.NewReader(open(t, path)), printout.Input{}, func(f fact.Fact, _ evidence.Span) { facts = append(facts, f) })
				require.NoError(t, err)
				compareBackground(t, source, path, want, facts)
			})
		}
	}
	assert.Equal(t, counted, checked, "each sheet that counts these is compared")
	for source, fewest := range map[string]int{
		"dumpsys-activity-services": 6,
		"dumpsys-alarm":             8,
		"dumpsys-jobscheduler":      8,
		"dumpsys-usagestats":        7,
	} {
		assert.GreaterOrEqual(t, checked[source], fewest, source)
	}
}

// goldFigures are the figures by which gold's sheets of a source are told, whatever
// they are named: the corpus grows.
var goldFigures = map[string]string{
	"dumpsys-activity-services": "service_records",
	"dumpsys-alarm":             "alarm_entries",
	"dumpsys-jobscheduler":      "job_headers",
	"dumpsys-usagestats":        "event_lines",
}

func compareBackground(t *testing.T, source, path string, want goldBackground, facts []fact.Fact) {
	switch source {
	case "dumpsys-activity-services":
		active := 0
		for s := range factsOf[fact.Service](facts) {
			if !s.BeingDestroyed {
				active++
			}
		}
		assert.Equal(t, want.Services, active)
	case "dumpsys-alarm":
		byType, alarms := map[string]int{}, 0
		for a := range factsOf[fact.Alarm](facts) {
			alarms++
			byType[a.Type]++
		}
		assert.Equal(t, want.Alarms, alarms)
		assert.Equal(t, want.ByType, byType)
	case "dumpsys-jobscheduler":
		jobs, byUID := 0, map[string]int{}
		for job := range factsOf[fact.Job](facts) {
			// Gold looks for "  JOB #". Android 14 writes a job that has a
			// namespace as "  JOB namespace:1000/0": we are right to count it,
			// as the print-out itself does (Registered 48 jobs).
			if job.Namespace == "" {
				jobs++
				byUID[job.UID.String()]++
			}
		}
		assert.Equal(t, want.Jobs, jobs)
		for uid, n := range want.JobsTop {
			assert.Equal(t, n, byUID[uid], uid)
		}
	case "dumpsys-usagestats":
		events, totals, byType := 0, 0, map[string]int{}
		for e := range factsOf[fact.UsageEvent](facts) {
			events++
			byType[e.Type]++
		}
		for range factsOf[fact.UsageTotal](facts) {
			totals++
		}
		assert.Equal(t, want.Events, events)
		assert.Equal(t, want.Packages, totals)
		for kind, n := range want.ByType { // gold names the dozen that are most frequent
			assert.Equal(t, n, byType[kind], kind)
		}
	}
}

// TestCorpusKeepsEachLineThatNamesSomeone counts, by patterns of one line, what
// gold does not count, in every real print-out.
func TestCorpusKeepsEachLineThatNamesSomeone(t *testing.T) {
	t.Parallel()
	dir := corpus(t)
	found := map[string]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		source := sourceOf(d.Name())
		for kind, line := range namingLines[source] {
			body := open(t, path)
			kinds := 0
			_, err := Read(source, bytes.NewReader(body), printout.Input{}, func(f fact.Fact, _ evidence.Span) {
				if f.Kind() == kind {
					kinds++
				}
			})
			require.NoError(t, err)
			assert.Equal(t, len(line.FindAll(body, -1)), kinds, "%s in %s", kind, path)
			found[kind] += kinds
		}
		return nil
	})
	require.NoError(t, err)
	for kind, n := range found {
		assert.Positive(t, n, kind)
	}
	assert.Len(t, found, 6)
}

// namingLines are patterns of the lines that stand for one fact each.
var namingLines = map[string]map[string]*regexp.Regexp{
	"dumpsys-activity-broadcast-state": {
		"delivery": regexp.MustCompile(`(?m): \(manifest\)\r?$`),
		"receiver": regexp.MustCompile(`(?m)^    Filter #\d+: BroadcastFilter\{`),
	},
	"dumpsys-alarm": {
		"alarm-total": regexp.MustCompile(`(?m)^  \S+:\S+ \S+ running, \d+ wakeups:`),
	},
	"dumpsys-package-checkin": {
		"checked-in":      regexp.MustCompile(`(?m)^(pkg|dis),`),
		"checked-in-user": regexp.MustCompile(`(?m)^(pkg|dis)-usr,`),
	},
	"dumpsys-usagestats": {
		"standby": regexp.MustCompile(`(?m)^ +package=\S+ (u=\d+ bucket|lastUsedElapsed)=`),
	},
}

// factsOf ranges over the facts of one type.
func factsOf[T fact.Fact](all []fact.Fact) func(yield func(T) bool) {
	return func(yield func(T) bool) {
		for _, f := range all {
			if f, ok := f.(T); ok && !yield(f) {
				return
			}
		}
	}
}
