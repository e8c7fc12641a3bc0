package observe

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// corpus finds the real print-outs, which are not part of the tree.
func corpus(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the corpus of real print-outs is not here: ../shared/corpus beside the repository")
	}
	return dir
}

// open gives a print-out's bytes, out of the gzip where it is in one.
func open(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		r, err = gzip.NewReader(f)
		require.NoError(t, err)
	}
	raw, err := io.ReadAll(r)
	require.NoError(t, err)
	if strings.HasSuffix(path, ".xml") {
		raw = append(raw, '\n') // uiautomator's file has none at its end; the collector adds it
	}
	return raw
}

// sourceOf gives the source that printed a file of the corpus, by its name.
func sourceOf(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".txt")
	if strings.HasPrefix(name, "uiautomator_dump") {
		return "ui-hierarchy"
	}
	if i := strings.LastIndexByte(name, '-'); i >= 0 {
		name = name[i+1:] // of a snippet
	}
	switch {
	case strings.HasPrefix(name, "dumpsys_package_one"):
		return "package-detail"
	case strings.HasPrefix(name, "logcat") && !strings.Contains(name, "statistics") && !strings.Contains(name, "window"):
		return "logcat"
	case strings.HasPrefix(name, "pm_list_packages"):
		return "pm-list-packages"
	}
	service, _ := strings.CutSuffix(strings.ReplaceAll(name, "_", "-"), "-2") // dumped twice by some bug reports
	if p, ok := Find(service); ok && strings.HasPrefix(name, "dumpsys_") {
		return p.Source
	}
	return map[string]string{
		"dumpsys_appops": "dumpsys-appops", "dumpsys_battery": "dumpsys-battery", "dumpsys_netstats": "netstats",
		"dumpsys_package": "dumpsys-package", "dumpsys_packages": "dumpsys-package",
		"dumpsys_package_one": "package-detail", "dumpsys_package_two": "package-detail",
		"getprop": "getprop", "androidqf_getprop": "getprop", "ps": "ps", "ps_old": "ps", "androidqf_ps": "ps",
	}[name]
}

// tally is what the corpus has of one source.
type tally struct{ files, lines, facts, skipped, unread int }

// TestCorpusIsReadWithLittleUnread reads every real print-out of the sources
// that have a parser. With -v it prints what came of each source; where a source
// has none, its golden cases are from Android's printing code alone.
func TestCorpusIsReadWithLittleUnread(t *testing.T) {
	t.Parallel()
	dir := corpus(t)
	tallies := map[string]*tally{}
	for _, p := range Parsers {
		tallies[p.Source] = &tally{}
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		source := sourceOf(d.Name())
		if source == "" || notWhatItSays(path) {
			return nil
		}
		body := open(t, path)
		facts := 0
		r, err := Read(source, bytes.NewReader(body), printout.Input{}, func(_ fact.Fact, s evidence.Span) {
			facts++
			if s.Offset < 0 || s.Length <= 0 && source != "logcat" || s.Offset+s.Length > int64(len(body)) {
				t.Errorf("%s: span %+v is not inside", path, s)
			}
		})
		require.NoError(t, err, path)
		n := tallies[source]
		n.files++
		n.lines += r.Lines
		n.facts += facts
		n.skipped += r.Skipped
		n.unread += r.Unread
		return nil
	})
	require.NoError(t, err)
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "source\tprint-outs\tlines\tfacts\tskipped\tunread\tgolden cases\t")
	for _, p := range Parsers {
		n := tallies[p.Source]
		real := strconv.Itoa(n.files)
		if n.files == 0 {
			real = "from source only"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t\n", p.Source, real, n.lines, n.facts, n.skipped, n.unread, len(samplesOf(t, p.Source)))
		assert.LessOrEqual(t, n.unread*100, n.lines, "%s: %d of %d lines unread", p.Source, n.unread, n.lines)
	}
	require.NoError(t, w.Flush())
	t.Log("\n" + table.String())
}

// notWhatItSays names print-outs whose name promises another format: a battery
// history, parts of package dumps that someone cut out by hand, and the usage
// statistics of an Android 2.3, which is older than any that we read.
func notWhatItSays(path string) bool {
	base := filepath.Base(path)
	return base == "mvt-testartifact-mixed-dumpsys_battery.txt" || strings.HasPrefix(base, "huawei_honor-EMUI") ||
		strings.HasPrefix(base, "google-Pixel9_SecTrollz") || strings.HasSuffix(filepath.ToSlash(path), "2.3.5/dumpsys_usagestats.txt")
}

