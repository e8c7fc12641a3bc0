package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/android"
	"assay/harness/farm"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/virtual"
	"assay/harness/virtual/persona"
)

// drives holds every character that drives a terminal or deceives an eye: C0 and
// C1, ESC sequences, marks of direction, separators, blanks that cannot be seen.
var drives = func() string {
	var all strings.Builder
	for r := rune(1); r < 0x20; r++ {
		all.WriteRune(r)
	}
	for r := rune(0x7f); r < 0xa0; r++ {
		all.WriteRune(r)
	}
	for r := rune(0x2028); r <= 0x202e; r++ {
		all.WriteRune(r)
	}
	for _, r := range []rune{0x61c, 0x200b, 0x200e, 0x200f, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff, 0xe0041} {
		all.WriteRune(r)
	}
	return all.String() + "\x1b[31m\x1b]0;title\x07\x1b[2J\nassay: nothing is flagged"
}()

// inYAML writes a text as YAML's double quotes take it.
func inYAML(text string) string {
	var out strings.Builder
	for _, r := range text {
		fmt.Fprintf(&out, `\U%08x`, r)
	}
	return `"` + out.String() + `"`
}

// unreadable is drives with bytes that are no UTF-8.
const unreadable = "\x9b31m\xff\xfe\xe2\x80"

// assertPrints holds that a text has nothing but characters that print and line
// ends, and that no value of a handset's began a line of its own.
func assertPrints(t *testing.T, what, text string) {
	t.Helper()
	assert.True(t, utf8.ValidString(text), "%s is no UTF-8", what)
	for i, r := range text {
		if r != '\n' && !android.Prints(r) {
			assert.Fail(t, "a character does not print", "%s: %U in %q", what, r, text[max(0, i-60):min(len(text), i+60)])
			return
		}
	}
	assert.NotContains(t, text, "\nassay: nothing is flagged", what)
}

func TestAScreenShowsTheSameHoweverItIsWritten(t *testing.T) {
	text := "कैमरा\t" + drives + unreadable + "\n€\xe2\x82"
	write := func(pieces ...string) string {
		var out bytes.Buffer
		s := newScreen(&out)
		for _, p := range pieces {
			n, err := s.Write([]byte(p))
			require.NoError(t, err)
			require.Equal(t, len(p), n)
		}
		require.NoError(t, s.Close())
		return out.String()
	}
	whole := write(text)
	assert.Contains(t, whole, `कैमरा \x01`)
	assert.Contains(t, whole, `\u202e`)
	assert.Contains(t, whole, `\x9b31m\xff\xfe`)
	assert.True(t, strings.HasSuffix(whole, "\n€"+`\xe2\x82`), "%q", whole[len(whole)-20:])
	for i := range text {
		require.Equal(t, whole, write(text[:i], text[i:]), "cut at %d", i)
	}
}

func TestAScreenOfJSONKeepsTheValues(t *testing.T) {
	var out bytes.Buffer
	s := newJSONScreen(&out)
	require.NoError(t, json.NewEncoder(s).Encode([]string{drives, "कैमरा"}))
	require.NoError(t, s.Close())
	assertPrints(t, "JSON", out.String())
	var back []string
	require.NoError(t, json.Unmarshal(out.Bytes(), &back))
	assert.Equal(t, []string{drives, "कैमरा"}, back)
}

var errGone = errors.New("gone")

type goneWriter struct{}

func (goneWriter) Write([]byte) (int, error) { return 0, errGone }

func TestAScreenTellsThatNobodyReads(t *testing.T) {
	s := newScreen(goneWriter{})
	_, err := s.Write([]byte("x"))
	assert.ErrorIs(t, err, errGone)
	_, err = s.Write([]byte("\x1b"))
	assert.ErrorIs(t, err, errGone)
}

func TestLiveLinesPrint(t *testing.T) {
	show := &liveLines{bars: map[string]*liveLine{}, pool: poolOf(&bytes.Buffer{})}
	show.see(lab.Event{Key: "a", Handset: drives, Text: drives + unreadable, Owed: 1})
	assertPrints(t, "a live line", show.bars["a"].said())
	assert.NotContains(t, show.bars["a"].said(), "\n")
	show.close()
}

