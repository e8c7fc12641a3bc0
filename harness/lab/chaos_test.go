package lab_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"assay/harness/virtual/fault"
)

// TestChaosLeadsToNoWrongVerdict plays scenarios on farms in which a fault is
// put to each handset at a boundary of its run, and prints what became of each
// fault. By default each kind is played once, at one boundary or another.
//
//	ASSAY_CHAOS=20 go test -run Chaos -v -timeout 3h ./harness/lab
//
// plays each of the 23 faults at every boundary of every step by 20 seeds, which
// choose the persona, the kind, its form and where exactly it strikes;
// ASSAY_CHAOS_SHARD=2/5 plays the second fifth of that. The 24th fault, kill -9, is
// TestAKillAtEachAppend's.
func TestChaosLeadsToNoWrongVerdict(t *testing.T) {
	if testing.Short() {
		t.Skip("a farm of sixty handsets; skipped by -short")
	}
	calms := undisturbed(t)
	trials := slice(t, calms)
	if seeds, err := strconv.Atoi(os.Getenv("ASSAY_CHAOS")); err == nil {
		trials = sharded(t, everyTrial(t, calms, seeds))
	}
	var fates []fate
	for wave := range slices.Chunk(grouped(trials), atOnce) {
		if end, ok := t.Deadline(); ok && time.Until(end) < tooLate {
			t.Logf("no time is left: %d of %d trials were played", injected(fates), len(trials))
			break
		}
		played := playWave(t, wave)
		check(t, played)
		fates = append(fates, played...)
		progress(injected(fates), len(trials))
	}
	t.Log("\n" + table(fates))
}

// tooLate is how long before the deadline of the test no more trials are begun.
const tooLate = 3 * time.Minute

// check holds fates to what must never be.
func check(t *testing.T, fates []fate) {
	t.Helper()
	for _, f := range fates {
		at := fmt.Sprintf("%s on %s, boundary %d: %s", f.calm.scenario, f.calm.persona, f.boundary, strings.TrimSpace(f.script.String()))
		if len(f.wrong)+len(f.silent)+len(f.lost)+len(f.changed) > 0 {
			t.Log(indent(at, f.story))
		}
		assert.Empty(t, f.wrong, indent("wrong: "+at, f.wrong))
		assert.Empty(t, f.silent, indent("silent: "+at, f.silent))
		assert.Empty(t, f.lost, indent("lost: "+at, f.lost))
		assert.Empty(t, f.changed, indent("changed: "+at, f.changed))
	}
}

// slice is each kind once; under the race detector, each fourth.
func slice(t *testing.T, calms []*calm) []trial {
	t.Helper()
	var trials []trial
	for i, row := range fault.All() {
		if underRace && i%4 != 0 {
			continue
		}
		c := calms[i%len(calms)]
		trials = append(trials, trialsOf(t, c, (i*7+3)%len(c.boundaries), i, []fault.Row{row})...)
	}
	return trials
}

// everyTrial is each fault at every boundary by so many seeds, mixed, so that a
// part of them is of all.
func everyTrial(t *testing.T, calms []*calm, seeds int) []trial {
	t.Helper()
	kinds := map[string][]fault.Row{}
	for _, row := range fault.All() {
		kinds[row.Of] = append(kinds[row.Of], row)
	}
	var trials []trial
	for seed := range seeds {
		for scenario := range chaosScenarios {
			c := calms[scenario*len(chaosPersonas)+seed%len(chaosPersonas)]
			for boundary := range c.boundaries {
				var rows []fault.Row
				for _, of := range kinds {
					rows = append(rows, of[(seed/len(chaosPersonas)+boundary)%len(of)])
				}
				slices.SortFunc(rows, func(a, b fault.Row) int { return cmp.Compare(a.Kind, b.Kind) })
				trials = append(trials, trialsOf(t, c, boundary, seed, rows)...)
			}
		}
	}
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(trials), func(i, k int) { trials[i], trials[k] = trials[k], trials[i] })
	return trials
}

