package lab_test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/lab"
	"assay/harness/virtual"
	"assay/harness/virtual/face"
)

// killer ends the adb server at an address whenever it is told to, as another program's
// "adb kill-server" does, and counts.
type killer struct {
	tell   chan struct{}
	ended  sync.WaitGroup
	killed int
}

func newKiller(t *testing.T, program, addr string) *killer {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	k := &killer{tell: make(chan struct{}, 1)}
	k.ended.Go(func() {
		for range k.tell {
			if exec.Command(program, "-P", port, "kill-server").Run() == nil {
				k.killed++
			}
		}
	})
	return k
}

// every tells it so from time to time, until stop is called.
func (k *killer) every(d time.Duration) (stop func()) {
	ticker, end := time.NewTicker(d), make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() {
		defer ticker.Stop()
		for {
			select {
			case <-end:
				return
			case <-ticker.C:
				k.now()
			}
		}
	})
	return func() {
		close(end)
		telling.Wait()
	}
}

// now tells it so, unless it is at it.
func (k *killer) now() {
	select {
	case k.tell <- struct{}{}:
	default:
	}
}

// stop gives how often it was done.
func (k *killer) stop() int {
	close(k.tell)
	k.ended.Wait()
	return k.killed
}

// TestAnAdbServerThatIsKilledAgainAndAgainCostsNothing plays on virtual handsets behind
// Debian's adb server, calmly and then while that server is killed every so often: the
// tables are the same, and no job is given up. With ASSAY_CHAOS=1 it is all handsets of
// all brands and every scenario, with a kill every 10 s: there the cells are the same, and
// the lines of each handset on which no job was begun again. Else it is a slice, with a kill in each
// of the first jobs, and each line is the same.
//
//	ASSAY_CHAOS=1 go test -run KilledAgainAndAgain -v -timeout 1h ./harness/lab
func TestAnAdbServerThatIsKilledAgainAndAgainCostsNothing(t *testing.T) {
	program, err := exec.LookPath("adb")
	if err != nil {
		t.Skip("the adb program is not on PATH")
	}
	t.Setenv("HOME", t.TempDir()) // where adb makes its key
	names, scenarios := []string{"asus", "google", "lyf"}, []string{"camera-consent-refused", "dialer"}
	long := os.Getenv("ASSAY_CHAOS") != ""
	if long {
		names = nil
		all, err := personas()
		require.NoError(t, err)
		for _, p := range all {
			names = append(names, p.Name)
		}
		scenarios = []string{"browser", "camera-consent-refused", "dialer", "idle-control", "sweep", "weather"}
	}
	plan := lab.Plan{Scenarios: play(t, scenarios...)}
	calm, addr := behindAdb(t, program, &plan, names)
	// Debian's adb 29.0.6 aborts now and then while it connects several: "failed to unregister fd".
	own := func(server string) bool { return server == addr }
	dir, _ := run(t, lab.Runner{Server: calm.server, MayStart: own}, plan)
	undisturbed := judged(t, dir)

	var struck joined
	struck, addr = behindAdb(t, program, &plan, names)
	// As many at once as this computer has cores: an attempt must fit between two deaths.
	runner := lab.Runner{Server: struck.server, Jobs: runtime.NumCPU(), MayStart: own}
	kill, rest := newKiller(t, program, addr), func() {}
	began := time.Now()
	var jobs atomic.Int32
	if long {
		rest = kill.every(10 * time.Second)
	} else {
		runner.Noted = func(e evidence.Entry) {
			if e.Kind == evidence.JobStarted && e.Scenario != evidence.Baseline && jobs.Add(1)%2 == 1 && jobs.Load() < 8 {
				kill.now()
			}
		}
	}
	dir, summary := run(t, runner, plan)
	rest()
	killed := kill.stop()
	require.NoError(t, struck.server.Ensure(t.Context())) // for whoever ends it
	j := judged(t, dir)
	t.Logf("%d handsets, %d jobs, server killed %d times in %v; %d attempts begun again", summary.Handsets, len(finding.LastAttempts(j.Jobs)), killed, time.Since(began).Round(time.Second), summary.Infra)
	require.Positive(t, killed, "else this shows nothing")
	if summary.Unusable > 0 {
		t.Fatalf("handsets were given up: %+v", j.Missing)
	}
	for _, job := range j.Jobs {
		if job.Outcome.State == evidence.Infra {
			assert.Equal(t, evidence.OwnerServer, job.Outcome.Owner, "%s: %s", job.Scenario, job.Outcome.Cause)
		}
	}
	for _, job := range finding.LastAttempts(j.Jobs) {
		assert.Contains(t, []evidence.OutcomeState{evidence.Finished, evidence.NotApplicable}, job.Outcome.State, "%s: %s", job.Scenario, job.Outcome.Cause)
	}
	differ := differences(calm.tables(undisturbed), struck.tables(j))
	for _, refused := range struck.refusedMore(t, undisturbed, j) {
		differ = slices.DeleteFunc(differ, func(line string) bool { return strings.Contains(line, refused) })
	}
	if long {
		for _, again := range struck.begunAgain(j) {
			differ = slices.DeleteFunc(differ, func(line string) bool { return strings.Contains(line, again) })
		}
	}
	assert.Empty(t, differ)
}

