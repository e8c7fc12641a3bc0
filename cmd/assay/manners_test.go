package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// eachCommand calls do with every command, the root too.
func eachCommand(do func(*cobra.Command)) {
	a := &app{set: viper.New()}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		do(c)
		for _, below := range c.Commands() {
			walk(below)
		}
	}
	walk(a.root())
}

// TestEachFlagThatTakesAWordIsCompleted: one that does not, and is neither a number nor
// a switch, is any word of a person's.
func TestEachFlagThatTakesAWordIsCompleted(t *testing.T) {
	free := []string{"server", "listen", "notify", "reason", "evidence", "import brand", "import model"}
	eachCommand(func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !slices.Contains([]string{"string", "stringSlice"}, f.Value.Type()) || slices.Contains(free, f.Name) || slices.Contains(free, c.Name()+" "+f.Name) {
				return
			}
			_, known := c.GetFlagCompletionFunc(f.Name)
			assert.True(t, known || len(f.Annotations) > 0, "%s --%s is not completed", c.CommandPath(), f.Name)
		})
	})
}

// TestHelpSaysWhatIsThere holds what help says of commands and runs to what there is.
func TestHelpSaysWhatIsThere(t *testing.T) {
	called := regexp.MustCompile(`(?m)^ *assay ([a-z]+)`)
	var there []string
	eachCommand(func(c *cobra.Command) { there = append(there, c.Name()) })
	eachCommand(func(c *cobra.Command) {
		all := c.Use + "\n" + c.Short + "\n" + c.Long + "\n" + c.Example
		assert.NotContains(t, all, "assay assay", c.CommandPath())
		assert.NotContains(t, all, "runs/last", "%s: nothing makes such a folder", c.CommandPath())
		for _, m := range called.FindAllStringSubmatch(c.Example, -1) {
			assert.Contains(t, there, m[1], c.CommandPath())
		}
		for _, line := range strings.Split(c.Long, "\n") {
			assert.LessOrEqual(t, len([]rune(line)), 90, "%s: %s", c.CommandPath(), line)
		}
	})
}

// TestWhatIsMisspeltIsSuggested gives each command a word that is nearly one.
func TestWhatIsMisspeltIsSuggested(t *testing.T) {
	dir := t.TempDir()
	devices := filepath.Join(dir, "devices.yaml")
	require.NoError(t, os.WriteFile(devices, []byte(`server: virtual
virtual: {personas: [asus, vivo]}
devices:
  - {brand: Asus, model: ASUS_X00TD, serial: VRTASUS0001}
  - {brand: vivo, model: V2037, serial: VRTVIVO0001}
`), 0o600))
	roles := filepath.Join(dir, "roles.yaml")
	require.NoError(t, os.WriteFile(roles, []byte("devices: []\nroles:\n  - {brand: Asus, role: camrea, package: com.x}\n"), 0o600))
	run := printed(t)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"reprot", exitUsage, "report"},
		{"run --brnd Asus", exitUsage, `did you mean "--brand"?`},
		{"quarantine add x --reson y", exitUsage, `did you mean "--reason"?`},
		{"run --devices D --brand Asuss", exitNothing, `D matches --brand "Asuss"; did you mean "Asus"?; there are: Asus, vivo`},
		{"run --devices D --brand Asus,vivoo", exitNothing, `--brand "vivoo"; did you mean "vivo"?`},
		{"plan --devices D --model v2O37", exitNothing, `--model "v2O37"; did you mean "V2037"?`},
		{"run --devices D --serial VRTASUS0002", exitNothing, `--serial "VRTASUS0002"; did you mean "VRTASUS0001"?`},
		{"run --devices D --suite quik", exitNothing, `did you mean "quick"?`},
		{"run --devices D --scenario diler", exitNothing, `did you mean "dialer"?`},
		{"run --devices D --fail-on flaged", exitUsage, `did you mean "flagged"?`},
		{"run --devices D --format jsn", exitUsage, `did you mean "json"?`},
		{"run --devices R", exitUsage, `R:3:25: no role "camrea"; did you mean "camera"?; there are: `},
		{"lint R", exitUsage, `did you mean "camera"?`},
		{"quarantine add VRTASUS0002 --reason x --devices D", exitNothing, `did you mean "VRTASUS0001"?`},
		{"retry RUN --only infar --devices D", exitUsage, `did you mean "infra"?`},
		{"report RUN --table behavior", exitUsage, `did you mean "behaviour"?`},
		{"report RUN --brand Acne", exitNothing, `did you mean "Acme"?`},
		{"explain no-background-locaton", exitUsage, `did you mean "no-background-location"?`},
		{"facts RUN --source getprops", exitUsage, `did you mean "getprop"?`},
		{"virtual --persona asuss", exitUsage, `did you mean "Asus"?`},
		{"virtual --fault VRTASUS0002=offline", exitUsage, `did you mean "VRTASUS0001"?`},
	} {
		args := strings.Fields(strings.NewReplacer(" RUN", " "+run, " D", " "+devices, " R", " "+roles).Replace(c.args))
		code, out, errs := assay(t, args...)
		assert.Equal(t, c.code, code, "%s: %s%s", c.args, out, errs)
		assert.Contains(t, errs, strings.NewReplacer("D matches", devices+" matches", "R:3", roles+":3").Replace(c.want), c.args)
	}
}