// gold is what line patterns, which are no parser, count in one print-out.
type gold struct {
	File    string `json:"file"`
	Entries int    `json:"entries"`
	Keys    int    `json:"keys"`
	Lines   int    `json:"lines"`

	Levels map[string]int `json:"by_level"`
	Tags   map[string]int `json:"top20_tags"`
	Chatty int            `json:"chatty"`

	Packages int                   `json:"packages"`
	Hidden   int                   `json:"hidden_system_packages"`
	Shared   int                   `json:"shared_users"`
	PerName  map[string]goldGrants `json:"per_package"`
	PerHide  map[string]goldGrants `json:"per_hidden"`
	PerShare map[string]goldGrants `json:"per_shared_user"`

	Ops      int            `json:"package_op_entries"`
	UIDModes int            `json:"uid_mode_entries"`
	Switches int            `json:"with_switch"`
	ByOp     map[string]int `json:"by_op"`
	ByMode   map[string]int `json:"by_mode"`
	Accesses int            `json:"access_lines"`
	Rejects  int            `json:"reject_lines"`
	Style    string         `json:"style"`
}

type goldGrants struct {
	Requested      int            `json:"requested"`
	InstallGranted int            `json:"install_granted"`
	InstallTotal   int            `json:"install_total"`
	RuntimeGranted map[string]int `json:"runtime_granted"`
	RuntimeTotal   map[string]int `json:"runtime_total"`
}

