package lab_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/collect"
	"assay/harness/evidence"
	"assay/harness/farm"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/observe/fact"
	"assay/harness/scenario"
	"assay/harness/virtual"
	"assay/harness/virtual/face"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
	"assay/scenarios"
)

func TestMain(m *testing.M) {
	if addr := os.Getenv(victimEnv); addr != "" {
		os.Exit(victim(addr))
	}
	if order := os.Getenv(fleetEnv); order != "" {
		os.Exit(serveFleet(order))
	}
	goleak.VerifyTestMain(m)
}

// personas are read once: they are many, and none is changed.
var personas = sync.OnceValues(persona.All)

// handsets makes virtual handsets by the names of their personas.
func handsets(t *testing.T, names ...string) []*virtual.Handset {
	t.Helper()
	all, err := personas()
	require.NoError(t, err)
	var made []*virtual.Handset
	for _, name := range names {
		at := slices.IndexFunc(all, func(p *persona.Persona) bool { return strings.HasPrefix(p.Name, name) })
		require.GreaterOrEqual(t, at, 0, name)
		h := virtual.New(all[at], 1)
		t.Cleanup(func() { require.NoError(t, h.Close()) })
		made = append(made, h)
	}
	return made
}

// embedded serves handsets on an adb server of our own.
func embedded(t *testing.T, all ...*virtual.Handset) *adb.Server {
	t.Helper()
	addr, stop, err := virtual.Start(context.WithoutCancel(t.Context()), all...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, stop()) })
	return adb.NewServer(addr, adb.Options{})
}

func play(t testing.TB, names ...string) []scenario.Scenario {
	t.Helper()
	all, err := scenario.Load(scenarios.Files, scenario.Known{Collectors: collect.Names()})
	require.NoError(t, err)
	var chosen []scenario.Scenario
	for _, s := range all {
		if slices.Contains(names, s.Name) {
			chosen = append(chosen, s)
		}
	}
	require.Len(t, chosen, len(names))
	return chosen
}

func inventory(all ...*virtual.Handset) farm.Inventory {
	var inv farm.Inventory
	for _, h := range all {
		p := h.Persona()
		inv.Devices = append(inv.Devices, farm.Entry{Serial: android.Serial(h.Serial()), Brand: p.Brand, Model: p.Properties[android.PropModel]})
	}
	return inv
}

func run(t *testing.T, r lab.Runner, plan lab.Plan) (string, lab.Summary) {
	t.Helper()
	r.Log = slog.New(slog.DiscardHandler)
	plan.Name, plan.Seed, plan.Repeat = "run", 1, max(plan.Repeat, 1)
	dir := filepath.Join(t.TempDir(), "run")
	summary, err := r.Run(t.Context(), plan, dir)
	require.NoError(t, err)
	return dir, summary
}

func judged(t *testing.T, dir string) finding.Judgement {
	t.Helper()
	j, err := judge.Run(dir)
	require.NoError(t, err)
	assert.Empty(t, j.Problems)
	return j
}

// TestARealAdbServerGivesTheSameTables joins four virtual handsets to Debian's
// adb server by adb connect, and plays the same plan as on the embedded one.
func TestARealAdbServerGivesTheSameTables(t *testing.T) {
	program, err := exec.LookPath("adb")
	if err != nil {
		t.Skip("the adb program is not on PATH")
	}
	names := []string{"lyf", "huawei", "asus", "google"}
	plan := lab.Plan{Scenarios: play(t, "camera-consent-refused", "dialer")}

	ours := handsets(t, names...)
	plan.Inventory = inventory(ours...)
	dir, _ := run(t, lab.Runner{Server: embedded(t, ours...)}, plan)
	want := judged(t, dir)

	theirs := handsets(t, names...)
	plan.Inventory = inventory(theirs...)
	serials := map[string]string{}
	for i, h := range theirs {
		addr := serveDevice(t, h)
		plan.Inventory.Devices[i].Serial, plan.Inventory.Devices[i].Connect = "", addr
		serials[addr] = h.Serial()
	}
	server := realServer(t, program)
	dir, summary := run(t, lab.Runner{Server: server}, plan)
	assert.Zero(t, summary.Unusable)
	assert.Zero(t, summary.Infra)
	assert.Equal(t, told(want, nil), told(judged(t, dir), serials))
}

