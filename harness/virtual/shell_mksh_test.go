package virtual_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual"
	"assay/harness/virtual/persona"
)

// shellLine is one line of testdata/shell.
type shellLine struct {
	text string
	why  string // why it may differ; "": it may not
	at   string // file:line
}

// readLines reads a table: a line of shell a row, in which ␤ is a newline. # begins a
// comment, and ? the reason why the row below it may differ.
func readLines(t *testing.T, file string) []shellLine {
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var lines []shellLine
	why := ""
	for n, row := range strings.Split(string(raw), "\n") {
		switch {
		case row == "" || strings.HasPrefix(row, "# "):
		case strings.HasPrefix(row, "? "):
			why = row[2:]
		default:
			at := filepath.Base(file) + ":" + strconv.Itoa(n+1)
			lines = append(lines, shellLine{strings.ReplaceAll(row, "␤", "\n"), why, at})
			why = ""
		}
	}
	require.Empty(t, why, "%s: a reason without a row", file)
	require.NotEmpty(t, lines)
	return lines
}

// answer is what a shell gave: what it printed, its exit status, and whether it complained.
type answer struct {
	stdout     string
	exit       int
	complained bool
}

// scratch is where a line runs on a virtual handset.
const scratch = "/data/local/tmp"

// mostPrinted bounds what a real shell may print.
const mostPrinted = 1 << 20

// realShell is mksh with toybox's commands, as installed on this host.
type realShell struct {
	mksh, bin string
	files     []txtar.File
}

// findRealShell finds mksh and toybox, or skips.
func findRealShell(t *testing.T) *realShell {
	s := &realShell{bin: t.TempDir()}
	var err error
	if s.mksh, err = exec.LookPath("mksh"); err != nil {
		t.Skip("mksh is not installed: the shell is compared with nothing")
	}
	toybox, err := exec.LookPath("toybox")
	if err != nil {
		t.Skip("toybox is not installed: the shell is compared with nothing")
	}
	names, err := exec.Command(toybox).Output()
	require.NoError(t, err)
	for _, name := range append(strings.Fields(string(names)), "toybox") {
		require.NoError(t, os.Symlink(toybox, filepath.Join(s.bin, name)))
	}
	require.NoError(t, os.Symlink(s.mksh, filepath.Join(s.bin, "sh")))
	archive, err := txtar.ParseFile("testdata/shell/files.txtar")
	require.NoError(t, err)
	s.files = archive.Files
	return s
}

// environment is what adbd gives a shell, as far as lines may see it.
func (s *realShell) environment(dir string) []string {
	return []string{
		"PATH=" + s.bin, "HOME=/", "TMPDIR=" + dir, "TZ=UTC", "LANG=C.UTF-8",
		"USER=shell", "LOGNAME=shell", "SHELL=/bin/sh", "TERM=dumb",
	}
}

// limited is a buffer that takes so much and no more.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > mostPrinted {
		return 0, errors.New("too much")
	}
	return l.Buffer.Write(p)
}

// run runs a line in a folder of its own, with the umask and the name that adbd gives.
func (s *realShell) run(t *testing.T, line string) answer {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for _, f := range s.files {
		name := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o644))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, s.mksh, "-c", `umask 0; exec -a /system/bin/sh "$0" -c "$1"`, s.mksh, line)
	var out, errs limited
	c.Dir, c.Env, c.Stdout, c.Stderr, c.WaitDelay = dir, s.environment(dir), &out, &errs, time.Second
	err = c.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		require.NoError(t, err, line)
	}
	require.NoError(t, ctx.Err(), "%s: hangs", line)
	return answer{strings.ReplaceAll(out.String(), dir, scratch), status(c.ProcessState.ExitCode()), errs.Len() > 0}
}

// status is the exit status that adbd reports of a shell that a signal ended.
func status(exit int) int {
	if exit < 0 {
		return 128
	}
	return exit
}

// plain is a handset of a release with nothing installed.
func plain(sdk int) *virtual.Handset {
	return virtual.New(&persona.Persona{
		Name: "plain", Release: strconv.Itoa(sdk - 20), SDK: sdk, Brand: "Specimen",
		Identity:   persona.Identity{Serial: "S1", Clock: "2026-01-15T09:30:00Z", Zone: "UTC", AndroidID: "0123456789abcdef", Locale: "en-IN"},
		Properties: map[string]string{"ro.product.device": "plain", "ro.build.version.sdk": strconv.Itoa(sdk)},
	}, 7)
}

// runVirtual runs a line on a virtual handset of Android 16, in its scratch folder.
func (s *realShell) runVirtual(t *testing.T, line string) answer {
	h := plain(36)
	defer h.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	script, content := "umask 022; cd "+scratch, []byte(nil)
	for _, f := range s.files {
		script += fmt.Sprintf("; mkdir -p '%s'; head -c %d > '%s'", filepath.Dir(f.Name), len(f.Data), f.Name)
		content = append(content, f.Data...)
	}
	require.Zero(t, h.Exec(ctx, script, bytes.NewReader(content), io.Discard, io.Discard))
	var out, errs limited
	exit := h.Exec(ctx, "cd "+scratch+"; "+line, strings.NewReader(""), &out, &errs)
	require.NoError(t, ctx.Err(), "%s: hangs", line)
	return answer{out.String(), exit, errs.Len() > 0}
}

// compare holds one line to the real shell.
func (s *realShell) compare(t *testing.T, line shellLine) {
	want, got := s.run(t, line.text), s.runVirtual(t, line.text)
	if line.why == "" {
		assert.Equal(t, want, got, "%s: %s", line.at, line.text)
		return
	}
	assert.NotEqual(t, want, got, "%s no longer differs: %s", line.at, line.text)
}

func TestVirtualShellAnswersAsMkshAndToybox(t *testing.T) {
	t.Parallel()
	real := findRealShell(t)
	for _, table := range []string{"sent", "clients", "shell", "tools"} {
		for _, line := range readLines(t, "testdata/shell/"+table+".txt") {
			t.Run(line.at, func(t *testing.T) {
				t.Parallel()
				real.compare(t, line)
			})
		}
	}
}