// Only main names the process's own streams, and only what draws or writes a
// format's file goes round the screens.
func TestNoCommandGoesRoundTheScreen(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	process := regexp.MustCompile(`os\.Std(out|err)|\bfmt\.Print|\bprint(ln)?\(`)
	round := regexp.MustCompile(`a\.raw\b.*`)
	allowed := regexp.MustCompile(`^a\.raw\.(out|err)\.\(\*os\.File\)|^a\.raw\.out, (j|built), a\.options\(\)\)|^a\.raw\.out\)`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		if name != "main.go" {
			assert.Empty(t, process.FindAllString(string(raw), -1), name)
		}
		for _, use := range round.FindAllString(string(raw), -1) {
			assert.Regexp(t, allowed, use, name)
		}
	}
}

// hostileFarm is a virtual handset whose properties and packages hold what drives
// a terminal, served at an address, and an inventory that names it so.
func hostileFarm(t *testing.T, dir string) (addr, inventory string) {
	t.Helper()
	found, err := persona.Called("honor-dua-l22")
	require.NoError(t, err)
	p := *found[0]
	p.Properties = map[string]string{}
	for k, v := range found[0].Properties {
		p.Properties[k] = v
	}
	for _, k := range []string{android.PropModel, "ro.product.brand", "ro.product.manufacturer",
		"ro.build.version.security_patch", "ro.build.tags", "ro.build.fingerprint", android.PropNotice} {
		p.Properties[k] = drives + unreadable
	}
	p.Packages = append(slices.Clone(p.Packages), persona.Package{Name: "a" + strings.ReplaceAll(drives, "\n", ""), Path: "/system/app/X/X.apk",
		Requests: []string{"RECORD_AUDIO"}, Runtime: map[string][]string{"RECORD_AUDIO": {drives}}})
	h := virtual.New(&p, 1)
	addr, stop, err := virtual.Start(t.Context(), h)
	require.NoError(t, err)
	t.Cleanup(func() { _ = stop() })
	quoted := inYAML(drives)
	inventory = filepath.Join(dir, "devices.yaml")
	text := fmt.Sprintf("notice: %[1]s\ndevices:\n  - {serial: %[2]s, brand: %[1]s, model: %[1]s, note: %[1]s, hub: %[1]s}\n"+
		"  - {serial: %[1]s, brand: %[1]s, model: %[1]s, tags: [%[1]s]}\n", quoted, p.Identity.Serial)
	require.NoError(t, os.WriteFile(inventory, []byte(text), 0o600))
	return addr, inventory
}

// printOuts is a folder of print-outs whose names and contents hold it too.
func printOuts(t *testing.T, dir string) string {
	t.Helper()
	in := filepath.Join(dir, "in"+strings.ReplaceAll(drives, "/", ""))
	require.NoError(t, os.MkdirAll(filepath.Join(in, "d"+drives+unreadable), 0o700))
	bad := strings.ReplaceAll(drives, "\n", "") + unreadable
	for name, text := range map[string]string{
		"getprop.txt": "[ro.build.version.sdk]: [30]\n[ro.product.model]: [" + bad + "]\n[ro.product.brand]: [" + bad + "]\n" +
			"[ro.build.tags]: [" + bad + "]\n[ro.serialno]: [ABC123456789]\n" + bad + "\n",
		"logcat.txt":            "--------- beginning of main\n01-02 03:04:05.000  1000  1000 I " + bad + ": mail a@example.com " + bad + "\n" + bad + "\n",
		"dumpsys_package.txt":   "Packages:\n  Package [" + bad + "] (1234):\n    userId=10001\n" + bad + "\n",
		"dumpsys_appops.txt":    bad + "\n  Package " + bad + ":\n",
		"x" + drives:            "x",
		"dumpsys_" + unreadable: bad,
		"settings_global.txt":   bad + "=" + bad + "\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(in, name), []byte(text), 0o600))
	}
	return in
}

// sentences puts handsets into quarantine of which every word drives.
func sentences(t *testing.T, dir string) {
	t.Helper()
	store := farm.OpenStore(dir)
	require.NoError(t, store.Add(farm.Sentence{Key: drives, Reason: drives, Evidence: drives, Ticket: drives, By: drives}))
}

