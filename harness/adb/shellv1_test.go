package adb

import (
	"bytes"
	"io"
	"os/exec"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// v1Handset runs what it is asked in this computer's sh, as adbd up to Android 6
// does in its own, and makes of each line feed what terminal says.
func v1Handset(t *testing.T, terminal string) *Device {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh on this computer")
	}
	return fakeHandset(t, Options{}, "cmd", func(p *peer, name string) {
		kind, _, _ := strings.Cut(name, ":")
		if kind != "shell" && kind != "exec" {
			p.fail("closed")
			return
		}
		p.okay()
		out, _ := exec.Command(sh, "-c", command(name)).CombinedOutput()
		if kind == "shell" {
			out = bytes.ReplaceAll(out, []byte("\n"), []byte(terminal))
		}
		p.Write(out)
	})
}

func TestShellV1ProvesTheEndAndUndoesTheTerminal(t *testing.T) {
	for name, terminal := range map[string]string{"raw": "\n", "cooked": "\r\n", "cooked twice": "\r\r\n"} {
		t.Run(name, func(t *testing.T) {
			d := v1Handset(t, terminal)
			for _, text := range []string{"", "\n", "one\ntwo\n", "no end", "dos\r\nline\r\n", "lone\rreturn", "end\r", "\r\r\r\n\n\r", "it's $HOME `x`"} {
				out, err := d.Shell(t.Context(), "printf", "%s", text)
				require.NoError(t, err, "%q", text)
				assert.Equal(t, text, out)
			}
		})
	}
}

func TestShellV1GivesExitStatus(t *testing.T) {
	d := v1Handset(t, "\r\n")
	for _, argv := range [][]string{{"sh", "-c", "echo out; echo err >&2; exit 7"}, {"exit", "7"}, {"exec", "sh", "-c", "exit 7"}} {
		_, err := d.Shell(t.Context(), argv...)
		var exit *ExitError
		require.ErrorAs(t, err, &exit, "%q", argv)
		assert.Equal(t, 7, exit.Exit)
	}
	out, err := d.Shell(t.Context(), "sh", "-c", "echo out; echo err >&2")
	require.NoError(t, err)
	assert.Equal(t, "out\nerr\n", out, "stderr is merged")
	out, err = d.Shell(t.Context(), "cat")
	require.NoError(t, err, "a command that reads its input sees its end")
	assert.Empty(t, out)
}

func TestExecIsByteExactWhereShellIsNot(t *testing.T) {
	var out strings.Builder
	exit, err := v1Handset(t, "\r\n").Exec(t.Context(), Command{Argv: []string{"printf", `a\r\nb\0\n`}, Stdout: &out})
	require.NoError(t, err)
	assert.Zero(t, exit)
	assert.Equal(t, "a\r\nb\x00\n", out.String())
}

func TestShellV1RefusesWhatItCannotDo(t *testing.T) {
	d := v1Handset(t, "\r\n")
	_, err := d.Run(t.Context(), Command{Argv: []string{"cat"}, Stdin: strings.NewReader("x")})
	require.ErrorIs(t, err, ErrNoStdin)
	_, err = d.Shell(t.Context(), "echo", strings.Repeat("x", 5000))
	require.ErrorIs(t, err, ErrTooLong)
}

func TestAV1ReplyCutAtAnyByteIsTransportLost(t *testing.T) {
	var cut int
	var whole []byte
	d := fakeHandset(t, Options{}, "", func(p *peer, name string) {
		p.okay()
		whole = v1Reply(name, "hello\r\n", "0\r\n")
		p.Write(whole[:min(cut, len(whole))])
	})
	for cut = 0; ; cut++ {
		out, err := d.Shell(t.Context(), "x")
		if cut == len(whole) {
			require.NoError(t, err)
			assert.Equal(t, "hello\n", out)
			return
		}
		require.ErrorAs(t, err, new(*TransportLost), "cut after %d bytes of %d", cut, len(whole))
	}
}

