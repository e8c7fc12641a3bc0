//go:build unix

package lab_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
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

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
)

// forgeries are how many seeds are played on a run of print-outs; one of
// playedEach is played on a run of a virtual handset too, which takes longer.
const (
	forgeries  = 1000
	playedEach = 50
)

// TestEachForgeryIsNamedAndClearsNothing has somebody change a run in one place, who
// does not write the journal anew: bits, keys, lines, files, folders, exchanges and
// links. Each is named by verify; judge neither falls over it nor hangs or swells,
// and no verdict gets better, or rests on what was changed.
func TestEachForgeryIsNamedAndClearsNothing(t *testing.T) {
	step := 1
	if underRace {
		step = 7 // which no number of forgers but 7's multiples keeps from trying each
	}
	printed := originalOf(t, importedRun(t))
	for seed := 0; seed < forgeries; seed += step {
		printed.forge(t, uint64(seed))
	}
	for _, f := range forgers {
		assert.Positive(t, printed.played[f.name], "%s was not tried", f.name)
	}
	if underRace || testing.Short() {
		return
	}
	all := handsets(t, "lyf")
	dir, _ := run(t, lab.Runner{Server: embedded(t, all...)}, lab.Plan{Scenarios: play(t, "dialer"), Inventory: inventory(all...)})
	played := originalOf(t, dir)
	for seed := 0; seed < forgeries; seed += playedEach {
		played.forge(t, uint64(seed))
	}
}

// importedRun is a run of two handsets' print-outs, with verdicts of each kind.
func importedRun(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	var paths []string
	for i, model := range []string{"One", "Two"} {
		path := filepath.Join(root, model)
		require.NoError(t, os.Mkdir(path, 0o755))
		properties := "[dalvik.vm.heapsize]: [512m]\n[ro.boot.flash.locked]: [1]\n[ro.boot.verifiedbootstate]: [" + []string{"green", "orange"}[i] + "]\n" +
			"[ro.build.fingerprint]: [acme/" + model + "/x:13/T/1:user/release-keys]\n[ro.build.tags]: [release-keys]\n" +
			"[ro.build.version.release]: [13]\n[ro.build.version.sdk]: [33]\n[ro.build.version.security_patch]: [2026-01-05]\n" +
			"[ro.product.brand]: [Acme]\n[ro.product.model]: [" + model + "]\n[sys.boot_completed]: [1]\n[wifi.interface]: [wlan0]\n"
		require.NoError(t, os.WriteFile(filepath.Join(path, "getprop.txt"), []byte(properties), 0o600))
		battery := []byte("Current Battery Service state:\n  level: 80\n  scale: 100\n")
		require.NoError(t, os.WriteFile(filepath.Join(path, "dumpsys_battery.txt"), battery, 0o600))
		paths = append(paths, path)
	}
	dir := filepath.Join(root, "run")
	require.NoError(t, lab.Import(dir, lab.Imports{Name: "forged", Paths: paths}))
	return dir
}

// original is a run that is forged again and again.
type original struct {
	dir     string // as it was written
	calm    map[string]finding.Cell
	files   []string // relative to it, sorted
	bundles []string
	played  map[string]int
}

func originalOf(t *testing.T, dir string) *original {
	t.Helper()
	run, err := ledger.Verify(dir)
	require.NoError(t, err)
	require.Empty(t, run.Problems)
	require.True(t, run.Ended)
	v := &original{dir: dir, calm: cellsOf(judged(t, dir)), played: map[string]int{}}
	clear := 0
	for _, c := range v.calm {
		if c.Verdict == finding.Clear {
			clear++
		}
	}
	require.Positive(t, clear, "there is something to lose")
	v.bundles, err = ledger.Bundles(dir)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(v.bundles), 2)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			v.files = append(v.files, must(filepath.Rel(dir, path)))
		}
		return err
	}))
	return v
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// cellsOf gives the cells of a judgement by handset and rule.
func cellsOf(j finding.Judgement) map[string]finding.Cell {
	all := map[string]finding.Cell{}
	for _, m := range j.Models {
		for _, h := range m.Handsets {
			for rule, c := range m.Cells {
				all[string(h.Serial)+" "+rule] = c
			}
		}
	}
	return all
}

