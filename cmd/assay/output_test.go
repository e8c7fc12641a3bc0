package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/viper"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/lab"
	"assay/harness/ledger"
)

// fullDisk takes so many bytes, and then none.
type fullDisk struct {
	takes int
	err   error
}

func (f *fullDisk) Write(p []byte) (int, error) {
	if len(p) > f.takes {
		return 0, &os.PathError{Op: "write", Path: "/dev/full", Err: f.err}
	}
	f.takes -= len(p)
	return len(p), nil
}

// TestWhatCannotBePrintedIsAFaultOfTheHost has every command print to a full disk: at once,
// and after a line or so.
func TestWhatCannotBePrintedIsAFaultOfTheHost(t *testing.T) {
	run, devices := smallRun(t)
	rule := "no-background-location"
	for _, takes := range []int{0, 60} {
		for _, command := range []string{
			"", "help", "help run", "run --help", "--version", "version", "completion bash", "lint", "virtual --faults", "explain " + rule,
			"explain --coverage RUN", "report RUN", "report RUN --format json", "facts RUN", "facts RUN --json", "facts --schema",
			"judge RUN", "devices --devices D --state S", "devices --devices D --state S --json", "plan --devices D --state S --suite quick",
			"doctor --devices D --state S",
			"run --devices D --state S --suite quick --out NEW",
		} {
			words := strings.NewReplacer("RUN", run, "NEW", filepath.Join(t.TempDir(), "run"), " D", " "+devices,
				" S", " "+t.TempDir()).Replace(command)
			var errs bytes.Buffer
			code := Main(strings.Fields(words), strings.NewReader(""), &fullDisk{takes, syscall.ENOSPC}, &errs)
			if takes > 0 && code == exitOK { // it had no more to print
				continue
			}
			assert.Equal(t, exitInfra, code, "%s: %s", command, &errs)
			assert.Contains(t, errs.String(),
				"assay: standard output: write /dev/full: no space left on device: what was printed is not whole", command)
			assert.Equal(t, 1, strings.Count(errs.String(), "no space left"), "%s: %s", command, &errs)
			if strings.HasPrefix(command, "run --dev") {
				assert.Contains(t, errs.String(), "Evidence and reports: ", "where they stand is told all the same")
			}
		}
	}
}

func TestAReaderThatHasSeenEnoughIsNoFault(t *testing.T) {
	run, _ := smallRun(t)
	for _, command := range []string{"help", "report " + run, "facts " + run, "lint"} {
		var errs bytes.Buffer
		assert.Equal(t, exitOK, Main(strings.Fields(command), strings.NewReader(""), &fullDisk{0, syscall.EPIPE}, &errs), command)
		assert.Empty(t, errs.String(), command)
	}
}

func TestWhatWasAskedForWronglyStaysSo(t *testing.T) {
	var errs bytes.Buffer
	assert.Equal(t, exitUsage, Main([]string{"reprot"}, strings.NewReader(""), &fullDisk{0, syscall.ENOSPC}, &errs))
}

func TestAFullDiskIsTheHostsFault(t *testing.T) {
	for _, err := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO} {
		wrapped := &os.PathError{Op: "write", Path: "x", Err: err}
		assert.Equal(t, exitInfra, exitStatus(wrapped))
		a := &app{}
		assert.Equal(t, exitInfra, exitStatus(a.conclude("run", nil, lab.Summary{}, errors.Join(ledger.ErrOutput, wrapped))), "%v", err)
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "getprop.txt"), []byte("[ro.build.version.sdk]: [30]\n"), 0o600))
	code, _, errs := assay(t, "import", dir, "--out", filepath.Join(dir, "run"), "--reserve", "999999999")
	assert.Equal(t, exitInfra, code)
	assert.Contains(t, errs, "lower --reserve")
}

// TestAStoppedRunIsUnfinished stops one before it has begun a job.
func TestAStoppedRunIsUnfinished(t *testing.T) {
	_, devices := smallRun(t)
	dir := filepath.Join(t.TempDir(), "run")
	var out, errs bytes.Buffer
	printed := &output{to: &out}
	a := &app{in: strings.NewReader(""), out: newScreen(printed), err: newScreen(&errs), raw: raw{printed, &errs},
		printed: printed, set: viper.New(), drain: make(chan struct{})}
	close(a.drain)
	err := a.main([]string{"run", "--devices", devices, "--suite", "quick", "--state", t.TempDir(), "--out", dir})
	require.Equal(t, exitInterrupted, a.exitStatus(err), "%s%s", &out, &errs)
	code, said, _ := assay(t, "verify", dir)
	assert.Equal(t, exitIncomplete, code)
	assert.Regexp(t, `unfinished: the run was stopped \(interrupted\); 'assay resume \S+' goes on with the run: `+
		`(\d+) of its (\d+) jobs are left\n`, said)
	code, _, told := assay(t, "resume", dir, "--devices", devices, "--state", t.TempDir(), "--quiet")
	require.NotEqual(t, exitUsage, code, told)
	code, said, _ = assay(t, "verify", dir)
	assert.Equal(t, exitOK, code, said)
}

// TestTheRunIsLookedAtBeforeTheInventory: whoever resumes what cannot be resumed is not
// sent to look for devices.yaml.
func TestTheRunIsLookedAtBeforeTheInventory(t *testing.T) {
	run, _ := smallRun(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "getprop.txt"), []byte("[ro.build.version.sdk]: [30]\n"), 0o600))
	imported, killed := filepath.Join(t.TempDir(), "imported"), t.TempDir()
	code, _, said := assay(t, "import", dir, "--out", imported)
	require.Equal(t, exitIncomplete, code, said)
	require.NoError(t, os.Mkdir(filepath.Join(killed, ledger.UnfinishedName), 0o700))
	t.Chdir(t.TempDir())
	for folder, want := range map[string]string{
		imported: "imported was imported; there is nothing to play",
		killed:   "an import into it has not come to its end",
		dir:      "is not a run",
		"":       "is not a run",
		run:      "devices.yaml: no such file; name the farm's inventory with --devices",
	} {
		for _, command := range [][]string{{"resume", folder}, {"retry", folder, "--only", "infra"}} {
			code, _, said := assay(t, command...)
			assert.Equal(t, exitUsage, code, "%v", command)
			assert.Contains(t, said, want, "%v", command)
			if folder != run {
				assert.NotContains(t, said, "devices.yaml", "%v", command)
			}
		}
	}
}