// begunAgain gives how the lines of handsets begin on which an attempt was broken off.
// What runs unseen there does so by the handset's clock: a weather app asks where it is
// once an hour, and which job sees it depends on when that is played. The cells of models
// are compared all the same.
func (d joined) begunAgain(j finding.Judgement) (told []string) {
	for _, job := range finding.LastAttempts(j.Jobs) {
		if job.Attempt > 1 {
			told = append(told, " "+d.serials[string(job.Handset.Serial)]+" ")
		}
	}
	return told
}

// refusedMore gives the handsets and scenarios whose broken attempts refused a permission
// that the last attempt was to refuse: from Android 6 to 11 nothing takes that back, the
// tables tell of it, and Android may ask no more.
func (d joined) refusedMore(t *testing.T, calm, struck finding.Judgement) (told []string) {
	t.Helper()
	left := func(j finding.Judgement, model, scenario string) (all []string) {
		for _, job := range j.Jobs {
			if job.Handset.Model == model && job.Scenario == scenario {
				all = append(all, job.NotUndone...)
			}
		}
		return all
	}
	for _, job := range finding.LastAttempts(struck.Jobs) {
		before, now := left(calm, job.Handset.Model, job.Scenario), left(struck, job.Handset.Model, job.Scenario)
		if len(now) > len(before) {
			sdk := job.Handset.Build.SDK
			assert.True(t, sdk >= 23 && sdk <= 30, "%s: %s", job.Handset.Model, now)
			told = append(told, d.serials[string(job.Handset.Serial)]+" job "+job.Scenario+" ", d.serials[string(job.Handset.Serial)]+" coverage "+job.Scenario+" ")
		}
	}
	return told
}

// joined is virtual handsets that an adb server has connected to.
type joined struct {
	server  *adb.Server
	serials map[string]string // by address
}

// behindAdb serves handsets to an adb server of its own, and writes the plan's inventory.
func behindAdb(t *testing.T, program string, plan *lab.Plan, names []string) (joined, string) {
	t.Helper()
	all := handsets(t, names...)
	plan.Inventory = inventory(all...)
	j := joined{serials: map[string]string{}}
	for i, h := range all {
		addr := serveDevice(t, h)
		plan.Inventory.Devices[i].Serial, plan.Inventory.Devices[i].Connect = "", addr
		j.serials[addr] = h.Serial()
	}
	j.server = realServer(t, program)
	return j, j.server.Addr()
}

// tables is what the tables say of the last attempts. What a job changed and took back
// is listed for all its attempts together, and is left out; so is how many lines a
// handset printed, which remembers an attempt that was broken off.
func (d joined) tables(j finding.Judgement) string {
	j.Jobs = finding.LastAttempts(j.Jobs)
	last := map[string]bool{}
	for i := range j.Jobs {
		last[j.Jobs[i].Bundle] = true
		j.Jobs[i].Changes = nil
	}
	for i := range j.Coverage {
		j.Coverage[i].Facts, j.Coverage[i].Lines = 0, 0
	}
	j.Coverage = slices.DeleteFunc(j.Coverage, func(c finding.CoverageRow) bool { return !last[c.Ref.Bundle] })
	return strings.Join(told(j, d.serials), "\n")
}

// TestAServerThatMayNotBeStartedIsWaitedFor ends a virtual adb server in mid-job, and
// has another program start one at the same address.
func TestAServerThatMayNotBeStartedIsWaitedFor(t *testing.T) {
	all := handsets(t, "asus")
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr := ln.Addr().String()
	stop := serveFarm(t, ln, all...)
	var begun, asked atomic.Int32
	var other sync.WaitGroup
	runner := lab.Runner{Server: adb.NewServer(addr, adb.Options{}), MayStart: func(string) bool { asked.Add(1); return false }}
	runner.Noted = func(e evidence.Entry) {
		if e.Kind == evidence.JobStarted && e.Scenario == "dialer" && begun.Add(1) <= 3 {
			other.Go(func() {
				stop()
				again, err := net.Listen("tcp", addr)
				if assert.NoError(t, err) {
					stop = serveFarm(t, again, all...)
				}
			})
			other.Wait()
		}
	}
	dir, summary := run(t, runner, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)})
	assert.Zero(t, summary.Unusable)
	assert.Positive(t, asked.Load())
	for _, job := range finding.LastAttempts(judged(t, dir).Jobs) {
		assert.Equal(t, evidence.Finished, job.Outcome.State, job.Outcome.Cause)
	}
}

// serveFarm serves handsets on a listener until it is told to stop, or the test is over.
func serveFarm(t *testing.T, ln net.Listener, all ...*virtual.Handset) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- face.Serve(ctx, ln, virtual.NewFarm(all...)) }()
	stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return stop
}

func TestALossToADeadServerIsNoHubs(t *testing.T) {
	var c farm.Collector
	one, two := farm.Loss{Key: "A", Hub: "shelf", At: time.Now()}, farm.Loss{Key: "B", Hub: "shelf", At: time.Now()}
	c.Lost(one)
	c.Lost(two)
	assert.True(t, c.Of(one).Shared())
	c.Forget(two)
	assert.False(t, c.Of(one).Shared())
}
