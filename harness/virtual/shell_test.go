package virtual

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/sh"
)

// plainHandset is a handset with nothing installed, for tests of its faces.
func plainHandset(t testing.TB, sdk int, serial string) *Handset {
	t.Helper()
	h := New(&persona.Persona{
		Name: "plain", Release: strconv.Itoa(sdk - 20), SDK: sdk, Brand: "Specimen",
		Identity: persona.Identity{Serial: serial, Clock: "2026-01-15T09:30:00+05:30", Zone: "Asia/Kolkata", AndroidID: "0123456789abcdef",
			MAC: "02:00:00:11:22:33", BootID: "6f1d2c3b-0000-4000-8000-000000000001", Locale: "en-IN"},
		Properties: map[string]string{
			"ro.product.name": "plain_in", "ro.product.model": "Plain One", "ro.product.device": "plain", "ro.build.version.sdk": strconv.Itoa(sdk),
		},
	}, 7)
	t.Cleanup(func() { h.Close() })
	return h
}

// ran is what a script printed.
type ran struct {
	stdout, stderr string
	exit           int
}

func execute(t testing.TB, h *Handset, script, stdin string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var out, errs bytes.Buffer
	exit := h.Exec(ctx, script, strings.NewReader(stdin), &out, &errs)
	require.NoError(t, ctx.Err(), "script %q hung", script)
	return ran{out.String(), errs.String(), exit}
}

func TestShellRunsWhatScriptsAreMadeOf(t *testing.T) {
	h := plainHandset(t, 30, "S1")
	for _, c := range []struct {
		script, stdin, stdout string
		exit                  int
	}{
		{script: "echo hello; exit 9", stdout: "hello\n", exit: 9},
		{script: "false; echo $?", stdout: "1\n"},
		{script: "echo a b | cat | wc -w", stdout: "2\n"},
		{script: "cat", stdin: "from the host\n", stdout: "from the host\n"},
		{script: "read x y; echo \"[$y][$x]\"", stdin: "one two three\n", stdout: "[two three][one]\n"},
		{script: "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done", stdout: "0\n1\n2\n"},
		{script: "for f in a b; do printf '%s-' $f; done; echo", stdout: "a-b-\n"},
		{script: "case abc in a*) echo yes;; esac; [[ abc == *c ]] && echo also", stdout: "yes\nalso\n"},
		{script: "f() { echo \"f:$1\"; return 4; }; f x; echo $?", stdout: "f:x\n4\n"},
		{script: "cat <<EOF\nline $((1+1))\nEOF", stdout: "line 2\n"},
		{script: "echo $(echo inner) `echo back`", stdout: "inner back\n"},
		{script: "nothing 2>/dev/null; echo $?", stdout: "127\n"},
		{script: "echo 'a\\tb'; echo -n x; echo -E 'a\\tb'", stdout: "a\tb\nxa\\tb\n"},
		{script: "printf '%s=%d\\n' a 1 b 2", stdout: "a=1\nb=2\n"},
		{script: "sh -c 'echo $0 $1; exit 3' name arg; echo $?", stdout: "name arg\n3\n"},
		{script: "eval 'x=1; echo $x'; type echo", stdout: "1\necho is a shell builtin\n"},
		{script: "command -v ls; command -v nosuch || echo none", stdout: "/system/bin/ls\nnone\n"},
		{script: "trap 'echo bye' EXIT; echo hi", stdout: "hi\nbye\n"},
		{script: "(cd /sdcard && pwd); pwd", stdout: "/sdcard\n/\n"},
		{script: "exec echo gone; echo not here", stdout: "gone\n"},
		{script: "time true; echo $?", stdout: "0\n"},
		{script: "echo $USER $HOME $EXTERNAL_STORAGE", stdout: "shell / /sdcard\n"},
		{script: "echo x >&2 2>/dev/null; { echo out; echo err >&2; } 2>&1 | sort", stdout: "err\nout\n"},
		{script: "A=1 env | grep ^A=; B=2; sh -c 'echo [$B]'; export B; sh -c 'echo [$B]'", stdout: "A=1\n[]\n[2]\n"},
		{script: "yes | head -2; while true; do echo loop; done | head -1; echo done", stdout: "y\ny\nloop\ndone\n"},
	} {
		got := execute(t, h, c.script, c.stdin)
		assert.Equal(t, c.stdout, got.stdout, c.script)
		assert.Equal(t, c.exit, got.exit, c.script)
	}
}

