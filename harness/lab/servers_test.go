package lab_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/virtual"
)

// beside serves handsets on an adb server of their own, which their entries name.
func beside(t *testing.T, entries []farm.Entry, all ...*virtual.Handset) (stop func()) {
	t.Helper()
	addr, end, err := virtual.Start(context.WithoutCancel(t.Context()), all...)
	require.NoError(t, err)
	stop = sync.OnceFunc(func() { assert.NoError(t, end()) })
	t.Cleanup(stop)
	for i := range entries {
		entries[i].Server = addr
	}
	return stop
}

func TestTwoAdbServersGiveTheTablesOfOne(t *testing.T) {
	names := []string{"asus", "google"}
	plan := lab.Plan{Scenarios: play(t, "dialer")}
	together := handsets(t, names...)
	plan.Inventory = inventory(together...)
	dir, _ := run(t, lab.Runner{Server: embedded(t, together...)}, plan)
	want := judged(t, dir)

	apart := handsets(t, names...)
	plan.Inventory = inventory(apart...)
	beside(t, plan.Inventory.Devices[1:], apart[1])
	first := embedded(t, apart[0])
	dir, summary := run(t, lab.Runner{Server: first}, plan)
	assert.Zero(t, summary.Unusable+summary.Infra)
	got := judged(t, dir)
	assert.Equal(t, told(want, nil), told(got, nil))

	record, err := ledger.Read(dir)
	require.NoError(t, err)
	servers := map[string]string{}
	entries, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
	require.NoError(t, err)
	for _, e := range entries {
		if e.Note == "leased" {
			servers[e.Serial] = e.Server
		}
	}
	for i, h := range record.Handsets {
		server := first.Addr()
		if i == 1 {
			server = plan.Inventory.Devices[i].Server
		}
		assert.Equal(t, server, h.Server, h.Key)
		assert.Equal(t, server, servers[h.Key], "the journal says by which server it was leased")
	}
}

// TestAnAdbServerThatDiesTakesItsOwnHandsetsOnly ends one of two servers while its
// handset is at work.
func TestAnAdbServerThatDiesTakesItsOwnHandsetsOnly(t *testing.T) {
	both := handsets(t, "asus", "honor")
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(both...)}
	alone := plan
	alone.Inventory.Devices = plan.Inventory.Devices[:1:1]
	own := handsets(t, "asus")
	dir, _ := run(t, lab.Runner{Server: embedded(t, own...)}, alone)
	want := judged(t, dir)

	stop := beside(t, plan.Inventory.Devices[1:], both[1])
	dead := string(plan.Inventory.Devices[1].Serial)
	var ending sync.WaitGroup
	var once sync.Once
	kill := func(e evidence.Entry) {
		if e.Kind == evidence.JobStarted && e.Serial == dead && e.Scenario != evidence.Baseline {
			once.Do(func() { ending.Go(stop) })
		}
	}
	runner := lab.Runner{Server: embedded(t, both[0]), Noted: kill, Limits: hasty.limits, Clock: newHastyClock(), Patience: 10 * time.Second}
	dir, summary := run(t, runner, plan)
	ending.Wait()
	assert.Equal(t, 1, summary.Unusable)
	got := judged(t, dir)
	require.Len(t, got.Missing, 1)
	lost := got.Missing[0]
	assert.Equal(t, dead, string(lost.Handset.Serial))
	assert.Contains(t, lost.Cause, "no adb server answers at "+plan.Inventory.Devices[1].Server)
	assert.NotEmpty(t, lost.Remedy)
	for _, job := range got.Jobs {
		if string(job.Handset.Serial) == dead && job.Scenario != evidence.Baseline {
			assert.Contains(t, []evidence.OutcomeState{evidence.Infra, evidence.NotStarted}, job.Outcome.State)
			assert.Equal(t, evidence.OwnerServer, job.Outcome.Owner, job.Outcome.Cause)
		}
	}
	kept := got
	kept.Findings, kept.Jobs = nil, nil
	for _, f := range got.Findings {
		if string(f.Handset.Serial) != dead {
			kept.Findings = append(kept.Findings, f)
		} else if f.Scenario != evidence.Baseline {
			assert.Equal(t, finding.Unknown, f.Verdict, "of what was cut off: %s %s", f.Rule, f.Detail)
		}
	}
	assert.Equal(t, findings(want), findings(kept), "the other's verdicts are what they are without it")
}

func findings(j finding.Judgement) []string {
	return told(finding.Judgement{Findings: j.Findings}, nil)
}