// TestCorpusAgreesWithGold compares with counts that were made without a parser.
func TestCorpusAgreesWithGold(t *testing.T) {
	t.Parallel()
	dir := corpus(t)
	files, err := filepath.Glob(filepath.Join(dir, "gold", "*.json"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	checked := 0
	for _, f := range files {
		var all map[string]gold
		require.NoError(t, json.Unmarshal(open(t, f), &all))
		for name, want := range all {
			source := sourceOf(name + ".txt")
			if source == "" || countedElsewhere(source) {
				continue
			}
			checked++
			t.Run(strings.TrimSuffix(filepath.Base(f), ".json")+"/"+name, func(t *testing.T) {
				path := filepath.Join(dir, filepath.FromSlash(want.File))
				compare(t, source, path, want)
			})
		}
	}
	assert.Positive(t, checked)
}

func compare(t *testing.T, source, path string, want gold) {
	c, body := newCounts(), open(t, path)
	r, err := Read(source, bytes.NewReader(body), printout.Input{}, c.add)
	require.NoError(t, err)
	switch source {
	case "getprop":
		// Gold counts the last line of this file, [vold.has_reserved]: [1],
		// which has no end: we are right not to take a line for whole that may
		// have been cut, and say so in the coverage.
		if strings.Contains(path, "humane") {
			want.Keys--
		}
		assert.Equal(t, want.Keys, c.properties)
	case "pm-list-packages":
		assert.Equal(t, listedByGold(t, body, want.Lines, r), c.listed)
	case "logcat":
		assert.Equal(t, want.Entries, c.entries)
		assert.Equal(t, want.Levels, c.levels)
		assert.Equal(t, want.Chatty, c.tags["chatty"])
		for tag, n := range want.Tags {
			assert.Equal(t, n, c.tags[tag], "tag %q", tag)
		}
	case "dumpsys-appops":
		if want.Style != "9+" {
			c.fold()
		}
		assert.Equal(t, want.Ops, c.ops)
		assert.Equal(t, want.ByOp, c.byOp)
		assert.Equal(t, want.ByMode, c.modes(want.Style))
		assert.Equal(t, want.Switches, c.switches)
		assert.Equal(t, want.UIDModes, c.uidModes)
		if want.Style == "9+" {
			assert.Equal(t, want.Accesses, c.accesses)
			assert.Equal(t, want.Rejects, c.rejects)
		}
	default:
		assert.Equal(t, []int{want.Packages, want.Hidden, want.Shared}, []int{len(c.packages), len(c.hidden), len(c.shared)})
		comparePer(t, want.PerName, c.packages)
		comparePer(t, want.PerHide, c.hidden)
		comparePer(t, want.PerShare, c.shared)
	}
}

// countedElsewhere names sources whose counts have a test of their own.
func countedElsewhere(source string) bool {
	switch source {
	case "dumpsys-appops", "dumpsys-package", "package-detail", "getprop", "logcat", "pm-list-packages":
		return false
	}
	return true
}

func comparePer(t *testing.T, want map[string]goldGrants, got map[string]*goldGrants) {
	t.Helper()
	for name, g := range got {
		w := want[name]
		w.RuntimeGranted, w.RuntimeTotal = positive(w.RuntimeGranted), positive(w.RuntimeTotal)
		assert.Equal(t, w, *g, name)
	}
}

// positive leaves out the zeros that gold keeps for a user who has no grant.
func positive(m map[string]int) map[string]int {
	kept := map[string]int{}
	for k, v := range m {
		if v > 0 {
			kept[k] = v
		}
	}
	return kept
}

// counted is what we count in one print-out.
type counted struct {
	properties, listed, entries int
	ops, switches, uidModes     int
	accesses, rejects           int
	ofUIDs                      []fact.OpMode
	levels, tags, byOp, byMode  map[string]int
	packages, hidden, shared    map[string]*goldGrants
}

func newCounts() *counted {
	return &counted{
		levels: map[string]int{}, tags: map[string]int{}, byOp: map[string]int{}, byMode: map[string]int{},
		packages: map[string]*goldGrants{}, hidden: map[string]*goldGrants{}, shared: map[string]*goldGrants{},
	}
}

func (c *counted) add(f fact.Fact, _ evidence.Span) {
	switch f := fact.Keep(f).(type) {
	case fact.Property:
		c.properties++
	case fact.Listed:
		c.listed++
	case *fact.LogLine:
		c.entries++
		c.levels[string(f.Level)]++
		c.tags[string(f.Tag)]++
	case fact.OpMode:
		c.op(f)
	case fact.OpUse:
		if f.Rejected {
			c.rejects++
		} else if !f.Running {
			c.accesses++
		}
	case fact.Install:
		c.of(f.Package, "", f.Hidden)
	case fact.SharedUser:
		c.of("", f.Name, false)
	case fact.Request:
		c.of(f.Package, "", f.Hidden).Requested++
	case fact.Grant:
		c.grant(f)
	}
}

func (c *counted) op(f fact.OpMode) {
	if f.Package == "" {
		c.uidModes++
		c.ofUIDs = append(c.ofUIDs, f)
		return
	}
	c.ops++
	c.byOp[string(f.Op)]++
	c.byMode[string(f.Mode)]++
	if f.Switch != "" {
		c.switches++
	}
}

// fold counts the modes of UIDs as those of packages. Up to Android 8 both are
// written alike, OP: mode=N, and gold's pattern takes the one mode of a UID in
// each print-out (WRITE_SMS of Uid 1001, above its first package) for a
// package's. We are right: the line stands before any Package line.
func (c *counted) fold() {
	c.ops += c.uidModes
	for _, m := range c.ofUIDs {
		c.byOp[string(m.Op)]++
		c.byMode[string(m.Mode)]++
	}
	c.uidModes, c.ofUIDs = 0, nil
}

// modes are ours as the release's own words: numbers up to Android 8.
func (c *counted) modes(style string) map[string]int {
	if style == "9+" {
		return c.byMode
	}
	numbers := map[string]int{}
	for mode, n := range c.byMode {
		i := slices.Index([]string{"allow", "ignore", "deny", "default", "foreground"}, mode)
		numbers[strconv.Itoa(i)] += n
	}
	return numbers
}

func (c *counted) of(pkg android.Package, shared string, hidden bool) *goldGrants {
	in, name := c.packages, string(pkg)
	if shared != "" {
		in, name = c.shared, shared
	} else if hidden {
		in = c.hidden
	}
	if in[name] == nil {
		in[name] = &goldGrants{RuntimeGranted: map[string]int{}, RuntimeTotal: map[string]int{}}
	}
	return in[name]
}

func (c *counted) grant(f fact.Grant) {
	g := c.of(f.Package, f.SharedUser, f.Hidden)
	if f.Type == fact.InstallGrant {
		g.InstallTotal++
		if f.Granted {
			g.InstallGranted++
		}
		return
	}
	user := strconv.Itoa(f.User)
	g.RuntimeTotal[user]++
	if f.Granted {
		g.RuntimeGranted[user]++
	}
}
