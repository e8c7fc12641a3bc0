package lab_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/scenario"
	"assay/harness/virtual"
	"assay/harness/virtual/persona"
)

// part is what is left of a print-out, with exit status 0 and a transport that knows
// of nothing.
type part struct {
	name string
	of   func(c *evidence.Capture, body []byte) []byte
}

// parts are the ways in which real dumps come short without a word.
var parts = []part{
	{"nothing", func(*evidence.Capture, []byte) []byte { return nil }},
	{"an empty line", func(*evidence.Capture, []byte) []byte { return []byte("\n") }},
	{"the first line", func(_ *evidence.Capture, body []byte) []byte { return upToLine(body, 1) }},
	{"30 %", func(_ *evidence.Capture, body []byte) []byte { return upToLine(body, len(body)*3/10) }},
	{"60 %", func(_ *evidence.Capture, body []byte) []byte { return upToLine(body, len(body)*6/10) }},
	{"90 %", func(_ *evidence.Capture, body []byte) []byte { return upToLine(body, len(body)*9/10) }},
	{"an error on stderr", func(c *evidence.Capture, body []byte) []byte {
		c.Stderr = "Error dumping service info: (Unknown error -2147483646) " + c.Source
		return upToLine(body, 1)
	}},
	{"a refusal", func(*evidence.Capture, []byte) []byte {
		return []byte("Permission Denial: can't dump this service from from pid=812, uid=2000 due to missing android.permission.DUMP permission\n")
	}},
}

// upToLine cuts a text at a line's end, behind at most so many bytes, but behind one
// line at the least.
func upToLine(body []byte, most int) []byte {
	end := bytes.LastIndexByte(body[:min(most, len(body))], '\n')
	if end < 0 {
		end = bytes.IndexByte(body, '\n')
	}
	return body[:end+1]
}

// flaggedBy is which claims a judgement has flagged on which model.
func flaggedBy(j finding.Judgement) map[[2]string]bool {
	flagged := map[[2]string]bool{}
	for _, m := range j.Models {
		for rule, cell := range m.Cells {
			flagged[[2]string{m.Model, rule}] = cell.Verdict == finding.Flagged
		}
	}
	return flagged
}

// offenders makes two handsets, an old and a newer one, each of which breaks every claim
// that its release knows.
func offenders(t *testing.T) (made []*virtual.Handset, inv farm.Inventory) {
	t.Helper()
	for i, persona := range []string{"gionee", "lava"} {
		h, e := offender(t, persona, i)
		made, inv.Devices = append(made, h), append(inv.Devices, e)
	}
	return made, inv
}

// offender is a handset of a persona whose image and specimens break every claim, under
// a serial and a model of its own.
func offender(t *testing.T, name string, i int) (*virtual.Handset, farm.Entry) {
	t.Helper()
	all, err := personas()
	require.NoError(t, err)
	at := slices.IndexFunc(all, func(p *persona.Persona) bool { return strings.HasPrefix(p.Name, name) })
	require.GreaterOrEqual(t, at, 0)
	p := *all[at]
	p.Identity.Serial = cloneSerial(i)
	p.Properties = maps.Clone(p.Properties)
	p.Properties["ro.build.tags"], p.Properties["ro.boot.verifiedbootstate"] = "test-keys", "orange"
	p.Specimens = nil
	for app, manner := range map[string]string{
		"specimen.browser": "clear-text", "specimen.camera": "after-refusal", "specimen.dialer": "identifier-in-log", "specimen.gallery": "unseen-grant",
		"specimen.keyboard": "microphone-in-background", "specimen.store": "cannot-be-disabled", "specimen.weather": "background-location",
	} {
		p.Specimens = append(p.Specimens, persona.Specimen{App: app, Manner: manner})
	}
	slices.SortFunc(p.Specimens, func(a, b persona.Specimen) int { return strings.Compare(a.App, b.App) })
	h := virtual.New(&p, 1)
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	return h, farm.Entry{Serial: android.Serial(p.Identity.Serial), Brand: p.Brand, Model: fmt.Sprintf("%s %d", p.Name, i)}
}

// offences are the scenarios in which they do.
func offences(t *testing.T) []scenario.Scenario {
	return play(t, "camera-consent-refused", "browser", "dialer", "idle-control")
}

// TestAPartOfAPrintOutClearsNothingThatTheWholeFlags takes each source's print-outs from
// sealed bundles, leaves a part of them, and judges. Sources are those of the evidence,
// and claims those of finding.All: a new one is in it. An old release, whose dumps show
// no end, has those that a rule names.
func TestAPartOfAPrintOutClearsNothingThatTheWholeFlags(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, r := range finding.All {
		for _, n := range r.Needs {
			named[n.Source] = true
		}
	}
	t.Run("Android 6", func(t *testing.T) {
		fallShort(t, "gionee", nil, func(source string) bool { return named[source] })
	})
	t.Run("Android 12", func(t *testing.T) {
		unbroken := []string{"no-camera-or-microphone-without-the-user"} // Android itself keeps the microphone from what hides
		fallShort(t, "lava", unbroken, func(string) bool { return true })
	})
}