func serveDevice(t *testing.T, h *virtual.Handset) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- face.ServeDevice(ctx, ln, h) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	return ln.Addr().String()
}

// realServer starts an adb server on a port of its own, and ends that one.
func realServer(t *testing.T, program string) *adb.Server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(ln.Addr().String())
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	server := adb.NewServer("127.0.0.1:"+port, adb.Options{})
	require.NoError(t, server.Ensure(t.Context()))
	t.Cleanup(func() {
		out, err := exec.Command(program, "-P", port, "kill-server").CombinedOutput()
		require.NoError(t, err, "%s", out)
	})
	return server
}

// told is everything that a judgement's tables say, a line each, with serials
// under one name and without the paths and IDs that hold them.
func told(j finding.Judgement, serials map[string]string) []string {
	var lines []string
	serial := func(s android.Serial) string {
		if name, ok := serials[string(s)]; ok {
			return name
		}
		return string(s)
	}
	say := func(h android.Handset, format string, args ...any) {
		lines = append(lines, serial(h.Serial)+" "+fmt.Sprintf(format, args...))
	}
	for _, m := range j.Models {
		for rule, c := range m.Cells {
			lines = append(lines, fmt.Sprintln("cell", m.Brand, m.Model, m.Notice, rule, c.Verdict, c.Flagged))
		}
	}
	for _, f := range j.Findings {
		detail := f.Detail
		for addr, name := range serials {
			detail = strings.ReplaceAll(detail, addr, name)
		}
		say(f.Handset, "finding %s %s %s %s %s", f.Rule, f.Scenario, f.Package, f.Verdict, detail)
	}
	for _, g := range j.Grants {
		say(g.Handset, "grant %s %d %s %t %s", g.Package, g.User, g.Permission, g.Granted, g.How)
	}
	for _, u := range j.Uses {
		say(u.Handset, "use %s %s %s %s %t %d", u.Scenario, u.Package, u.Op, u.State, u.Rejected, u.Count)
	}
	for _, l := range j.Leaks {
		say(l.Handset, "leak %s %s %s %s %s %d", l.Scenario, l.Package, l.Kind, l.Certainty, l.Masked, l.Count)
	}
	for _, c := range j.Coverage {
		say(c.Handset, "coverage %s %s %s %s %d %d %d", c.Scenario, c.Source, c.Phase, c.State, c.Facts, c.Lines, c.Unread)
	}
	for _, job := range j.Jobs {
		say(job.Handset, "job %s %s %v %v", job.Scenario, job.Outcome.State, job.Changes, job.NotUndone)
	}
	slices.Sort(lines)
	return lines
}

// inject makes a handset misbehave.
func inject(t *testing.T, h *virtual.Handset, text string) {
	t.Helper()
	f, err := fault.Parse(text)
	require.NoError(t, err)
	h.Inject(f)
}

func TestAHandsetThatIsLostChangesNoVerdictAndSaysWhy(t *testing.T) {
	t.Parallel()
	alone := handsets(t, "asus")
	plan := lab.Plan{Scenarios: play(t, "camera-consent-refused", "dialer")}
	plan.Inventory = inventory(alone...)
	dir, _ := run(t, lab.Runner{Server: embedded(t, alone...)}, plan)
	want := told(judged(t, dir), nil)

	for _, fault := range []string{"unplugged:match=am start", "cut:100:dumpsys appops", "offline", "unauthorized"} {
		t.Run(fault, func(t *testing.T) {
			both := handsets(t, "asus", "vivo")
			inject(t, both[1], fault)
			plan.Inventory = inventory(both...)
			dir, summary := run(t, lab.Runner{Server: embedded(t, both...), Patience: 2 * time.Second}, plan)
			j := judged(t, dir)
			ill := both[1].Serial()
			well := slices.DeleteFunc(told(j, nil), func(l string) bool { return strings.Contains(l, ill) || strings.Contains(l, "vivo") })
			assert.Equal(t, want, well, "the other handset's tables")
			assert.Positive(t, summary.Infra+summary.Unusable)
			for _, m := range j.Models {
				if m.Brand != "vivo" {
					continue
				}
				for rule, c := range m.Cells {
					if c.Verdict == finding.Clear {
						assert.Equal(t, finding.PerHandset, scopeOf(t, rule), "%s: Clear without a finished scenario", rule)
					}
				}
			}
			for _, job := range j.Jobs {
				if job.Outcome.State == evidence.Infra || job.Outcome.State == evidence.NotStarted {
					assert.NotEmpty(t, job.Outcome.Cause)
					assert.NotEmpty(t, job.Outcome.Remedy)
				}
			}
		})
	}
}