// v1Reply is what a handset prints for a command wrapped in two lines.
func v1Reply(name, body, status string) []byte {
	sentinel, _, _ := strings.Cut(strings.TrimPrefix(name, "shell:echo "), "b;")
	eol := "\n"
	if strings.HasSuffix(status, "\r\n") {
		eol = "\r\n"
	}
	return []byte("WARNING: linker: libx.so has text relocations." + eol + sentinel + "b" + eol + body + sentinel + "e" + status)
}

func TestTheMarkInAListOfProcessesIsOutput(t *testing.T) {
	var shown string
	d := fakeHandset(t, Options{}, "", func(p *peer, name string) {
		p.okay()
		shown = "shell 812 sh -c " + command(name) + "\nshell 813 ps\n"
		p.bytewise(v1Reply(name, shown, "3\n"), 0)
	})
	out, err := d.Shell(t.Context(), "ps")
	require.ErrorAs(t, err, new(*ExitError))
	assert.Equal(t, shown, out)
}

func TestStatusesThatNoShellGivesAreNotStatuses(t *testing.T) {
	for _, text := range []string{"$?\n", "256\n", "1234\n", "\n", "1x\n", "\r\r\r\r\r\r1\n"} {
		_, read := exitStatus([]byte(text))
		assert.Equal(t, no, read, "%q", text)
	}
	for _, text := range []string{"", "1", "12\r", "255"} {
		_, read := exitStatus([]byte(text))
		assert.Equal(t, notYet, read, "%q", text)
	}
	status, read := exitStatus([]byte("137\r\n"))
	assert.Equal(t, yes, read)
	assert.Equal(t, 137, status)
}

func TestAHandsetThatPrintsNoMarkIsGarbled(t *testing.T) {
	d := fakeHandset(t, Options{}, "", func(p *peer, _ string) {
		p.okay()
		io.Copy(p, io.LimitReader(zeros{}, 10<<20))
	})
	_, err := d.Shell(t.Context(), "x")
	require.ErrorAs(t, err, new(*TransportLost))
	assert.ErrorContains(t, err, "garbled")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func FuzzBetween(f *testing.F) {
	f.Add([]byte("noise\nSb\r\nout\r\nSe0\r\n"))
	f.Add([]byte("Sb\nSe$?\nSe12\n"))
	f.Add([]byte("Sb\r\n\r\r\r\n\rSe255\r\n"))
	f.Fuzz(func(t *testing.T, reply []byte) {
		var whole, pieces strings.Builder
		exit, err := between(bytes.NewReader(reply), &whole, "S")
		exit1, err1 := between(iotest.OneByteReader(bytes.NewReader(reply)), &pieces, "S")
		if whole.String() != pieces.String() || exit != exit1 || (err == nil) != (err1 == nil) {
			t.Fatalf("%q %d %v in one piece, %q %d %v in pieces", whole.String(), exit, err, pieces.String(), exit1, err1)
		}
		if (err == nil) != (exit >= 0) {
			t.Fatalf("exit %d with error %v", exit, err)
		}
		if whole.Len() > len(reply) {
			t.Fatal("more came out than went in")
		}
	})
}

// TestTheNewestLineOfAStreamDoesNotWaitForTheNext reads a reply that goes on,
// and wants each line as soon as it has come.
func TestTheNewestLineOfAStreamDoesNotWaitForTheNext(t *testing.T) {
	in, feed := io.Pipe()
	lines := make(lineChannel)
	done := make(chan error, 1)
	go func() {
		_, err := between(in, lines, "SENTINEL")
		done <- err
	}()
	_, err := io.WriteString(feed, "SENTINELb\r\n")
	require.NoError(t, err)
	for _, line := range []string{"11-02 08:00:00.000 I x: one\r\n", "SENT\r\n"} {
		_, err := io.WriteString(feed, line)
		require.NoError(t, err)
		assert.Equal(t, strings.ReplaceAll(line, "\r", ""), <-lines)
	}
	_, err = io.WriteString(feed, "SENTINELe0\r\n")
	require.NoError(t, err)
	require.NoError(t, <-done)
}

// lineChannel hands on what is written to it.
type lineChannel chan string

func (c lineChannel) Write(p []byte) (int, error) {
	c <- string(p)
	return len(p), nil
}
