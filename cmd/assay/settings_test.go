package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// flagsOf calls do with a command of its own, not yet configured, for each flag of each
// command that takes more than any word.
func flagsOf(t *testing.T, do func(*app, *cobra.Command, *pflag.Flag)) {
	t.Helper()
	eachCommand(func(like *cobra.Command) {
		like.InheritedFlags() // which has it know those of its parents
		like.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() == "string" || f.Name == "help" || f.Name == "version" {
				return
			}
			a := &app{set: viper.New(), from: map[string]string{}, err: os.Stderr}
			c, _, err := a.root().Find(strings.Fields(strings.TrimPrefix(like.CommandPath(), "assay")))
			require.NoError(t, err)
			c.InheritedFlags()
			do(a, c, c.Flags().Lookup(f.Name))
		})
	})
}

// wrong are values that no flag of a type takes, as words.
var wrong = map[string][]string{
	"bool":        {"maybe", "2", "0.5"},
	"duration":    {"abc", "5", "5 m", "1y", "-"},
	"int":         {"abc", "10GiB", "1.5", "99999999999999999999", "1 2"},
	"stringSlice": {`a"b`},
	"uint64":      {"abc", "-1", "1.5", "99999999999999999999"},
}

// TestAWrongValueIsRefusedWhereverItStands gives each flag what it does not take: on the
// command line, in the environment, and in a file.
func TestAWrongValueIsRefusedWhereverItStands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flags.yaml")
	seen := 0
	flagsOf(t, func(a *app, c *cobra.Command, f *pflag.Flag) {
		values := append([]string(nil), wrong[f.Value.Type()]...)
		require.NotEmpty(t, values, "no wrong value of a %s is known: --%s", f.Value.Type(), f.Name)
		if r, ok := ranges[f.Name]; ok {
			values = append(values, outOf(f, r)...)
		}
		for _, value := range values {
			seen++
			name := fmt.Sprintf("%s, %s=%s", c.CommandPath(), f.Name, value)
			asFlag := refusal(t, func(a *app, flags *pflag.FlagSet) error {
				if err := flags.Set(f.Name, value); err != nil {
					return flagError(c, err)
				}
				return a.configure(flags)
			}, c)
			assert.Contains(t, asFlag, "--"+f.Name, name)
			assert.Contains(t, asFlag, ": give ", name)

			variable := "ASSAY_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
			t.Setenv(variable, value)
			said := refusal(t, (*app).configure, c)
			assert.Contains(t, said, variable+" ", name)
			assert.Contains(t, said, ": give ", name)
			if !strings.ContainsAny(value, `"`) {
				assert.Contains(t, said, strings.TrimSuffix(value, "ns"), name)
			}
			require.NoError(t, os.Unsetenv(variable))

			require.NoError(t, os.WriteFile(file, []byte("# flags\n"+f.Name+":  '"+value+"'\n"), 0o600))
			t.Setenv("ASSAY_CONFIG", file)
			said = refusal(t, (*app).configure, c)
			assert.Contains(t, said, fmt.Sprintf("%s:2:%d: %s ", file, len(f.Name)+4, f.Name), name)
			assert.Contains(t, said, ": give ", name)
			require.NoError(t, os.Unsetenv("ASSAY_CONFIG"))
		}
	})
	assert.Greater(t, seen, 200)
}

// outOf gives values on either side of a range, as far as the flag's type has any.
func outOf(f *pflag.Flag, r between) []string {
	unit := ""
	if f.Value.Type() == "duration" {
		unit = "ns"
	}
	values := []string{fmt.Sprint(r.least-1) + unit}
	if unit == "" {
		values = append(values, fmt.Sprint(r.most+1))
	}
	return values
}

// refusal configures a command like c, and gives what was wrong.
func refusal(t *testing.T, configure func(*app, *pflag.FlagSet) error, c *cobra.Command) string {
	t.Helper()
	a := &app{set: viper.New(), from: map[string]string{}, err: os.Stderr}
	like, _, err := a.root().Find(strings.Fields(strings.TrimPrefix(c.CommandPath(), "assay")))
	require.NoError(t, err)
	like.InheritedFlags()
	if err = configure(a, like.Flags()); err == nil {
		return ""
	}
	return err.Error()
}

// TestEachNumberHasARange: a number that a command does not check would be taken as it is.
func TestEachNumberHasARange(t *testing.T) {
	flagsOf(t, func(_ *app, c *cobra.Command, f *pflag.Flag) {
		if f.Value.Type() == "int" || f.Value.Type() == "duration" {
			r, ok := ranges[f.Name]
			assert.True(t, ok, "%s --%s has none", c.CommandPath(), f.Name)
			n := numberOf(f)
			assert.True(t, f.DefValue == "0" || n >= r.least && n <= r.most, "%s --%s: its default %s is out of range",
				c.CommandPath(), f.Name, f.DefValue)
		}
	})
}