// forge plays one seed.
func (v *original) forge(t *testing.T, seed uint64) {
	t.Helper()
	root, err := os.MkdirTemp("", "f")
	require.NoError(t, err)
	defer os.RemoveAll(root)
	s := &scene{v: v, dir: filepath.Join(root, "run"), dice: rand.New(rand.NewPCG(seed, 13))}
	require.NoError(t, os.CopyFS(s.dir, os.DirFS(v.dir)))
	before := s.tree(t)
	var f forger
	for same := true; same; same = s.tree(t) == before { // two files that are the same were exchanged, say
		f = forgers[(int(seed)+s.tries)%len(forgers)]
		s.name, s.other = "", ""
		f.harm(s)
		s.tries++
	}
	at := fmt.Sprintf("seed %d: %s: %s", seed, f.name, s.name)
	v.played[f.name]++
	var was, is runtime.MemStats
	runtime.ReadMemStats(&was)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.named(t, at)
		s.judged(t, at)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		require.Fail(t, "it hangs", at)
	}
	runtime.ReadMemStats(&is)
	assert.Less(t, is.TotalAlloc-was.TotalAlloc, uint64(256<<20), "%s: bytes allocated", at)
}

// named wants verify to name what was forged.
func (s *scene) named(t *testing.T, at string) {
	run, err := ledger.Verify(s.dir)
	var told string
	if err != nil {
		told = err.Error()
	} else {
		told = fmt.Sprint(errors.Join(run.Problems...))
		if len(run.Problems) == 0 && !run.Ended && s.name == "journal.jsonl" {
			return // a tail that was cut off: unfinished
		}
		assert.NotEmpty(t, run.Problems, at)
	}
	assert.True(t, strings.Contains(told, s.name) || s.other != "" && strings.Contains(told, s.other), "%s: told is %s", at, told)
}

// judged wants no verdict to be better than it was, and none to rest on what was
// forged.
func (s *scene) judged(t *testing.T, at string) {
	j, err := judge.Run(s.dir)
	if err != nil {
		return // nothing is said, and why is
	}
	for key, c := range cellsOf(j) {
		was := s.v.calm[key]
		if c.Verdict != was.Verdict {
			assert.Equal(t, finding.Unknown, c.Verdict, "%s: %s was %s", at, key, was.Verdict)
		}
		for _, ref := range c.Grounds {
			if c.Verdict == finding.Unknown {
				break // by what was lost
			}
			assert.False(t, s.forged(ref), "%s: %s is %s by %s", at, key, c.Verdict, ref.File)
		}
		if c.Verdict == finding.Clear {
			assert.NotEmpty(t, c.Grounds, "%s: %s", at, key)
			assert.False(t, s.name == "journal.jsonl" && len(j.Problems) > 0, "%s: %s is Clear by a journal that was changed", at, key)
		}
	}
}

// forged says whether a ground is what was changed, or is sealed by it.
func (s *scene) forged(ref evidence.Ref) bool {
	hold := []string{ref.Bundle + "/" + ref.File, ref.Bundle, ref.Bundle + "/manifest.json", ref.Bundle + "/captures"}
	return slices.Contains(hold, s.name) || slices.Contains(hold, s.other)
}

// scene is a copy of a run while it is forged.
type scene struct {
	v     *original
	dir   string
	dice  *rand.Rand
	tries int
	name  string // of what was forged, relative to the run
	other string // and of what it was exchanged with
}

func (s *scene) path(name string) string { return filepath.Join(s.dir, name) }

// tree is all that is there.
func (s *scene) tree(t *testing.T) string {
	var all strings.Builder
	require.NoError(t, filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprintln(&all, path, d.Type())
		if d.Type().IsRegular() {
			all.WriteString(evidence.Digest(must(os.ReadFile(path))))
		}
		return nil
	}))
	return all.String()
}

// any chooses a file whose name an expression matches.
func (s *scene) any(expression string) string {
	of := slices.DeleteFunc(slices.Clone(s.v.files), func(f string) bool { return !regexp.MustCompile(expression).MatchString(f) })
	s.name = of[s.dice.IntN(len(of))]
	return s.name
}

func (s *scene) read(name string) []byte       { return must(os.ReadFile(s.path(name))) }
func (s *scene) write(name string, raw []byte) { must(0, os.WriteFile(s.path(name), raw, 0o600)) }

// edit changes the bytes of a file.
func (s *scene) edit(expression string, change func([]byte) []byte) {
	name := s.any(expression)
	if raw := s.read(name); len(raw) > 0 {
		s.write(name, change(raw))
	}
}

// lines changes the lines of the journal.
func (s *scene) lines(change func([][]byte) [][]byte) {
	s.edit("^journal", func(raw []byte) []byte {
		lines := bytes.SplitAfter(raw, []byte("\n"))
		return bytes.Join(change(lines[:len(lines)-1]), nil)
	})
}