// fallShort has a handset of a persona break every claim but some, and takes parts of its
// print-outs.
func fallShort(t *testing.T, persona string, unbroken []string, plays func(source string) bool) {
	h, e := offender(t, persona, 0)
	plan := lab.Plan{Scenarios: offences(t), Inventory: farm.Inventory{Devices: []farm.Entry{e}}}
	dir, _ := run(t, lab.Runner{Server: embedded(t, h)}, plan)
	whole := flaggedBy(judged(t, dir))
	for _, r := range finding.All {
		assert.Equal(t, !slices.Contains(unbroken, r.ID), whole[[2]string{e.Model, r.ID}], "%s: whether the handset breaks it", r.ID)
	}
	again := flaggedBy(judged(t, retaken(t, dir, "", nil)))
	require.Equal(t, whole, again, "retaken as it was, it says the same")
	sources := slices.DeleteFunc(sourcesOf(t, dir), func(source string) bool { return !plays(source) })
	require.GreaterOrEqual(t, len(sources), 8)
	if underRace {
		sources = sources[:2]
	}
	for _, source := range sources {
		t.Run(source, func(t *testing.T) {
			t.Parallel()
			for _, p := range parts {
				clearsNothing(t, whole, retaken(t, dir, source, p.of), p.name+" of "+source)
			}
		})
	}
}

// clearsNothing judges a run, in which no claim that was flagged may be anything but
// flagged or Unknown.
func clearsNothing(t *testing.T, whole map[[2]string]bool, dir, what string) {
	t.Helper()
	j, err := judge.Run(dir)
	require.NoError(t, err)
	for _, m := range j.Models {
		for rule, cell := range m.Cells {
			if whole[[2]string{m.Model, rule}] && cell.Verdict != finding.Flagged {
				assert.Equal(t, finding.Unknown.String(), cell.Verdict.String(), "%s: %s on %s", what, rule, m.Model)
			}
		}
	}
	require.NoError(t, os.RemoveAll(dir))
}

// sourcesOf lists the sources of text that a run's bundles hold.
func sourcesOf(t *testing.T, dir string) []string {
	t.Helper()
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	var all []string
	for _, b := range bundles {
		m, err := evidence.Open(filepath.Join(dir, filepath.FromSlash(b)))
		require.NoError(t, err)
		for _, c := range m.Captures {
			if c.Source != evidence.Screenshot {
				all = append(all, c.Source)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// retaken makes a run of the same story, whose captures of one source are what change
// leaves of them: as if the handset had printed that.
func retaken(t *testing.T, from, source string, change func(*evidence.Capture, []byte) []byte) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.MkdirAll(filepath.Join(to, "bundles"), 0o700))
	digests := map[string]string{}
	bundles, err := ledger.Bundles(from)
	require.NoError(t, err)
	for _, b := range bundles {
		digests[b] = retakenBundle(t, filepath.Join(from, filepath.FromSlash(b)), filepath.Join(to, filepath.FromSlash(b)), source, change)
	}
	files, err := os.ReadDir(from)
	require.NoError(t, err)
	for _, f := range files {
		if f.Type().IsRegular() && f.Name() != "journal.jsonl" {
			raw, err := os.ReadFile(filepath.Join(from, f.Name()))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(to, f.Name()), raw, 0o600))
		}
	}
	entries, err := evidence.ReadJournal(filepath.Join(from, "journal.jsonl"))
	require.NoError(t, err)
	journal, err := evidence.OpenJournal(filepath.Join(to, "journal.jsonl"))
	require.NoError(t, err)
	for _, e := range entries {
		if e.Kind == evidence.JobEnded {
			e.Digest = digests[e.Bundle]
		}
		e.Prev, e.Sum = "", ""
		require.NoError(t, journal.Append(e))
	}
	require.NoError(t, journal.Close())
	return to
}

// linked gives a folder's files, and those of the folder in it, a second name.
func linked(t *testing.T, from, to string) {
	t.Helper()
	files, err := os.ReadDir(from)
	require.NoError(t, err)
	for _, f := range files {
		a, b := filepath.Join(from, f.Name()), filepath.Join(to, f.Name())
		if f.IsDir() {
			require.NoError(t, os.Mkdir(b, 0o700))
			linked(t, a, b)
			continue
		}
		require.NoError(t, os.Link(a, b))
	}
}

func retakenBundle(t *testing.T, from, to, source string, change func(*evidence.Capture, []byte) []byte) (digest string) {
	t.Helper()
	m, err := evidence.Open(from)
	require.NoError(t, err)
	if source != "" && !slices.ContainsFunc(m.Captures, func(c evidence.Capture) bool { return c.Source == source }) {
		require.NoError(t, os.Mkdir(to, 0o700))
		linked(t, from, to)
		return m.Digest
	}
	bundle, err := evidence.Create(to, m.Head)
	require.NoError(t, err)
	bundle.Copy = true
	ordered := slices.SortedFunc(slices.Values(m.Captures), func(a, b evidence.Capture) int { return cmp.Compare(a.File, b.File) })
	recordings := map[string]*evidence.Recording{}
	changed := map[string]evidence.Capture{}
	for _, c := range ordered {
		body, err := os.ReadFile(filepath.Join(from, filepath.FromSlash(c.File)))
		require.NoError(t, err)
		if c.Source == source {
			body = change(&c, body)
		}
		changed[c.File] = c
		rec, err := bundle.Begin(c)
		require.NoError(t, err)
		_, err = rec.Write(body)
		require.NoError(t, err)
		recordings[c.File] = rec
	}
	for _, c := range m.Captures {
		now := changed[c.File]
		got, err := recordings[c.File].End(now.Exit, now.Stderr, now.Coverage)
		require.NoError(t, err)
		require.Equal(t, c.File, got.File)
	}
	sealed, err := bundle.Seal(m.Outcome)
	require.NoError(t, err)
	return sealed.Digest
}
