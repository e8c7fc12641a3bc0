package lab_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/virtual"
)

// clones makes handsets of one persona, each with a serial and a model of its
// own, so that each has a row of its own.
func clones(t *testing.T, name string, n int) ([]*virtual.Handset, farm.Inventory) {
	t.Helper()
	all, err := virtual.Personas()
	require.NoError(t, err)
	at := slices.IndexFunc(all, func(p *virtual.Persona) bool { return strings.HasPrefix(p.Name, name) })
	require.GreaterOrEqual(t, at, 0)
	var made []*virtual.Handset
	var inv farm.Inventory
	for i := range n {
		p := *all[at]
		p.Identity.Serial = fmt.Sprintf("CHAOS%04d", i)
		h := virtual.New(&p, 1)
		t.Cleanup(func() { require.NoError(t, h.Close()) })
		made = append(made, h)
		inv.Devices = append(inv.Devices, farm.Entry{Serial: android.Serial(p.Identity.Serial), Brand: p.Brand, Model: fmt.Sprintf("%s %d", p.Name, i)})
	}
	return made, inv
}

// wrong says whether a verdict that a fault led to is one that the handset did
// not earn: anything but what the undisturbed one earned, and Unknown.
func wrong(want, got finding.Verdict) bool { return got != want && got != finding.Unknown }

// fate is what became of one handset and its fault.
type fate struct {
	fault            string
	attempts, failed int
	wrong            []string
	declared         bool // something of it is told: an attempt that failed, a step, a gap, a cause
}

// TestChaosLeadsToNoWrongVerdict plays two scenarios on a farm in which each
// handset has a fault of its own, and prints what became of each. A slice of the
// faults is played by default, one of each kind that does not wait for a
// deadline of minutes; ASSAY_CHAOS=N plays those, and N seeded scripts, as well.
func TestChaosLeadsToNoWrongVerdict(t *testing.T) {
	if testing.Short() {
		t.Skip("a farm of forty handsets; skipped by -short")
	}
	var scripts []virtual.Script
	seeds, err := strconv.Atoi(os.Getenv("ASSAY_CHAOS"))
	all := err == nil
	for _, row := range virtual.Faults() {
		if !row.Server || ofTheWholeServer(row) || patient(row) && !all {
			continue
		}
		f, err := virtual.ParseFault(row.Forms[0])
		require.NoError(t, err)
		f.After = 60 // in the midst of the first scenario
		scripts = append(scripts, virtual.Script{f})
	}
	for seed := range seeds {
		scripts = append(scripts, virtual.Chaos(uint64(seed), 150))
	}
	plan := lab.Plan{Scenarios: play(t, "camera-consent-refused", "dialer")}
	calm, inv := clones(t, "honor", 1)
	plan.Inventory = inv
	dir, _ := run(t, lab.Runner{Server: embedded(t, calm...)}, plan)
	want := judged(t, dir).Models[0].Cells

	struck, inv := clones(t, "honor", len(scripts))
	for i, script := range scripts {
		for _, f := range script {
			struck[i].Inject(f)
		}
	}
	plan.Inventory = inv
	dir, _ = run(t, lab.Runner{Server: embedded(t, struck...), Patience: 15 * time.Second}, plan)
	j := judged(t, dir)
	fates := fatesOf(j, inv, scripts, want)
	printFates(t, fates)
	for _, f := range fates {
		assert.Empty(t, f.wrong, "%s", f.fault)
	}
	bundles, err := lab.Bundles(dir)
	require.NoError(t, err)
	for _, b := range bundles {
		assert.Empty(t, evidence.Verify(filepath.Join(dir, b)), "no evidence is lost")
	}
}

// patient says whether a fault is one that a deadline of minutes ends.
func patient(row virtual.FaultRow) bool {
	return slices.Contains([]virtual.FaultKind{virtual.Silent, virtual.Slow, virtual.Endless, virtual.Hung}, row.Kind)
}

// ofTheWholeServer says whether a fault strikes others than its own handset.
func ofTheWholeServer(row virtual.FaultRow) bool {
	return strings.Contains(row.Of, "server") || strings.Contains(row.Of, "hub") || strings.Contains(row.Of, "serial")
}

func fatesOf(j finding.Judgement, inv farm.Inventory, scripts []virtual.Script, want map[string]finding.Cell) []fate {
	var fates []fate
	for i, e := range inv.Devices {
		f := fate{fault: strings.TrimSpace(strings.ReplaceAll(fmt.Sprint(scripts[i]), "\n", " "))}
		for _, m := range j.Models {
			if m.Model != e.Model {
				continue
			}
			for rule, cell := range m.Cells {
				if wrong(want[rule].Verdict, cell.Verdict) {
					f.wrong = append(f.wrong, fmt.Sprintf("%s: %s, earned %s", rule, cell.Verdict, want[rule].Verdict))
				}
				f.declared = f.declared || len(cell.Unknown) > 0
			}
		}
		for _, job := range j.Jobs {
			if job.Handset.Serial != e.Serial {
				continue
			}
			f.attempts++
			if job.Outcome.State != evidence.Finished {
				f.failed++
				f.declared = true
			}
		}
		fates = append(fates, f)
	}
	return fates
}

func printFates(t *testing.T, fates []fate) {
	t.Helper()
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "fault\tattempts\tfailed\tdeclared\twrong")
	for _, f := range fates {
		fmt.Fprintf(w, "%.70s\t%d\t%d\t%t\t%d\n", f.fault, f.attempts, f.failed, f.declared, len(f.wrong))
	}
	w.Flush()
	t.Log("\n" + out.String())
}
