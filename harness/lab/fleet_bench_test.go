package lab_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"assay/harness/adb"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/lab"
)

// BenchmarkFleet plays ten jobs, five scenarios twice, and a baseline on each of a
// fleet of virtual handsets at once, which another process serves: behind an adb
// server of its own, or on ports that Debian's adb server has connected.
//
//	go test -run '^$' -bench 'Fleet/embedded/200' -benchtime 1x -timeout 30m ./harness/lab
//	go test -run '^$' -bench 'Fleet/adb/64' -benchtime 1x -timeout 30m ./harness/lab
//
// Any fault of the lab fails it. Runs are kept below TMPDIR: on ext4, wait five minutes
// after much was deleted there, since it makes new files slowly until then; on a
// loop device the kernel's own work is counted as time that was lost. What it tells:
//
//	ideal-%      wall time of ideal scheduling, of the wall time that it took: 95 or
//	             more. Handsets that answer at once are bound by the cores, so ideal
//	             is the CPU time of all processes / cores, or how long a handset takes
//	             alone where that is longer
//	busy-%       of the cores' time in which a core was not idle, whoever used it: on
//	             a machine that does other things, ideal-% says little, and this one
//	             that nothing waited that could have run
//	others-%     of the cores' time that programs took which are not the run's, and the
//	             kernel's monitor of memory, kdamond. It is told to explain ideal-%, and
//	             not added to it. A remote shell that waits for the benchmark may cost
//	             half a percent: start it with nohup, and look when it has ended
//	harness-%    CPU time of this process, of this and the handsets' process together:
//	             30 or less. Each has its own side of the loopback. A real adb server's
//	             is on neither side, and told as server-s
//	MB/handset   heap and stacks in use here at the worst moment, garbage included, less
//	             what was in use before, a handset: under 3
//	RSS-MB/handset  the most that was resident, likewise; handset-RSS-MB is a virtual
//	             handset's own
func BenchmarkFleet(b *testing.B) {
	for _, n := range []int{4, 20, 200} {
		b.Run(fmt.Sprintf("embedded/%d", n), func(b *testing.B) {
			f := startFleet(b, n+1, "")
			playFleet(b, f, adb.NewServer(f.Server, adb.Options{}), nothing)
		})
	}
	for _, n := range []int{8, 64} {
		b.Run(fmt.Sprintf("adb/%d", n), func(b *testing.B) {
			server, used := ownServer(b)
			playFleet(b, startFleet(b, n+1, "devices"), server, used)
		})
	}
}

// fleetScenarios are played fleetRepeat times each: ten jobs.
var fleetScenarios = []string{"browser", "camera-consent-refused", "dialer", "idle-control", "weather"}

const fleetRepeat = 2

func nothing() time.Duration { return 0 }

// playFleet plays the plan, first on the last handset alone and then on all others;
// apart tells what CPU time a server apart has used. Handsets remember what they
// were asked and were refused, so that a fleet is good for one time.
func playFleet(b *testing.B, f *fleet, server *adb.Server, apart func() time.Duration) {
	require.Equal(b, 1, b.N, "run it with -benchtime 1x")
	cores := float64(runtime.GOMAXPROCS(0))
	alone, all := f.inventory(), f.inventory()
	last := len(f.Devices) - 1
	alone.Devices, all.Devices = alone.Devices[last:], all.Devices[:last]
	chain := playPlan(b, server, alone, func() {}) // also loads what is loaded once
	var wall, harness, handsets, other, idle, foreign time.Duration
	peak := watchMemory()
	before := self()
	for b.Loop() {
		ours, theirs, third, rest, others := self(), f.used(b), apart(), idleTime(b), othersTime(b)
		wall += playPlan(b, server, all, func() {
			idle += idleTime(b) - rest
			foreign += othersTime(b) - others
			harness += self().CPU - ours.CPU
			handsets += f.used(b).CPU - theirs.CPU
			other += apart() - third
		})
	}
	most := peak()
	n := float64(len(all.Devices))
	cpus := float64(runtime.NumCPU())
	ideal := max((harness+handsets+other).Seconds()/cores, chain.Seconds())
	b.ReportMetric(wall.Seconds(), "wall-s")
	b.ReportMetric(100*ideal/wall.Seconds(), "ideal-%")
	b.ReportMetric(100*(1-idle.Seconds()/(cpus*wall.Seconds())), "busy-%")
	b.ReportMetric(100*foreign.Seconds()/(cpus*wall.Seconds()), "others-%")
	b.ReportMetric(100*harness.Seconds()/(harness+handsets).Seconds(), "harness-%")
	b.ReportMetric(harness.Seconds(), "harness-s")
	b.ReportMetric(handsets.Seconds(), "handsets-s")
	b.ReportMetric(other.Seconds(), "server-s")
	b.ReportMetric(chain.Seconds(), "alone-s")
	b.ReportMetric(most/n/1e6, "MB/handset")
	b.ReportMetric(float64(self().RSS-before.RSS)/n/1e6, "RSS-MB/handset")
	b.ReportMetric(float64(f.used(b).RSS)/n/1e6, "handset-RSS-MB")
	b.ReportMetric(0, "ns/op") // wall-s is it
}