func TestUnknownCommandIsWordedAsTheReleaseWordsIt(t *testing.T) {
	got := execute(t, plainHandset(t, 27, "S1"), "frobnicate", "")
	assert.Equal(t, ran{"", "/system/bin/sh: frobnicate: not found\n", 127}, got)
	got = execute(t, plainHandset(t, 33, "S1"), "frobnicate", "")
	assert.Equal(t, ran{"", "/system/bin/sh: frobnicate: inaccessible or not found\n", 127}, got)
	got = execute(t, plainHandset(t, 33, "S1"), "shopt -s extglob", "")
	assert.Equal(t, 127, got.exit, "bash's own commands are not there")
}

func TestWhatThePlainShellRefusesIsSaid(t *testing.T) {
	h := plainHandset(t, 30, "S1")
	for _, c := range []struct{ script, stderr string }{
		{"echo (", "syntax error"},
		{"cat <(echo x)", "syntax error"},
		{"cat /nope", "cat: /nope: No such file or directory\n"},
		{"echo x > /system/x", "/system/bin/sh: can't create /system/x: Read-only file system\n"},
		{"cat < /nope", "/system/bin/sh: can't open /nope: No such file or directory\n"},
		{"ls /data", "ls: /data: Permission denied\n"},
		{"echo x > /data/x", "/system/bin/sh: can't create /data/x: Permission denied\n"},
		{"touch /sdcard/x; /sdcard/x", "can't execute: Permission denied\n"},
		{"sleep banana", "sleep: bad time 'banana'\n"},
		{"f() { f; }; f", "stack overflow"},
		{"eval 'cat <(true)'", "syntax error"},
	} {
		got := execute(t, h, c.script, "")
		assert.NotZero(t, got.exit, c.script)
		assert.Contains(t, got.stderr, c.stderr, c.script)
	}
}

func TestNothingOfTheHostShowsOrChanges(t *testing.T) {
	canary := filepath.Join(t.TempDir(), "canary")
	require.NoError(t, os.WriteFile(canary, []byte("secret of the host"), 0o644))
	t.Setenv("HOST_SECRET", "secret of the host")
	t.Setenv("TMPDIR", t.TempDir())
	me, err := user.Current()
	require.NoError(t, err)
	h := plainHandset(t, 30, "S1")
	dir := filepath.Dir(canary)
	for _, script := range []string{
		"cat " + canary, "ls " + dir, "echo " + dir + "/*", "[ -e " + canary + " ] && echo secret", "test -r " + canary + " && echo secret",
		"[[ -f " + canary + " ]] && echo secret", "cd " + dir + " && echo secret", "echo $HOST_SECRET", "env", "set", "export -p",
		". " + canary, "source " + canary, "sh " + canary, "command . " + canary, "builtin . " + canary, "echo $(<" + canary + ")",
		"command -v gofmt; type go; which go", "echo secret > " + canary, "echo > " + dir + "/new", "rm -f " + canary, "touch " + dir + "/new",
		"eval 'cat <(echo secret)'", "trap 'cat <(echo secret)' EXIT", "pwd -P", "/bin/cat " + canary, "/usr/bin/env", "exec /usr/bin/env",
		"echo ~" + me.Username + "/x", "cat /etc/passwd", "cat /proc/self/environ", "id", "[ -O " + canary + " ] && echo secret",
		"read x < " + canary + "; echo $x",
	} {
		got := execute(t, h, script, "")
		assert.NotContains(t, got.stdout+got.stderr, "secret", script)
		assert.NotContains(t, got.stdout, os.Getenv("TMPDIR"), script)
	}
	got := execute(t, h, "echo $$ $PPID; eval 'echo $$'; echo ~"+me.Username, "")
	assert.NotContains(t, strings.Fields(got.stdout), strconv.Itoa(os.Getpid()))
	assert.NotContains(t, strings.Fields(got.stdout), strconv.Itoa(os.Getppid()))
	assert.NotContains(t, got.stdout, me.HomeDir+"\n")
	content, err := os.ReadFile(canary)
	require.NoError(t, err)
	assert.Equal(t, "secret of the host", string(content))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	assert.Empty(t, left, "no fifo or temporary file is left on the host")
}

func TestSameScriptPrintsTheSameBytes(t *testing.T) {
	script := "echo $$ $RANDOM $RANDOM; mktemp; date; head -c 8 /dev/urandom | xxd -p"
	first := execute(t, plainHandset(t, 30, "S1"), script, "")
	assert.Equal(t, first, execute(t, plainHandset(t, 30, "S1"), script, ""))
	assert.Zero(t, first.exit)
}

