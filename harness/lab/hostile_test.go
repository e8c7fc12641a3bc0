package lab_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/virtual"
	"assay/harness/virtual/persona"
	tabulate "assay/reports"
)

// hostile is what a handset of the farm does to whoever asks it, one a handset.
var hostile = []string{
	"endless:dumpsys appops",
	"long-line:33554432:match=-T 1",
	"slow:1:dumpsys package:times=1",
	"long-line:16777216:match=-T 1",
	"escapes:dumpsys;escapes:logcat;climb",
	"deep-tree:100000",
}

// markup is what a terminal, a browser, a table and a spreadsheet would obey.
const markup = "=cmd()|\x1b]0;title\x07<script>alert(1)</script>"

// liar is a handset whose properties and packages are named so.
func liar(t *testing.T, i int) (*virtual.Handset, farm.Entry) {
	t.Helper()
	all, err := personas()
	require.NoError(t, err)
	p := *all[slices.IndexFunc(all, func(p *persona.Persona) bool { return strings.HasPrefix(p.Name, "honor") })]
	p.Identity.Serial = cloneSerial(i)
	props := map[string]string{}
	for k, v := range p.Properties {
		props[k] = v
	}
	for _, k := range []string{android.PropModel, "ro.product.brand", "ro.product.manufacturer", "ro.build.version.security_patch"} {
		props[k] = markup
	}
	p.Properties = props
	p.Packages = slices.Clone(p.Packages)
	for _, name := range []string{"../../x", "a" + markup, "-rf", "=cmd()", "<script>alert(1)</script>"} {
		p.Packages = append(p.Packages, persona.Package{Name: name, Path: "/system/app/../../x/" + name + ".apk", Version: markup,
			Requests: []string{"READ_CONTACTS", "RECORD_AUDIO"}, Runtime: map[string][]string{"READ_CONTACTS": {"GRANTED_BY_DEFAULT"}, "RECORD_AUDIO": {markup}}})
	}
	return virtual.New(&p, 1), farm.Entry{Serial: android.Serial(p.Identity.Serial), Brand: p.Brand, Model: markup}
}

// TestAHostileHandsetCostsItsOwnJobOnly plays a scenario on a farm where each
// handset but one prints what no reader should have to take.
func TestAHostileHandsetCostsItsOwnJobOnly(t *testing.T) {
	if underRace {
		t.Skip("100 MB of hostile print-outs; played without the race detector by .ci/run")
	}
	plan := lab.Plan{Scenarios: play(t, "camera-consent-refused"), Each: true}
	alone, inv := clones(t, "honor", 1)
	plan.Inventory = inv
	calm, _ := run(t, lab.Runner{Server: embedded(t, alone...)}, plan)
	want := toldOf(judged(t, calm), inv.Devices[0])

	all, inv := clones(t, "honor", 1+len(hostile))
	for i, fault := range hostile {
		for f := range strings.SplitSeq(fault, ";") {
			inject(t, all[1+i], f)
		}
	}
	h, e := liar(t, len(all))
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	plan.Inventory, all = inv, append(all, h)
	plan.Inventory.Devices = append(plan.Inventory.Devices, e)

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	limits := lab.Limits{Answer: 20 * time.Second, Capture: 12 * time.Second, Output: 8 << 20, Log: 20 << 20, Settle: 2 * time.Second}
	dir, summary := run(t, lab.Runner{Server: embedded(t, all...), Limits: limits, Patience: 10 * time.Second}, plan)
	j := judged(t, dir)
	written, err := tabulate.WriteAll(filepath.Join(dir, "reports"), tabulate.Build(j, tabulate.Tables), tabulate.Formats)
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	t.Logf("%d jobs of %d handsets ended by a fault; memory grew by %d MiB", summary.Infra, summary.Handsets, (after.Sys-before.Sys)>>20)
	assert.Less(t, after.Sys-before.Sys, uint64(512<<20))

	assert.Equal(t, want, toldOf(j, inv.Devices[0]), "the handset beside them")
	earned(t, j, inv.Devices[0].Model, plan.Inventory.Devices)
	for _, job := range j.Jobs {
		if job.Outcome.State != evidence.Finished {
			t.Logf("%s %s: %s: %s", job.Handset.Serial, job.Scenario, job.Outcome.State, job.Outcome.Cause)
		}
	}
	assert.Contains(t, weakened(j, inv.Devices[1]), "dumpsys appops: stdout is longer than 8388608 bytes")
	assert.Contains(t, weakened(j, inv.Devices[2]), "logcat whole: 2 readers, one after another", "the first was cut off at the limit")
	assert.Contains(t, weakened(j, inv.Devices[3]), "dumpsys package: not finished after 12s")
	onlyOurs(t, dir)
	said := ""
	for _, path := range written {
		said += harmless(t, path)
	}
	assert.Contains(t, said, `\x1b]0;title\x07`, "what was said is told, written out")
}