// playPlan plays the ten jobs on each handset of an inventory, and says how long it
// took. Nothing may have gone wrong, which is looked at once played was called.
func playPlan(b *testing.B, server *adb.Server, inv farm.Inventory, played func()) time.Duration {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "run")
	runner := lab.Runner{Server: server, Log: slog.New(slog.DiscardHandler)}
	plan := lab.Plan{Name: "fleet", Seed: 1, Repeat: fleetRepeat, Each: true, Scenarios: play(b, fleetScenarios...), Inventory: inv}
	begun := time.Now()
	summary, err := runner.Run(b.Context(), plan, dir)
	took := time.Since(begun)
	played()
	require.NoError(b, err)
	require.Equal(b, lab.Summary{Handsets: len(inv.Devices)}, summary)
	entries, err := evidence.ReadJournal(filepath.Join(dir, "journal.jsonl"))
	require.NoError(b, err)
	ended := 0
	for _, e := range entries {
		if e.Kind == evidence.JobEnded {
			ended++
			require.Contains(b, []evidence.OutcomeState{evidence.Finished, evidence.NotApplicable}, e.Outcome.State, "%s %s: %s", e.Serial, e.Scenario, e.Outcome.Cause)
		}
	}
	require.Equal(b, len(inv.Devices)*(1+fleetRepeat*len(fleetScenarios)), ended)
	return took // its files stay to the end: ext4 makes new ones slowly where some were just deleted
}

// watchMemory looks every 20 ms at what the heap and the stacks have in use. The
// function that it gives ends that, and tells the most, less what there was.
func watchMemory() func() float64 {
	runtime.GC()
	was := inUse()
	most := was
	end := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-tick.C:
				most = max(most, inUse())
			case <-end:
				tick.Stop()
				return
			}
		}
	})
	return func() float64 {
		close(end)
		watching.Wait()
		return most - was
	}
}

// inUse is the bytes of objects, dead ones that are not yet freed among them, and
// of stacks.
func inUse() float64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	return float64(s[0].Value.Uint64() + s[1].Value.Uint64() + s[2].Value.Uint64())
}

// tick is the unit of /proc's times: USER_HZ is 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// idleTime is how long the cores have been idle, waiting for the disk included
// (proc(5), /proc/stat: the fourth and fifth of the line cpu).
func idleTime(tb testing.TB) time.Duration {
	raw, err := os.ReadFile("/proc/stat")
	require.NoError(tb, err)
	fields := bytes.Fields(raw)
	require.Equal(tb, "cpu", string(fields[0]))
	return ticks(tb, fields[4]) + ticks(tb, fields[5])
}

// othersTime is the CPU time so far of all processes but this one and its children,
// and of the kernel's threads that of kdamond alone. One that ends takes its time out
// of the sum: too little is told then, not too much.
func othersTime(tb testing.TB) time.Duration {
	const kernelThread = 0x00200000 // PF_KTHREAD
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	require.NoError(tb, err)
	own := strconv.Itoa(os.Getpid())
	var sum time.Duration
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		name, parent, flags, used := processStat(tb, raw)
		if filepath.Base(filepath.Dir(path)) == own || parent == own || flags&kernelThread != 0 && !strings.HasPrefix(name, "kdamond") {
			continue
		}
		sum += used
	}
	return sum
}

func ticks(tb testing.TB, text []byte) time.Duration {
	n, err := strconv.ParseInt(string(text), 10, 64)
	require.NoError(tb, err)
	return time.Duration(n) * tick
}

// ownServer starts Debian's adb server as a child of its own, and gives what tells
// how much CPU time it has used.
func ownServer(b *testing.B) (*adb.Server, func() time.Duration) {
	b.Helper()
	program, err := exec.LookPath("adb")
	if err != nil {
		b.Skip("the adb program is not on PATH: nothing is told of a real adb server")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	_, port, err := net.SplitHostPort(ln.Addr().String())
	require.NoError(b, err)
	require.NoError(b, ln.Close())
	home := b.TempDir()
	cmd := exec.Command(program, "-P", port, "server", "nodaemon")
	cmd.Env = append(os.Environ(), "HOME="+home, "ANDROID_SDK_HOME="+home, "ADB_VENDOR_KEYS=", "ADB_MDNS=0")
	require.NoError(b, cmd.Start())
	b.Cleanup(func() {
		require.NoError(b, cmd.Process.Kill())
		cmd.Wait() // says that it was killed
	})
	server := adb.NewServer(ln.Addr().String(), adb.Options{})
	require.Eventually(b, func() bool {
		_, err := server.Version(b.Context())
		return err == nil
	}, 10*time.Second, 20*time.Millisecond, "the adb server does not come up")
	return server, func() time.Duration { return cpuOf(b, cmd.Process.Pid) }
}

// cpuOf is the CPU time that a process has used.
func cpuOf(tb testing.TB, pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	require.NoError(tb, err)
	_, _, _, used := processStat(tb, raw)
	return used
}

// processStat reads a process's name, which may hold spaces, its parent's number, its
// flags and the CPU time that it has used (proc(5), /proc/PID/stat: after the name
// the second, the seventh, and the twelfth and thirteenth).
func processStat(tb testing.TB, raw []byte) (name, parent string, flags uint64, used time.Duration) {
	open, end := bytes.IndexByte(raw, '('), bytes.LastIndexByte(raw, ')')
	fields := bytes.Fields(raw[end+1:])
	flags, err := strconv.ParseUint(string(fields[6]), 10, 32)
	require.NoError(tb, err)
	return string(raw[open+1 : end]), string(fields[1]), flags, ticks(tb, fields[11]) + ticks(tb, fields[12])
}
