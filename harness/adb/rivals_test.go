package adb_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/electricbubble/gadb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"assay/harness/adb"
	"assay/harness/android"
	"assay/harness/virtual"
	"assay/harness/virtual/fault"
	"assay/harness/virtual/persona"
)

// patience is how long a caller waits before it takes a command for hung.
const patience = 2 * time.Second

// asked is the command that each is to run, and that prints hundreds of lines.
var asked = []string{"dumpsys", "package", "specimen.camera"}

// runner runs the command on a handset, and gives what it printed. An error is
// whatever lets a caller know that this is not its whole output.
type runner struct {
	name string
	run  func(ctx context.Context, addr string, serial android.Serial) ([]byte, error)
}

var runners = []runner{
	{"assay", assayRuns},
	{"gadb RunShellCommand", gadbRuns},
	{"adb command line", adbRuns},
}

func assayRuns(ctx context.Context, addr string, serial android.Serial) ([]byte, error) {
	server := adb.NewServer(addr, adb.Options{Dial: patience, Handshake: patience, Silence: patience})
	rows, err := server.Devices(ctx)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(rows, func(r adb.Row) bool { return r.Serial == serial })
	if at < 0 {
		return nil, adb.ErrNoDevice
	}
	var out bytes.Buffer
	exit, err := server.Device(rows[at]).Run(ctx, adb.Command{Argv: asked, Stdout: &out, Total: patience, Limit: mostPrinted})
	if err == nil && exit != 0 {
		err = fmt.Errorf("exit %d", exit)
	}
	return out.Bytes(), err
}

// mostPrinted bounds a command that prints for ever.
const mostPrinted = 4 << 20

func gadbRuns(ctx context.Context, addr string, serial android.Serial) ([]byte, error) {
	type answer struct {
		out []byte
		err error
	}
	done := make(chan answer, 1)
	left.Go(func() { // it takes no context; it ends when its server does
		out, err := gadbShell(addr, serial)
		done <- answer{out, err}
	})
	select {
	case a := <-done:
		return a.out, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// left are gadb's calls that nobody waits for any more: one that reads without end has
// hundreds of megabytes to let go of when its server has ended.
var left sync.WaitGroup

func gadbShell(addr string, serial android.Serial) ([]byte, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	client, err := gadb.NewClientWith(host, number)
	if err != nil {
		return nil, err
	}
	devices, err := client.DeviceList()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(devices, func(d gadb.Device) bool { return d.Serial() == string(serial) })
	if at < 0 {
		return nil, errors.New("not listed")
	}
	out, err := devices[at].RunShellCommand(asked[0], asked[1:]...)
	return []byte(out), err
}

func adbRuns(ctx context.Context, addr string, serial android.Serial) ([]byte, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "adb", append([]string{"-H", host, "-P", port, "-s", string(serial), "shell"}, asked...)...)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	return out, err
}

// printed says whether a kind changes what the handset itself prints: no
// transport can know of that. What collectors make of it is the lab's to show.
func printed(kind fault.Kind) bool {
	return slices.Contains([]fault.Kind{fault.Climb, fault.CutLines, fault.DeepTree, fault.DumpTimeout, fault.Endless, fault.Escapes,
		fault.Kicked, fault.LongLine, fault.Mute, fault.Refused, fault.Stale, fault.Truncated, fault.OtherLocale, fault.Crash, fault.NotResponding, fault.Question, fault.SystemRestart}, kind)
}

// ends says which runner a kind would have end the server and start its own.
func ends(kind fault.Kind, r runner) bool {
	return kind == fault.ServerVersion && r.name == "adb command line"
}

// score is how often a runner gave the right answer, told that it had none, gave
// a wrong one as if it were right, or gave none in time.
type score struct{ right, told, silent, hung int }

func (s score) String() string { return fmt.Sprintf("%d/%d/%d/%d", s.right, s.told, s.silent, s.hung) }

// TestTheSameFaultsPutToOthers puts each fault of a farm to one command, run by
// this package, by gadb and by the adb command line, and prints how often each
// gave the right answer, an error, a wrong answer without one, and none in time.
// Each kind is put once by default, by seeds that choose its form and after how
// many bytes it strikes; ASSAY_CHAOS=N puts it N times.
func TestTheSameFaultsPutToOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for runners that hang; skipped by -short")
	}
	playing := runners
	if _, err := exec.LookPath("adb"); err != nil {
		t.Log("the adb program is not on PATH: its column is left out")
		playing = runners[:2]
	}
	trials := 1
	if n, err := strconv.Atoi(os.Getenv("ASSAY_CHAOS")); err == nil {
		trials = n
	}
	want := calmly(t)
	var puts []*put
	var running errgroup.Group
	running.SetLimit(putAtOnce)
	for _, row := range fault.All() {
		for seed := range trials {
			for _, r := range playing {
				if ends(row.Kind, r) {
					continue
				}
				p := &put{row: row, seed: seed, runner: r}
				puts = append(puts, p)
				running.Go(func() error { return p.do(t.Context(), want) })
			}
		}
	}
	require.NoError(t, running.Wait())
	left.Wait()
	t.Log("\n" + compared(playing, puts))
	for _, p := range puts {
		if p.runner.name == "assay" && !printed(p.row.Kind) {
			assert.Zero(t, p.score.silent, "%s, seed %d: a wrong answer is given for a right one", p.row.Kind, p.seed)
		}
	}
}

