package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

// inventoryOf writes an inventory of n handsets, 900 to an adb server, of which
// each has the serial of as many others as twins says.
func inventoryOf(t testing.TB, n, twins int) string {
	t.Helper()
	var text strings.Builder
	text.WriteString("devices:\n")
	for i := range n {
		fmt.Fprintf(&text, "  - serial: S%d\n    brand: Motorola\n    model: moto e22\n    server: 127.0.0.1:%d\n", i/(twins+1), 5037+i/900)
	}
	name := filepath.Join(t.TempDir(), "devices.yaml")
	require.NoError(t, os.WriteFile(name, []byte(text.String()), 0o600))
	return name
}

func lint(t testing.TB, args ...string) (status int, said string) {
	t.Helper()
	var errs bytes.Buffer
	status = Main(append([]string{"lint"}, args...), strings.NewReader(""), &errs, &errs)
	return status, errs.String()
}

func TestALargeFarmIsWithinBounds(t *testing.T) {
	status, said := lint(t, inventoryOf(t, 10_000, 0))
	assert.Zero(t, status, said)
}

func TestFaultsOfALargeFarmAreToldInPart(t *testing.T) {
	status, said := lint(t, inventoryOf(t, 4000, 3))
	assert.Equal(t, exitUsage, status)
	assert.Contains(t, said, "devices.yaml:6:13: S0 is listed already as devices[0]")
	assert.Contains(t, said, "and 2950 more faults")
	assert.Less(t, len(said), 20_000)
}

func TestFilesOutOfBoundsAreRefusedBeforeTheyAreParsed(t *testing.T) {
	dir := t.TempDir()
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	texts := map[string]string{
		"brackets": strings.Repeat("[", 2<<20),
		"aliases":  bomb,
		"long":     strings.Repeat("# farm\n", 800_000),
		"entries":  "devices:\n" + strings.Repeat("  - serial: A\n", 100_000),
	}
	for name, text := range texts {
		file := filepath.Join(dir, name+".yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		for _, command := range [][]string{
			{"lint", file}, {"devices", "--devices", file}, {"plan", "--devices", file}, {"doctor", "--devices", file},
			{"run", "--devices", file, "--out", filepath.Join(dir, "run")}, {"version", "--config", file},
			{"virtual", "--persona", file}, {"quarantine", "add", "A", "--reason", "r", "--devices", file},
		} {
			var out bytes.Buffer
			status := Main(command, strings.NewReader(""), &out, &out)
			assert.NotZero(t, status, "%v of %s", command, name)
			assert.Contains(t, out.String(), name+".yaml:", "%v: %.300s", command, out.String())
			assert.Less(t, out.Len(), 3000, "%v", command)
		}
		if name == "long" {
			continue // a scenario is shorter in any case
		}
		folder := filepath.Join(dir, name)
		require.NoError(t, os.Mkdir(folder, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "s.yaml"), []byte(text), 0o600))
		var out bytes.Buffer
		assert.Equal(t, exitUsage, Main([]string{"plan", "--scenarios", folder, "--devices", inventoryOf(t, 1, 0)}, strings.NewReader(""), &out, &out))
		assert.Contains(t, out.String(), "s.yaml:1:", "%.300s", out.String())
	}
}

// TestNoScenarioIsCalledAsABundleOfAssaysOwn: the record of such a run would not be read.
func TestNoScenarioIsCalledAsABundleOfAssaysOwn(t *testing.T) {
	for _, name := range []string{evidence.Baseline, evidence.Imported} {
		file := filepath.Join(t.TempDir(), "s.yaml")
		text := fmt.Appendf(nil, "name: %s\nabout: b\nsubject: {role: camera}\nsteps: [launch]\n", name)
		require.NoError(t, os.WriteFile(file, text, 0o600))
		status, said := lint(t, file)
		assert.Equal(t, exitUsage, status)
		assert.Contains(t, said, "s.yaml:1:7: the name \""+name+"\" is assay's own, for what no scenario plays: choose another")
	}
}

// BenchmarkLint checks farms without a fault, and farms in which every handset is
// listed twice. Nanoseconds a handset stay the same: the exponent is 1.
//
//	go test -run '^$' -bench Lint -cpu 1 ./cmd/assay/
func BenchmarkLint(b *testing.B) {
	for name, twins := range map[string]int{"right": 0, "twins": 1} {
		for _, n := range []int{1250, 2500, 5000, 10_000} {
			file := inventoryOf(b, n, twins)
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					if status, said := lint(b, file); (status == 0) != (twins == 0) {
						b.Fatal(said)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/handset")
			})
		}
	}
}