func scopeOf(t *testing.T, id string) finding.Scope {
	t.Helper()
	r, ok := finding.Find(id)
	require.True(t, ok, id)
	return r.Scope
}

func TestATransportThatComesBackCostsAnAttemptAndNoEvidence(t *testing.T) {
	all := handsets(t, "asus")
	inject(t, all[0], "unplugged:match=am start:back=3:times=1")
	plan := lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)}
	dir, summary := run(t, lab.Runner{Server: embedded(t, all...)}, plan)
	assert.Equal(t, 1, summary.Infra)
	assert.Zero(t, summary.Unusable)
	bundles, err := ledger.Bundles(dir)
	require.NoError(t, err)
	assert.Len(t, bundles, 3, "the baseline, the attempt that was lost and the one that was not")
	for _, b := range bundles {
		assert.Empty(t, evidence.Verify(filepath.Join(dir, b)))
	}
	j := judged(t, dir)
	assert.Len(t, j.Jobs, 3, "every attempt is listed")
	for _, job := range finding.LastAttempts(j.Jobs) {
		assert.Equal(t, evidence.Finished, job.Outcome.State)
		assert.Empty(t, job.NotUndone)
	}
}

// TestDrainingPutsHandsetsBack drains a run once the camera was refused, in the
// midst of the launch that follows, and looks at what the handset says afterwards.
// Before Android 12 no shell can take back that its user refused: what is granted is
// as it was, and the report tells the rest.
func TestDrainingPutsHandsetsBack(t *testing.T) {
	for _, name := range []string{"google", "asus"} {
		t.Run(name, func(t *testing.T) {
			all := handsets(t, name)
			server, serial := embedded(t, all...), android.Serial(all[0].Serial())
			before, err := stateOf(t.Context(), server, serial)
			require.NoError(t, err)
			inject(t, all[0], "hung:am start:skip=1:times=1")
			drain := make(chan struct{})
			plan := lab.Plan{Scenarios: play(t, "camera-consent-refused", "dialer"), Inventory: inventory(all...)}
			runner := lab.Runner{Server: server, Drain: drain}
			refused := sync.OnceFunc(func() {
				assert.Eventually(t, func() bool { return refusedTheCamera(t, server) }, 10*time.Second, time.Millisecond)
				close(drain)
			})
			var refusing sync.WaitGroup
			defer refusing.Wait()
			runner.Noted = func(e evidence.Entry) {
				if e.Change != nil && strings.Contains(e.Change.What, "CAMERA is answered with deny") {
					refusing.Go(refused)
				}
			}
			dir, summary := run(t, runner, plan)
			assert.True(t, summary.Interrupted)
			after, err := stateOf(t.Context(), server, serial)
			require.NoError(t, err)
			assert.Empty(t, differences(before, after), "permissions are as they were")
			assert.Equal(t, all[0].Persona().SDK < 31, refusedTheCamera(t, server), "the mark of the refusal")
			became := map[string]evidence.OutcomeState{}
			for _, job := range judged(t, dir).Jobs {
				for _, left := range job.NotUndone {
					assert.Regexp(t, `^specimen\.camera: CAMERA was not granted[^,]*, and is not granted .*USER_SET`, left, "the mark, and nothing else, is told")
				}
				became[job.Scenario] = job.Outcome.State
				if job.Scenario == "camera-consent-refused" {
					assert.Equal(t, all[0].Persona().SDK < 31, len(job.NotUndone) == 1, "the mark that no command wipes is told")
					assert.Contains(t, job.Changes, "specimen.camera: the dialog for android.permission.CAMERA is answered with deny")
				}
			}
			assert.Equal(t, evidence.Interrupted, became["camera-consent-refused"])
			assert.Equal(t, evidence.NotStarted, became["dialer"])
		})
	}
}