// putAtOnce is how many runners run at once: most of the time is waited for those
// that hang.
const putAtOnce = 12

func (s *score) add(o score) {
	s.right += o.right
	s.told += o.told
	s.silent += o.silent
	s.hung += o.hung
}

// atOnce are kinds whose bytes mean something else, or that must be there before
// the command is asked for.
var atOnce = map[fault.Kind]bool{fault.Full: true, fault.BlackHole: true, fault.ServerVersion: true}

// put is one fault put to one runner.
type put struct {
	row    fault.Row
	seed   int
	runner runner
	score  score
}

// do has the runner run the command on a handset with the fault, and scores it by
// what a calm handset of the same name prints.
func (p *put) do(ctx context.Context, want []byte) error {
	rnd := rand.New(rand.NewPCG(uint64(p.seed), uint64(len(p.row.Kind))))
	f, err := fault.Parse(p.row.Forms[rnd.IntN(len(p.row.Forms))])
	if err != nil {
		return err
	}
	f.After, f.Skip, f.Match = 0, 0, ""
	if slices.Contains(p.row.Settings, "bytes") && !atOnce[p.row.Kind] && rnd.IntN(4) > 0 {
		f.AfterBytes = 1 + rnd.Int64N(4000)
	}
	victim, err := handset("hmd")
	if err != nil {
		return err
	}
	neighbour, err := handset("google")
	if err != nil {
		return err
	}
	if f.Kind == fault.SameSerial {
		f.What = neighbour.Serial()
	}
	addr, stop, err := virtual.Start(context.WithoutCancel(ctx), victim, neighbour)
	if err != nil {
		return err
	}
	victim.Inject(f)
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	out, err := p.runner.run(ctx, addr, android.Serial(victim.Serial()))
	switch {
	case err == nil && bytes.Equal(out, want):
		p.score.right = 1
	case err == nil:
		p.score.silent = 1
	case ctx.Err() != nil:
		p.score.hung = 1
	default:
		p.score.told = 1
	}
	return errors.Join(stop(), victim.Close(), neighbour.Close())
}

// personas are read once: they are many, and none is changed.
var personas = sync.OnceValues(persona.All)

func handset(name string) (*virtual.Handset, error) {
	all, err := personas()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(p *persona.Persona) bool { return strings.HasPrefix(p.Name, name) })
	return virtual.New(all[at], 1), nil
}

// calmly is what the command prints on a handset that nothing befalls.
func calmly(t *testing.T) []byte {
	t.Helper()
	h, err := handset("hmd")
	require.NoError(t, err)
	addr, stop, err := virtual.Start(context.WithoutCancel(t.Context()), h)
	require.NoError(t, err)
	out, err := assayRuns(t.Context(), addr, android.Serial(h.Serial()))
	require.NoError(t, err)
	require.Greater(t, len(out), 4000, "long enough to be cut")
	require.NoError(t, errors.Join(stop(), h.Close()))
	return out
}

// compared is a row a fault.
func compared(playing []runner, puts []*put) string {
	scores := map[string]map[string]*score{}
	for _, p := range puts {
		for _, of := range []string{p.row.Of, "all"} {
			if scores[of] == nil {
				scores[of] = map[string]*score{}
			}
			if scores[of][p.runner.name] == nil {
				scores[of][p.runner.name] = &score{}
			}
			scores[of][p.runner.name].add(p.score)
		}
	}
	order := slices.Sorted(maps.Keys(scores))
	order = append(slices.DeleteFunc(order, func(of string) bool { return of == "all" }), "all")
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "right/told/silent/hung")
	for _, r := range playing {
		fmt.Fprintf(w, "\t%s", r.name)
	}
	fmt.Fprintln(w)
	for _, of := range order {
		fmt.Fprint(w, of)
		for _, r := range playing {
			fmt.Fprintf(w, "\t%v", cmp.Or(scores[of][r.name], &score{}))
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return out.String()
}