// weakened is what the captures of a handset lack, a line each.
func weakened(j finding.Judgement, e farm.Entry) string {
	var lines strings.Builder
	for _, c := range j.Coverage {
		if c.Handset.Serial == e.Serial {
			fmt.Fprintf(&lines, "%s %s: %s\n", c.Source, c.State, c.Reason)
		}
	}
	return lines.String()
}

// earned wants no verdict of a handset that a fault was put to which the calm one
// does not have, but Unknown.
func earned(t *testing.T, j finding.Judgement, calm string, devices []farm.Entry) {
	t.Helper()
	at := func(model string) map[string]finding.Cell {
		i := slices.IndexFunc(j.Models, func(m finding.Model) bool { return m.Model == model })
		require.GreaterOrEqual(t, i, 0, model)
		return j.Models[i].Cells
	}
	want := at(calm)
	for _, e := range devices[:len(devices)-1] { // the last is another handset: what it says is its own
		for rule, c := range at(e.Model) {
			if c.Verdict != finding.Unknown {
				assert.Equal(t, want[rule].Verdict, c.Verdict, "%s: %s", e.Model, rule)
			}
		}
	}
}

// ours are the files of a run.
var ours = regexp.MustCompile(`^(run\.json|journal\.jsonl|reports/[a-z-]+\.[a-z]+|bundles/[A-Za-z0-9_.-]+/(manifest\.json|captures\.jsonl|captures/[0-9]{4}-[a-z0-9-]+\.[a-z]+\.(txt|png)))$`)

// onlyOurs wants no file but a run's, in its folder or beside it, and bundles as
// they were sealed.
func onlyOurs(t *testing.T, dir string) {
	t.Helper()
	beside, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	assert.Len(t, beside, 1, "beside the run")
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			assert.Regexp(t, ours, path)
			info, err := e.Info()
			require.NoError(t, err)
			assert.Less(t, info.Size(), int64(24<<20), path)
		}
		return err
	}))
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	for _, b := range bundles {
		assert.Empty(t, evidence.Verify(filepath.Join(dir, b)))
	}
}

// harmless wants a report that can be read as what it is, and in which nothing
// that a handset printed is obeyed.
func harmless(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "\x1b", path)
	assert.NotContains(t, string(raw), "\x07", path)
	switch filepath.Ext(path) {
	case ".html", ".md", ".xml":
		assert.NotContains(t, string(raw), "<script>alert", path)
	}
	switch filepath.Ext(path) {
	case ".json":
		assert.True(t, json.Valid(raw), path)
	case ".xml":
		d := xml.NewDecoder(bytes.NewReader(raw))
		for err == nil {
			_, err = d.Token()
		}
		assert.True(t, errors.Is(err, io.EOF), "%s: %v", path, err)
	case ".csv":
		r := csv.NewReader(bytes.NewReader(raw))
		r.FieldsPerRecord = -1
		rows, err := r.ReadAll()
		require.NoError(t, err, path)
		for _, cell := range slices.Concat(rows...) {
			assert.NotEqual(t, 0, strings.IndexAny(cell, "=+-@"), "%s: %q", path, cell)
		}
	}
	return string(raw)
}