// sharded is the part of the trials that ASSAY_CHAOS_SHARD says, as 2/5.
func sharded(t *testing.T, all []trial) []trial {
	t.Helper()
	text := os.Getenv("ASSAY_CHAOS_SHARD")
	if text == "" {
		return all
	}
	var i, n int
	_, err := fmt.Sscanf(text, "%d/%d", &i, &n)
	require.NoError(t, err, "ASSAY_CHAOS_SHARD=%s", text)
	require.True(t, 1 <= i && i <= n, "ASSAY_CHAOS_SHARD=%s", text)
	var part []trial
	for k, trial := range all {
		if k%n == i-1 {
			part = append(part, trial)
		}
	}
	return part
}

// mostOfFarm is how many handsets a farm has, and atOnce how many farms are
// played at once.
const (
	mostOfFarm = 12
	atOnce     = 10
)

// grouped puts trials on farms: by persona, and those that strike others apart.
func grouped(trials []trial) [][]trial {
	var farms [][]trial
	filling := map[*calm]int{}
	for _, tr := range trials {
		i, ok := filling[tr.calm]
		switch {
		case tr.apart:
			farms = append(farms, []trial{tr})
		case ok && len(farms[i]) < mostOfFarm:
			farms[i] = append(farms[i], tr)
		default:
			filling[tr.calm] = len(farms)
			farms = append(farms, []trial{tr})
		}
	}
	return farms
}

// playWave plays farms at once, and sees that nothing of them is left: no
// goroutine, no socket, no file.
func playWave(t *testing.T, farms [][]trial) []fate {
	t.Helper()
	parent := t.TempDir()
	files, goroutines := openFiles(), goleak.IgnoreCurrent()
	all, errs := make([][]fate, len(farms)), make([]error, len(farms))
	var playing sync.WaitGroup
	for i, trials := range farms {
		playing.Go(func() { all[i], errs[i] = played(t, parent, trials[0].calm, trials) })
	}
	playing.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.NoError(t, goleak.Find(goroutines), "goroutines are left")
	require.Eventually(t, func() bool { runtime.GC(); return openFiles() <= files }, 10*time.Second, 20*time.Millisecond, "files or sockets are left open")
	return slices.Concat(all...)
}

// injected is how many of the fates are those of a handset that a fault was put to.
func injected(fates []fate) int {
	n := 0
	for _, f := range fates {
		n += min(len(f.script), 1)
	}
	return n
}

// progress tells who waits for the whole suite how far it has come.
func progress(done, owed int) {
	if os.Getenv("ASSAY_CHAOS") != "" {
		fmt.Fprintf(os.Stderr, "%s: %d of %d trials\n", time.Now().Format(time.TimeOnly), done, owed)
	}
}

// table says what became of each fault.
func table(fates []fate) string {
	type row struct{ injected, recovered, declared, wrong, silent, lost, changed int }
	rows := map[string]*row{}
	var order []string
	for _, f := range fates {
		for _, name := range []string{f.of, "all"} {
			if rows[name] == nil {
				rows[name] = &row{}
				order = append(order, name)
			}
			r := rows[name]
			r.injected += min(len(f.script), 1)
			r.recovered += count(f.recovered)
			r.declared += count(f.declared)
			r.wrong += count(len(f.wrong) > 0)
			r.silent += count(len(f.silent) > 0)
			r.lost += count(len(f.lost) > 0)
			r.changed += count(len(f.changed) > 0)
		}
	}
	slices.SortFunc(order, func(a, b string) int {
		return cmp.Or(cmp.Compare(count(a == "all"), count(b == "all")), cmp.Compare(a, b))
	})
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "fault\tinjected\trecovered\tdeclared\twrong\tsilent\tevidence lost\tleft changed")
	for _, name := range order {
		r := rows[name]
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", name, r.injected, r.recovered, r.declared, r.wrong, r.silent, r.lost, r.changed)
	}
	w.Flush()
	return out.String()
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
