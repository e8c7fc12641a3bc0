package lab_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
	"assay/harness/lab"
	"assay/harness/ledger"
	"assay/harness/observe"
	"assay/harness/observe/fact"
)

// TestAnAcquisitionHasTheFactsOfOurOwnPrintOuts gives the same print-outs as assay
// takes them and as androidqf leaves them: trimmed, the dumps one behind the other.
// What an acquisition has more is when it was made.
func TestAnAcquisitionHasTheFactsOfOurOwnPrintOuts(t *testing.T) {
	golden := func(source, name string) string {
		raw, err := os.ReadFile(filepath.Join("..", "observe", "testdata", source, name))
		require.NoError(t, err)
		return string(raw)
	}
	dumps := map[string]string{
		"package": golden("dumpsys-package", "13.txt"), "appops": golden("dumpsys-appops", "13.txt"), "battery": golden("dumpsys-battery", "14.txt"),
		"role": golden("dumpsys-role", "14.txt"), "alarm": golden("dumpsys-alarm", "14.txt"), "location": golden("dumpsys-location", "14.txt"),
	}
	loose := map[string]string{"getprop.txt": golden("getprop", "12.txt"), "settings_secure.txt": "a=b\nc=d\n",
		"logcat.txt": "--------- beginning of main\n11-02 08:00:00.000  1000  1000 I specimen: a line\n"}
	processes := "USER           PID  PPID     VSZ    RSS WCHAN            ADDR S NAME\n" +
		"root             1     0 2175584   4412 0                   0 S init\nu0_a123       5121   812 5500000  99000 0                   0 S specimen.camera\n"

	own, acquired := t.TempDir(), t.TempDir()
	put := func(dir, name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	var all strings.Builder
	all.WriteString("Currently running services:\n")
	for name, text := range dumps {
		put(own, "dumpsys_"+name+".txt", text)
		fmt.Fprintf(&all, "%s\nDUMP OF SERVICE %s:\n%s--------- 0.040s was the duration of dumpsys %s, ending at: 2026-11-02 08:00:01\n",
			strings.Repeat("-", 79), name, text, name)
	}
	put(own, "ps.txt", processes)
	put(acquired, "processes.txt", strings.TrimSpace(processes))
	put(acquired, "dumpsys.txt", strings.TrimSpace(all.String()))
	for name, text := range loose {
		put(own, name, text)
		put(acquired, name, strings.TrimSpace(text))
	}
	for name, text := range map[string]string{"files.json": "[]", "hashes.csv": "a,b", "command.log": "x", "env.txt": "A=b", "selinux.txt": "Enforcing",
		"services.txt": "Found 0 services:", "mounts.json": "[]", "root_binaries.json": "[]", "package_users.json": "[]",
		"acquisition.json": `{"uuid": "0", "started": "2026-11-02T02:30:00Z", "completed": "2026-11-02T02:40:00Z"}`} {
		put(acquired, name, text)
	}
	want, _ := factsOf(t, own)
	got, sources := factsOf(t, acquired)
	for _, fact := range want {
		at := slices.Index(got, fact)
		if assert.GreaterOrEqual(t, at, 0, "the acquisition lacks %s", fact) {
			got = slices.Delete(got, at, at+1)
		}
	}
	assert.Equal(t, []string{`acquisition {"started":"2026-11-02T02:30:00Z","completed":"2026-11-02T02:40:00Z"}`}, got)
	for _, source := range []string{"androidqf-mounts", "androidqf-root-binaries", "androidqf-package-users", "env", "getenforce", "service-list"} {
		assert.Equal(t, evidence.Unsupported, sources[source], "%s is kept, and no parser reads it", source)
	}
}

// factsOf imports a folder: its facts, and the state of each source.
func factsOf(t *testing.T, in string) ([]string, map[string]evidence.State) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	require.NoError(t, lab.Import(out, lab.Imports{Name: "x", Paths: []string{in}}))
	var all []string
	checked, err := ledger.Check(out)
	require.NoError(t, err)
	bundles, err := filepath.Glob(filepath.Join(out, "bundles", "*"))
	require.NoError(t, err)
	require.Len(t, bundles, 1)
	require.Empty(t, checked.Problems)
	m, err := evidence.Open(bundles[0])
	require.NoError(t, err)
	for _, c := range m.Captures {
		_, err := observe.ReadCapture(bundles[0], "bundles/x", m, c, func(o fact.Observation) {
			raw, err := json.Marshal(o.Fact)
			require.NoError(t, err)
			all = append(all, o.Fact.Kind()+" "+string(raw))
		})
		require.NoError(t, err)
	}
	j, err := judge.Run(out)
	require.NoError(t, err)
	states := map[string]evidence.State{}
	for _, row := range j.Coverage {
		states[row.Source] = row.State
	}
	return all, states
}

// TestABuildPropNamesTheHandsetAndJudgesNothing holds for a file of the image.
func TestABuildPropNamesTheHandsetAndJudgesNothing(t *testing.T) {
	in, out := t.TempDir(), filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.WriteFile(filepath.Join(in, "build_prop.txt"), []byte("# begin build properties\nro.build.version.sdk=22\n"+
		"ro.build.version.release=5.1.1\nro.build.tags=test-keys\nro.product.brand=Acme\nro.product.model=One\n"), 0o600))
	require.NoError(t, lab.Import(out, lab.Imports{Name: "x", Paths: []string{in}}))
	j, err := judge.Run(out)
	require.NoError(t, err)
	require.Len(t, j.Models, 1)
	assert.Equal(t, "Acme One 5.1.1", j.Models[0].Brand+" "+j.Models[0].Model+" "+j.Models[0].Release)
	for rule, c := range j.Models[0].Cells {
		assert.Equal(t, finding.Unknown, c.Verdict, rule)
	}
}