func TestSleepMovesTheHandsetsClockAndReadingDoesNot(t *testing.T) {
	h := plainHandset(t, 30, "S1")
	began := time.Now()
	got := execute(t, h, "date +%s; cat /dev/null; ls / >/dev/null; date +%s; sleep 8h; date +%s", "")
	stamps := strings.Fields(got.stdout)
	require.Len(t, stamps, 3)
	assert.Equal(t, stamps[0], stamps[1])
	before, _ := strconv.Atoi(stamps[0])
	after, _ := strconv.Atoi(stamps[2])
	assert.Equal(t, 8*3600, after-before)
	assert.Less(t, time.Since(began), 10*time.Second, "a night passes in a moment")
}

func TestCancelledScriptEndsWhateverItWaitsFor(t *testing.T) {
	h := plainHandset(t, 30, "S1")
	h.Real()
	for _, script := range []string{"while true; do :; done", "cat", "sleep 1000", "cat /dev/zero > /dev/null", "read x", "cat | cat | wc",
		"sleep 1000 & wait", "yes > /dev/null", "(sleep 1000) & cat"} {
		ctx, cancel := context.WithCancel(context.Background())
		stdin, keep := io.Pipe()
		done := make(chan int)
		go func() { done <- h.Exec(ctx, script, stdin, io.Discard, io.Discard) }()
		cancel()
		select {
		case exit := <-done:
			assert.Equal(t, sh.Killed, exit, script)
		case <-time.After(10 * time.Second):
			t.Fatalf("%q goes on after it was cancelled", script)
		}
		keep.Close()
	}
}

func TestLongScriptIsRefusedAsTheKernelRefusesIt(t *testing.T) {
	got := execute(t, plainHandset(t, 30, "S1"), "echo "+strings.Repeat("x", sh.LongestScript), "")
	assert.Equal(t, 126, got.exit)
	assert.Contains(t, got.stderr, "Argument list too long")
}

func FuzzExec(f *testing.F) {
	for _, seed := range []string{"echo a", "a=(1 2); echo ${a[1]} ${#a}", "echo ${x:-y} ${x%%a*} ${x/a/b} ${x:1:2} ${!x} ${%x} ${x@Q}",
		"echo {a,b}{1..3}", "let x=1+2; ((x)) && echo $((x|1))",
		"f() { local x=1; }; f; typeset -i y=2; readonly z", "cat <<-E\n\tx\n\tE", "x=$(echo a|sed s/a/b/)", "set -- a b; shift; getopts ab x",
		"case x in (a|b) ;; *) ;& esac", "${ echo;}", "${|echo;}",
		"exec 3>&1; echo >&3", "select x in a; do break; done", "a[0]=1; unset a; echo @(a|b)*", "time -p true", "coproc x",
		"echo $'\\x41' $\"x\"", "function g { :; }; g", "until false; do break; done", "! true", "wait $!; fg; bg",
		"x=010; echo $((x++ + y/3)) $((x<<=2)) ${12} $- $SECONDS; ((a[1]=2)); [[ x -eq 8 ]]", "readonly a=1; a=2; f() { shift; return; }; f",
		"umask 7; set -C; : >|f; set -A b 1 2; trap 'echo x' EXIT INT; echo a | read v; echo {1..3}"} {
		f.Add(seed)
	}
	h := plainHandset(f, 30, "S1")
	f.Fuzz(func(t *testing.T, script string) {
		if len(script) > 2000 {
			t.Skip()
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		exit := h.Exec(ctx, script, strings.NewReader("a b\nc\n"), io.Discard, io.Discard)
		if exit < 0 || exit > 255 {
			t.Fatalf("exit status %d", exit)
		}
	})
}

// TestProgramsPrintInPieces has a dump come as a phone's does, and not line by
// line: what a handset sends is then what an adb server is asked to carry.
func TestProgramsPrintInPieces(t *testing.T) {
	h := testHandset(t, 33)
	var pieces writes
	status := h.Exec(t.Context(), "dumpsys package; dumpsys appops; ls /nowhere; echo end", nil, &pieces, &pieces)
	require.Zero(t, status)
	all := strings.Join(pieces, "")
	require.Greater(t, len(all), 10*4096)
	assert.Less(t, len(pieces), len(all)/4096+4)
	assert.Equal(t, "end\n", pieces[len(pieces)-1])
	assert.Contains(t, pieces[len(pieces)-2], "No such file or directory", "errors keep their place")
}

// writes keeps what was written, piece by piece.
type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}
