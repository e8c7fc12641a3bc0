package lab_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/virtual"
	"assay/harness/virtual/persona"
)

// clone is a handset of a persona with a serial and a model of its own, so that
// it has a row of its own. Other apps than those of the scenarios behave well: what
// some do every eight minutes would make what a handset earns depend on how long
// its recovery takes.
func clone(t *testing.T, name string, i int) (*virtual.Handset, farm.Entry) {
	t.Helper()
	all, err := personas()
	require.NoError(t, err)
	at := slices.IndexFunc(all, func(p *persona.Persona) bool { return strings.HasPrefix(p.Name, name) })
	require.GreaterOrEqual(t, at, 0)
	p := *all[at]
	p.Identity.Serial = cloneSerial(i)
	p.Specimens = slices.Clone(p.Specimens)
	for k, s := range p.Specimens {
		p.Specimens[k].Manner = cmp.Or(chaosPersonas[name][s.App], "well-behaved")
	}
	return virtual.New(&p, 1), farm.Entry{Serial: android.Serial(p.Identity.Serial), Brand: p.Brand, Model: fmt.Sprintf("%s %d", p.Name, i)}
}

func cloneSerial(i int) string { return fmt.Sprintf("CHAOS%04d", i) }

// neighbours is how many handsets nothing is put to stand beside one whose fault
// strikes more than itself.
const neighbours = 1

// played plays trials on one farm, a handset each, and says what became of them.
// Nothing of it is left behind: the error says what is.
func played(t *testing.T, parent string, c *calm, trials []trial) (fates []fate, err error) {
	var handsets []*virtual.Handset
	var inv farm.Inventory
	add := func() *virtual.Handset {
		h, e := clone(t, c.persona, len(handsets))
		handsets, inv.Devices = append(handsets, h), append(inv.Devices, e)
		return h
	}
	for _, trial := range trials {
		add().Follow(trial.script)
	}
	if trials[0].apart {
		for range neighbours {
			trials = append(trials, trial{of: trials[0].of, kind: trials[0].kind, calm: c, boundary: trials[0].boundary, apart: true})
			add()
		}
	}
	addr, stop, err := virtual.Start(context.WithoutCancel(t.Context()), handsets...)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(parent, "farm")
	if err != nil {
		return nil, errors.Join(err, stop())
	}
	defer func() {
		err = errors.Join(err, stop())
		for _, h := range handsets {
			err = errors.Join(err, h.Close())
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	server := adb.NewServer(addr, hasty.options)
	runner := lab.Runner{Server: server, Log: slog.New(slog.DiscardHandler), Patience: 15 * time.Second, Limits: hasty.limits, Clock: newHastyClock()}
	plan := lab.Plan{Name: "chaos", Seed: 1, Repeat: 1, Scenarios: play(t, c.scenario), Inventory: inv}
	run := filepath.Join(dir, "run")
	if _, err := runner.Run(t.Context(), plan, run); err != nil {
		return nil, err
	}
	j, err := judge.Run(run)
	if err != nil {
		return nil, err
	}
	lost := append(missingEvidence(run), j.Problems...)
	for i, trial := range trials {
		f := fateOf(trial, j, inv.Devices[i])
		f.changed = putBack(t.Context(), server, trial, inv.Devices[i], f.notUndone)
		if i == 0 {
			f.lost = lost
		}
		f.story = storyOf(run, inv.Devices[i])
		fates = append(fates, f)
	}
	return fates, nil
}

// owed is how many attempts an undisturbed handset needs: at the baseline and the
// scenario.
const owed = 2

// fate is what became of one handset and its fault.
type fate struct {
	trial
	recovered bool     // played to its end, with the verdicts that it earned
	declared  bool     // something of it is told: an attempt that failed, a coverage that is not whole, a cause
	wrong     []string // verdicts that it did not earn
	silent    []string // what it cost, where nothing is told
	lost      []string // evidence
	changed   []string // how it was left
	notUndone []string // as the report tells it
	story     []string // the journal's, for who has to find out why
}

// wrong says whether a verdict that a fault led to is one that the handset did
// not earn: anything but what the undisturbed one earned, and Unknown.
func wrong(want, got finding.Verdict) bool { return got != want && got != finding.Unknown }

// fateOf compares what is told of a handset with what is told of a calm one.
func fateOf(tr trial, j finding.Judgement, e farm.Entry) fate {
	f := fate{trial: tr, recovered: true}
	doubted := false
	for _, m := range j.Models {
		if m.Model != e.Model {
			continue
		}
		for rule, want := range tr.calm.cells {
			cell := m.Cells[rule]
			if wrong(want.Verdict, cell.Verdict) {
				f.wrong = append(f.wrong, fmt.Sprintf("%s: %s, earned %s", rule, cell.Verdict, want.Verdict))
			}
			f.recovered = f.recovered && cell.Verdict == want.Verdict
			doubted = doubted || len(cell.Unknown) > len(want.Unknown)
		}
	}
	attempts := 0
	for _, job := range j.Jobs {
		if job.Handset.Serial != e.Serial {
			continue
		}
		attempts++
		f.notUndone = append(f.notUndone, job.NotUndone...)
		f.declared = f.declared || job.Outcome.State != evidence.Finished && job.Outcome.State != evidence.NotApplicable
	}
	for _, job := range finding.LastAttempts(j.Jobs) {
		if job.Handset.Serial == e.Serial && job.Outcome.State != evidence.Finished && job.Outcome.State != evidence.NotApplicable {
			f.recovered = false
		}
	}
	for _, c := range j.Coverage {
		if c.Handset.Serial == e.Serial {
			f.declared = f.declared || slices.Contains([]evidence.State{evidence.TimedOut, evidence.Truncated, evidence.NotRun, evidence.Unknown}, c.State) || c.Reason != ""
		}
	}
	for _, m := range j.Missing {
		f.declared = f.declared || m.Handset.Serial == e.Serial
	}
	f.declared = f.declared || doubted || attempts > owed || len(f.notUndone) > 0
	f.silent = f.untold(toldOf(j, e))
	return f
}

// untold is what a fault cost where nothing is told. A fault that the handset's
// own behaviour suffers from, such as a crash, may change what it did; one of the
// transport or of a print-out may not.
func (f fate) untold(lines []string) []string {
	row := rowFor(f.kind)
	if f.declared || isState(row) && f.recovered {
		return nil
	}
	var differ []string
	for _, line := range f.calm.told {
		if !slices.Contains(lines, line) {
			differ = append(differ, "- "+line)
		}
	}
	for _, line := range lines {
		if !slices.Contains(f.calm.told, line) {
			differ = append(differ, "+ "+line)
		}
	}
	return differ
}

// putBack says in what a handset is not as it was found, and whether the next one
// can have it. Faults end by being looked at: it is given time.
func putBack(ctx context.Context, server *adb.Server, tr trial, e farm.Entry, told []string) []string {
	var state string
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if state, err = stateOf(ctx, server, e.Serial); err == nil && (state == tr.calm.state || len(told) > 0) {
			if err = leasable(ctx, server, e); err == nil {
				return nil
			}
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
		}
	}
	if err != nil {
		return []string{"nobody can have it: " + err.Error()}
	}
	return differences(tr.calm.state, state)
}

// differences are the lines of two texts that the other does not have.
func differences(want, got string) []string {
	var differ []string
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range a {
		if !slices.Contains(b, line) {
			differ = append(differ, "- "+line)
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			differ = append(differ, "+ "+line)
		}
	}
	return differ
}