func TestVersionIsToldEitherWay(t *testing.T) {
	_, flag, _ := assay(t, "--version")
	_, command, _ := assay(t, "version")
	assert.Equal(t, command, flag)
	assert.Regexp(t, `^assay \S+ \(go1\.\S+, \w+/\w+`, flag)
}

// TestWhatACommandDoesNotTakeIsToldInItsWords gives each what it has no use for, or not
// what it wants.
func TestWhatACommandDoesNotTakeIsToldInItsWords(t *testing.T) {
	for args, want := range map[string]string{
		"devices x":             `devices takes no argument, and here is "x"; 'assay devices --help' lists its flags`,
		"quarantine list x":     `quarantine list takes no argument`,
		"quarantine add":        "quarantine add wants the serial of a handset, and here are 0: assay quarantine add SERIAL",
		"quarantine add x y":    "and here are 2",
		"quarantine lift":       "quarantine lift wants the serial of a handset",
		"quarantine nope":       `assay quarantine has no command "nope"; there are: add, lift, list`,
		"completion zhs":        `assay completion has no command "zhs"; did you mean "zsh"?`,
		"help reprot":           `assay has no command "reprot"; did you mean "report"?`,
		"help quarantine ad":    `did you mean "add"?`,
		"run --patience 5":      `--patience "5": give a length of time, such as 90s or 5m`,
		"run --jobs x":          `--jobs "x": give a whole number`,
		"lint nofile.yaml":      "nofile.yaml: no such file\n",
		"lint testdata":         "testdata: is a folder: give the file itself",
		"version --config nope": "--config: nope: no such file\n",
	} {
		code, out, errs := assay(t, strings.Fields(args)...)
		assert.Equal(t, exitUsage, code, args)
		assert.Contains(t, errs, want, args)
		assert.Empty(t, out, args)
	}
	for _, args := range []string{"", "help", "help run", "help quarantine add", "quarantine", "completion bash"} {
		code, out, errs := assay(t, strings.Fields(args)...)
		assert.Equal(t, exitOK, code, args)
		assert.NotEmpty(t, out, args)
		assert.Empty(t, errs, args)
	}
}

// TestARunWithoutANameGetsAFreeOne: two that begin in one second do not meet.
func TestARunWithoutANameGetsAFreeOne(t *testing.T) {
	t.Chdir(t.TempDir())
	seen := map[string]bool{}
	for range 5 {
		dir, err := freeFolder(filepath.Join("runs", "2026-01-02-030405"))
		require.NoError(t, err)
		assert.False(t, seen[dir], dir)
		assert.DirExists(t, dir)
		seen[dir] = true
	}
	assert.True(t, seen[filepath.Join("runs", "2026-01-02-030405-5")], seen)
	require.NoError(t, os.WriteFile("file", nil, 0o600))
	_, err := freeFolder(filepath.Join("file", "x"))
	assert.ErrorContains(t, err, "give --out a folder that can be written")
}

// TestARunOfNothingLeavesNoFolder, though its name was taken for it.
func TestARunOfNothingLeavesNoFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("lab.yaml", []byte("server: "+closedPort(t)+"\ndevices: [{serial: A, server: \""+closedPort(t)+"\"}]\n"), 0o600))
	noted(t)
	code, _, errs := assay(t, "run", "--devices", "lab.yaml", "--state", t.TempDir())
	require.Equal(t, exitInfra, code, errs)
	left, err := filepath.Glob("runs/*")
	require.NoError(t, err)
	assert.Empty(t, left)
}

// TestWhatIsNamedAndNotThereIsToldAsSuch has folders that are none, and folders of which
// nothing can be made.
func TestWhatIsNamedAndNotThereIsToldAsSuch(t *testing.T) {
	run, devices := smallRun(t)
	none, empty := filepath.Join(t.TempDir(), "none"), t.TempDir()
	for args, c := range map[string]struct {
		code int
		want string
	}{
		"explain RUN":                                       {exitUsage, "is a folder and no rule: 'assay explain RUN FINDING' shows"},
		"explain EMPTY":                                     {exitUsage, "is a folder and no rule"},
		"plan --devices D --history NONE":                   {exitUsage, "--history NONE: not a folder"},
		"run --devices D --history D":                       {exitUsage, "--history D: not a folder"},
		"plan --devices D --scenarios EMPTY":                {exitNothing, `no suite "full": EMPTY has no suites: name scenarios with --scenario, or write EMPTY/suites/full.yaml`},
		"plan --devices D --scenarios EMPTY --scenario x":   {exitNothing, `no scenario "x"; there are: none`},
		"quarantine add X --reason y --devices D --state S": {exitNothing, `no handset "X" in D`},
	} {
		fill := strings.NewReplacer("RUN", run, "EMPTY", empty, "NONE", none, " D", " "+devices, " S", " "+empty)
		code, _, errs := assay(t, strings.Fields(fill.Replace(args))...)
		assert.Equal(t, c.code, code, args)
		assert.Contains(t, errs, fill.Replace(c.want), args)
	}
}