// refusedTheCamera says whether the handset remembers that its user did.
func refusedTheCamera(t *testing.T, server *adb.Server) bool {
	rows, err := server.Devices(t.Context())
	if !assert.NoError(t, err) || !assert.Len(t, rows, 1) {
		return false
	}
	out, err := server.Device(rows[0]).Shell(t.Context(), "dumpsys", "package", "specimen.camera")
	assert.NoError(t, err)
	_, flags, found := strings.Cut(out, "android.permission.CAMERA: granted=false, flags=[")
	flags, _, _ = strings.Cut(flags, "]")
	return found && strings.Contains(flags, "USER_SET")
}

// TestALogReaderThatIsKickedLosesNothing cuts the log stream once, in the midst
// of an entry, and wants the tables of the undisturbed run.
func TestALogReaderThatIsKickedLosesNothing(t *testing.T) {
	plan := lab.Plan{Scenarios: play(t, "dialer")}
	all := handsets(t, "asus")
	plan.Inventory = inventory(all...)
	dir, _ := run(t, lab.Runner{Server: embedded(t, all...)}, plan)
	want := verdicts(judged(t, dir))
	entries := logged(t, dir)

	for _, bytes := range []int{1, 1000} {
		kicked := handsets(t, "asus")
		inject(t, kicked[0], fmt.Sprintf("cut:%d:usec -T:times=1", bytes))
		dir, summary := run(t, lab.Runner{Server: embedded(t, kicked...)}, plan)
		assert.Zero(t, summary.Infra)
		j := judged(t, dir)
		for _, c := range j.Coverage {
			if c.Source == "logcat" {
				assert.Equal(t, evidence.Whole, c.State, c.Reason)
				assert.Regexp(t, `^2 readers, one after another; proved by statistics: (\d+) of \d+ entries$`, c.Reason)
			}
		}
		assert.Equal(t, want, verdicts(j), "cut at byte %d", bytes)
		assert.Subset(t, logged(t, dir), entries, "cut at byte %d", bytes)
	}
}

// logged is the log of a run's dialer scenario, entry by entry.
func logged(t *testing.T, dir string) []string {
	t.Helper()
	var entries []string
	require.NoError(t, judge.EachFact(dir, "logcat", func(_ evidence.Manifest, o fact.Observation) error {
		if l, ok := o.Fact.(*fact.LogLine); ok {
			entries = append(entries, fmt.Sprintf("%s %d %s: %s", l.Time, l.PID, l.Tag, l.Message))
		}
		return nil
	}))
	require.NotEmpty(t, entries)
	return entries
}

// TestABaselineThatIsTakenAgainOwesNothingToTheFirst cuts the first baseline off,
// which is the lab's fault and weakens no verdict.
func TestABaselineThatIsTakenAgainOwesNothingToTheFirst(t *testing.T) {
	plan := lab.Plan{Scenarios: play(t, "dialer")}
	calm := handsets(t, "asus")
	plan.Inventory = inventory(calm...)
	dir, _ := run(t, lab.Runner{Server: embedded(t, calm...)}, plan)
	want := verdicts(judged(t, dir))

	struck := handsets(t, "asus")
	inject(t, struck[0], "cut:5000:dumpsys package:times=1")
	dir, summary := run(t, lab.Runner{Server: embedded(t, struck...)}, plan)
	assert.Equal(t, 1, summary.Infra)
	assert.Equal(t, want, verdicts(judged(t, dir)))
}