// TestFlagsGoBeforeTheEnvironmentAndItBeforeTheFile also where words have blanks in them,
// and where YAML would make numbers of them.
func TestFlagsGoBeforeTheEnvironmentAndItBeforeTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flags.yaml")
	text := "jobs: 3\nmodel: [moto e22, 1.10]\nserial: 0123456789\npatience: 90s\neach: true\n"
	require.NoError(t, os.WriteFile(file, []byte(text+"each: yes\n"), 0o600))
	a := &app{set: viper.New(), from: map[string]string{}, err: os.Stderr}
	configured := func(args string) error {
		a = &app{set: viper.New(), from: map[string]string{}, err: os.Stderr}
		c, _, err := a.root().Find([]string{"run"})
		require.NoError(t, err)
		require.NoError(t, c.ParseFlags(strings.Fields(args)))
		return a.configure(c.Flags())
	}
	assert.Error(t, configured("--config "+file), "each stands twice")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	require.NoError(t, configured("--config "+file))
	assert.Equal(t, 3, a.set.GetInt("jobs"))
	assert.Equal(t, []string{"moto e22", "1.10"}, a.list("model"))
	assert.Equal(t, []string{"0123456789"}, a.list("serial"))
	assert.True(t, a.set.GetBool("each"))
	assert.Equal(t, "1m30s", a.set.GetDuration("patience").String())
	t.Setenv("ASSAY_JOBS", "4")
	t.Setenv("ASSAY_MODEL", "moto e22,Edge 50")
	require.NoError(t, configured("--config "+file))
	assert.Equal(t, 4, a.set.GetInt("jobs"))
	assert.Equal(t, []string{"moto e22", "Edge 50"}, a.list("model"))
	require.NoError(t, configured("--jobs 5 --model X --config "+file))
	assert.Equal(t, 5, a.set.GetInt("jobs"))
	assert.Equal(t, []string{"X"}, a.list("model"))
	t.Setenv("ASSAY_JOBS", "")
	require.NoError(t, configured("--config "+file))
	assert.Equal(t, 3, a.set.GetInt("jobs"))
}

// TestWhatAFileOfFlagsCannotSayIsToldWithItsLine, whichever command reads it.
func TestWhatAFileOfFlagsCannotSayIsToldWithItsLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "flags.yaml")
	for text, want := range map[string]string{
		"jobs: 2\nsuit: quick\n":        `flags.yaml:2:1: unknown key "suit": it is no flag of any command; did you mean "suite"?`,
		"jobs:\n":                       "jobs: here is no value: give one, or take the key out",
		"jobs: {a: 1}\n":                "jobs: here is a mapping (key: value); give a word",
		"jobs: [1, 2]\n":                `flags.yaml:1:7: jobs "1, 2": give a whole number`,
		"- jobs\n":                      "flags.yaml:1:1: here is no mapping: give lines of the form flag: value",
		"jobs: 2\n---\nreserve: 1\n":    "flags.yaml:3:1: second document",
		"jobs: 2\njobs: 3\n":            "flags.yaml:2:1: ",
		"fail-on: flaged\n":             `flags.yaml:1: fail-on "flaged": give critical, high, medium, low, flagged or never; did you mean "flagged"?`,
		"format: jsn\n":                 "text) (" + file + ":1: format)",
		"jobs: 0\nreserve: 0\nbad: 1\n": "flags.yaml:2:10: reserve 0: give 1 MiB or more",
	} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		code, out, errs := assay(t, "run", "--config", file, "--devices", inventoryOf(t, 1, 0))
		assert.Equal(t, exitUsage, code, text)
		assert.Contains(t, errs, want, text)
		assert.Empty(t, out, text)
	}
}

// TestWhoeverIsToBeToldIsToldOfAWrongSetting: it keeps a run of the night from beginning.
func TestWhoeverIsToBeToldIsToldOfAWrongSetting(t *testing.T) {
	told := filepath.Join(t.TempDir(), "told")
	t.Setenv("ASSAY_NOTIFY", "cat > "+told)
	t.Setenv("ASSAY_JOBS", "many")
	code, _, errs := assay(t, "run", "--devices", inventoryOf(t, 1, 0))
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, `ASSAY_JOBS "many": give a whole number`)
	raw, err := os.ReadFile(told)
	require.NoError(t, err)
	assert.Contains(t, string(raw), `"status":2`)
	assert.Contains(t, string(raw), `ASSAY_JOBS`)
}