// Every command is run with what a handset or a file can hold; a command that is
// not listed here fails the test.
func TestWhateverAHandsetOrAFileHoldsPrints(t *testing.T) {
	dir := t.TempDir()
	addr, inventory := hostileFarm(t, dir)
	state, in := filepath.Join(dir, "state"), printOuts(t, dir)
	sentences(t, state)
	imported, run := filepath.Join(dir, "imported"+drives), filepath.Join(dir, "run")
	scenarios := filepath.Join(dir, "s"+drives)
	require.NoError(t, os.MkdirAll(scenarios, 0o700))
	quoted := inYAML(drives)
	bad := filepath.Join(scenarios, "bad.yaml")
	require.NoError(t, os.WriteFile(bad, fmt.Appendf(nil, "name: %[1]s\n%[1]s: %[1]s\nsteps: [{launch: %[1]s}, %[1]s]\n", quoted), 0o600))
	persona := filepath.Join(dir, "p.yaml")
	require.NoError(t, os.WriteFile(persona, fmt.Appendf(nil, "name: %[1]s\nidentity: {serial: %[1]s, imei: %[1]s}\nbrand: %[1]s\nsettings: {%[1]s: {a: b}}\nspecimens: [{app: %[1]s}]\n", quoted), 0o600))
	config := filepath.Join(dir, "assay.yaml")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "%s: 1\n", quoted), 0o600))
	live := []string{"--devices", inventory, "--server", addr, "--state", state}
	with := func(flags []string, args ...string) []string { return append(args, flags...) }
	calls := map[string][][]string{
		"import": {
			{in, "--out", imported}, {filepath.Join(in, "nothing"), "--out", filepath.Join(dir, "x")},
			{filepath.Join(in, "x"+drives), "--out", filepath.Join(dir, "y")},
		},
		"run": {
			with(live, "--scenario", "dialer", "--out", run, "--patience", "1s"), with(live, "--scenario", drives), {"--devices", drives},
		},
		"devices": {live, with(live, "--check"), with(live, "--json")},
		"doctor":  {live[:4], {"--devices", bad}},
		"plan":    {with(live, "--suite", "quick"), with(live, "--json")},
		"explain": {
			{drives}, {imported, drives}, {imported, "FINDING"}, {"--coverage", imported}, {"--coverage", run}, {"no-background-location"},
		},
		"facts": {{imported}, {imported, "--json"}, {run}, {run, "--json"}, {"--schema"}, {imported, "--source", drives}},
		"judge": {{imported}, {drives}, {run}},
		"report": {
			{imported, "--table", "all"}, {run, "--table", "all", "--format", "text,csv,json,markdown,html,junit"},
			{imported, "--table", drives}, {run, "--brand", drives},
		},
		"verify": {{imported}, {run}, {drives}},
		"resume": {with(live, run), with(live, drives)},
		"retry":  {with(live, run, "--only", drives)},
		"lint":   {{bad}, {persona}, {inventory}, {drives}},
		"quarantine": {
			{"list", "--state", state}, {"list", "--json", "--state", state}, {"lift", drives, "--state", state, "--devices", inventory},
			{"add", drives, "--reason", drives, "--state", state, "--devices", inventory},
		},
		"virtual":    {{"--persona", drives}, {"--persona", persona}, {"--fault", drives + "=" + drives}, {"--replay", drives}, {"--faults"}},
		"version":    {{}, {"--config", config}, {"--config", drives}},
		"help":       {{drives}},
		"completion": {{"bash"}},
	}
	var order []string
	for _, c := range (&app{}).root().Commands() {
		if c.Name() != "run" && c.Name() != "import" {
			order = append(order, c.Name())
		}
	}
	order = append([]string{"import", "run"}, order...) // they make what the others look at
	defer func() {
		for _, made := range []string{imported, run} {
			assert.FileExists(t, filepath.Join(made, "reports", "report.md"), "nothing was looked at")
		}
	}()
	for _, name := range order {
		require.NotEmpty(t, calls[name], "%s is run with nothing", name)
		for _, args := range calls[name] {
			checkCall(t, imported, append([]string{name}, args...))
		}
	}
}

// checkCall runs a command. FINDING stands for each finding of the imported run.
func checkCall(t *testing.T, imported string, args []string) {
	t.Helper()
	at := slices.Index(args, "FINDING")
	if at < 0 {
		var out, errs bytes.Buffer
		Main(args, strings.NewReader(""), &out, &errs)
		what := fmt.Sprintf("%.60q", args)
		if args[0] == "completion" {
			return // a script of cobra's own, with its tabs
		}
		assertPrints(t, what+" stdout", out.String())
		assertPrints(t, what+" stderr", errs.String())
		assert.NotZero(t, out.Len()+errs.Len(), what)
		return
	}
	j, err := judge.Run(imported)
	require.NoError(t, err)
	require.NotEmpty(t, j.Findings)
	for _, f := range j.Findings {
		args[at] = f.ID
		checkCall(t, imported, args)
	}
}
