package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
	"assay/harness/finding"
	"assay/harness/judge"
)

const two = `server: virtual
virtual: {personas: [asus, samsung]}
devices:
  - {brand: Asus, model: ASUS_X00TD, serial: VRTASUS0001}
  - {brand: Samsung, model: SM-A137F, serial: VRTSAMS0001}
`

// repeats are so many that no run is over before it is killed, however late that comes.
const repeats = 40

// prepared is assay as a process of its own, that is to run the whole suite so many times
// on two handsets.
func prepared(t *testing.T, times int) (cmd *exec.Cmd, run string) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "assay") // TestMain goes by the name
	self, err := os.Executable()
	require.NoError(t, err)
	require.NoError(t, os.Symlink(self, program))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "devices.yaml"), []byte(two), 0o644))
	cmd = exec.Command(program, "run", "--suite", "full", "--repeat", fmt.Sprint(times), "--out", "run", "--format", "csv")
	cmd.Dir = dir
	return cmd, filepath.Join(dir, "run")
}

// awaited waits until the journal of a run that is under way has so many entries of a
// kind. The test's own deadline is the limit.
func awaited(t *testing.T, cmd *exec.Cmd, run string, kind evidence.Kind, entries int) {
	t.Helper()
	for n := 0; n < entries; time.Sleep(2 * time.Millisecond) {
		require.NoError(t, cmd.Process.Signal(syscall.Signal(0)), "it is over")
		all, _ := evidence.ReadJournal(filepath.Join(run, "journal.jsonl")) // not there yet, or being written
		n = 0
		for _, e := range all {
			if e.Kind == kind {
				n++
			}
		}
	}
}

// started runs assay as a process of its own, until its journal has so many
// entries of a kind.
func started(t *testing.T, kind evidence.Kind, entries int) (*exec.Cmd, string, *bytes.Buffer) {
	t.Helper()
	cmd, run := prepared(t, repeats)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	require.NoError(t, cmd.Start())
	awaited(t, cmd, run, kind, entries)
	return cmd, run, &errs
}

func TestWhatAKilledRunHadFinishedCounts(t *testing.T) {
	for _, entries := range []int{1, 4, 7} {
		t.Run(fmt.Sprintf("after job %d", entries), func(t *testing.T) {
			cmd, run, _ := started(t, evidence.JobEnded, entries)
			require.NoError(t, cmd.Process.Kill())
			require.Error(t, cmd.Wait())

			journal, err := evidence.ReadJournal(filepath.Join(run, "journal.jsonl"))
			require.NoError(t, err)
			ended := map[string]bool{}
			for _, e := range journal {
				if e.Kind == evidence.JobEnded {
					ended[e.Bundle] = true
				}
			}
			j, err := judge.Run(run)
			require.NoError(t, err)
			assert.Empty(t, j.Problems)
			assert.Len(t, j.Jobs, 2*(1+6*repeats), "every job that was owed is shown: the baseline and six scenarios on two handsets")
			owing := map[string]bool{}
			for _, job := range j.Jobs {
				finished := job.Outcome.State == evidence.Finished || job.Outcome.State == evidence.StepFailed
				assert.Equal(t, ended[job.Bundle], finished, "%s on %s: %s", job.Scenario, job.Handset.Serial, job.Outcome.State)
				if !finished {
					owing[job.Handset.Brand] = true
					assert.NotEmpty(t, job.Outcome.Cause)
					assert.NotEmpty(t, job.Outcome.Remedy)
				}
			}
			require.NotEmpty(t, owing, "the run was killed in its midst")
			for _, m := range j.Models {
				for id, cell := range m.Cells {
					rule, ok := finding.Find(id)
					require.True(t, ok)
					if owing[m.Brand] && rule.Scope == finding.PerScenario {
						assert.NotEqual(t, finding.Clear, cell.Verdict, "%s on %s: Clear, and not all of it seen", id, m.Model)
					}
				}
			}
			again, err := judge.Run(run)
			require.NoError(t, err)
			assert.Equal(t, j, again)
		})
	}
}

func TestInterruptDrainsAndSaysSo(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			cmd, run, errs := started(t, evidence.JobStarted, 4)
			require.NoError(t, cmd.Process.Signal(s))
			var exit *exec.ExitError
			require.True(t, errors.As(cmd.Wait(), &exit), "%s", errs)
			assert.Equal(t, exitInterrupted, exit.ExitCode(), "%s", errs)
			assert.Contains(t, errs.String(), "putting the handsets back")
			putBack(t, run)
		})
	}
}

// putBack checks that a run's journal ends as it should, and has each change undone.
func putBack(t *testing.T, run string) {
	t.Helper()
	journal, err := evidence.ReadJournal(filepath.Join(run, "journal.jsonl"))
	require.NoError(t, err)
	assert.Equal(t, evidence.RunEnded, journal[len(journal)-1].Kind)
	changed, undone := 0, 0
	for _, e := range journal {
		switch {
		case e.Kind == evidence.Changed && len(e.Change.Undo) > 0:
			changed++
		case e.Kind == evidence.Undone:
			undone++
		}
		assert.NotEqual(t, evidence.UndoFailed, e.Kind, "%+v", e.Change)
	}
	assert.Equal(t, changed, undone)
}

// TestATerminalThatClosesDrains takes both streams away, as a terminal does that closes
// on a pipe to tee, and says so twice, as the kernel and a shell do.
func TestATerminalThatClosesDrains(t *testing.T) {
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	cmd, run := prepared(t, repeats)
	cmd.Stdout, cmd.Stderr = writer, writer
	require.NoError(t, cmd.Start())
	require.NoError(t, writer.Close())
	head := make([]byte, 1) // it writes there
	_, err = reader.Read(head)
	require.NoError(t, err)
	awaited(t, cmd, run, evidence.JobStarted, 4)
	require.NoError(t, reader.Close())
	require.NoError(t, cmd.Process.Signal(syscall.SIGHUP))
	require.NoError(t, ignoreGone(cmd.Process.Signal(syscall.SIGHUP)))
	var exit *exec.ExitError
	require.True(t, errors.As(cmd.Wait(), &exit))
	assert.Equal(t, "exit status 130", exit.Error(), "and no signal")
	putBack(t, run)
}

func TestNohupGoesOn(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here, to ignore the signal with")
	}
	cmd, run := prepared(t, 2)
	cmd.Args = append([]string{sh, "-c", `trap "" HUP; exec "$@"`, "sh"}, cmd.Args...)
	cmd.Path = sh
	require.NoError(t, cmd.Start())
	awaited(t, cmd, run, evidence.JobStarted, 4)
	require.NoError(t, cmd.Process.Signal(syscall.SIGHUP))
	var exit *exec.ExitError
	require.True(t, errors.As(cmd.Wait(), &exit))
	assert.Equal(t, exitFlagged, exit.ExitCode())
}

func TestASecondInterruptStopsAtOnce(t *testing.T) {
	cmd, _, errs := started(t, evidence.JobStarted, 2)
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for ended := false; !ended; {
		require.NoError(t, ignoreGone(cmd.Process.Signal(syscall.SIGINT)))
		select {
		case err := <-done:
			var exit *exec.ExitError
			require.True(t, errors.As(err, &exit), "%s", errs)
			assert.Equal(t, exitInterrupted, exit.ExitCode(), "%s", errs)
			ended = true
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func ignoreGone(err error) error {
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}
