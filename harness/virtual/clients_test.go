package virtual

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/face"
	"assay/harness/virtual/wire"
)

// clientReleases are the SDKs that clients' lists are played on.
var clientReleases = []int{22, 29, 36}

// clientLine is one line of testdata/clients: what a client asks for, and the
// statuses with which it ends on the three releases.
type clientLine struct {
	statuses   []int
	kind, text string // shell, follow, service or follow-service
}

// readClient reads a list. Its lines are STATUS,STATUS,STATUS KIND TEXT; - is the
// status of what has none, and of what the release refuses.
func readClient(t *testing.T, file string) (comment string, lines []clientLine) {
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			comment += line + "\n"
			continue
		}
		statuses, rest, _ := strings.Cut(line, " ")
		var l clientLine
		if *update && strings.Trim(statuses, "0123456789,-") != "" {
			statuses, rest = "-,-,-", line
		}
		for word := range strings.SplitSeq(statuses, ",") {
			n, err := strconv.Atoi(word)
			if err != nil {
				n = -1
			}
			l.statuses = append(l.statuses, n)
		}
		l.kind, l.text, _ = strings.Cut(rest, " ")
		require.Contains(t, []string{"shell", "follow", "service", "follow-service"}, l.kind, "%s: %q", file, line)
		require.Len(t, l.statuses, len(clientReleases), "%s: %q", file, line)
		lines = append(lines, l)
	}
	require.NotEmpty(t, lines)
	return comment, lines
}

// TestWhatClientsOfLabsAskEndsAsExpected plays what other programs over adb send, in
// their order, to handsets of three releases: all of it ends, with a status that was
// looked at; what has no end of its own ends when the client goes.
func TestWhatClientsOfLabsAskEndsAsExpected(t *testing.T) {
	files, err := filepath.Glob("testdata/clients/*.txt")
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			comment, lines := readClient(t, file)
			for i, sdk := range clientReleases {
				h := testHandset(t, sdk)
				for n := range lines {
					status := playLine(t, h, lines[n])
					if *update {
						lines[n].statuses[i] = status
						continue
					}
					assert.Equal(t, lines[n].statuses[i], status, "sdk %d: %s %s", sdk, lines[n].kind, lines[n].text)
				}
			}
			if *update {
				writeClient(t, file, comment, lines)
			}
		})
	}
}

func writeClient(t *testing.T, file, comment string, lines []clientLine) {
	b := bytes.NewBufferString(comment)
	for _, l := range lines {
		var words []string
		for _, s := range l.statuses {
			words = append(words, strings.Replace(fmt.Sprint(s), "-1", "-", 1))
		}
		fmt.Fprintf(b, "%s %s %s\n", strings.Join(words, ","), l.kind, l.text)
	}
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o644))
}

// playLine plays one line, and gives its exit status; -1 of a service.
func playLine(t *testing.T, h *Handset, l clientLine) int {
	t.Helper()
	switch l.kind {
	case "shell":
		r := execute(t, h, l.text, "")
		if r.exit == 127 && !strings.Contains(strings.ReplaceAll(l.text, " ", ""), "2>/dev/null") {
			assert.Regexp(t, "(inaccessible or )?not found", r.stderr, l.text)
		}
		return r.exit
	case "follow":
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { h.Exec(ctx, l.text, strings.NewReader(""), io.Discard, io.Discard); close(ended) }()
		select {
		case <-ended:
			t.Errorf("%q ended by itself", l.text)
		case <-time.After(50 * time.Millisecond):
		}
		cancel()
		assertEnds(t, ended, l.text)
		return -1
	}
	return playService(t, h, l)
}

// playService opens a service on a connection of its own, and sees all of it end. What
// goes on until it is stopped ends because its client goes; -1: the handset has none.
func playService(t *testing.T, h *Handset, l clientLine) int {
	t.Helper()
	conn, device := net.Pipe()
	ended := make(chan struct{})
	go func() { face.ServeConn(context.Background(), device, h); close(ended) }()
	defer assertEnds(t, ended, l.text)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	c := introduced(t, conn, wire.VersionWithoutSums)
	require.EqualValues(t, wire.CNXN, c.next().Command, l.text)
	c.put(wire.Message{Command: wire.OPEN, Arg0: 1, Data: []byte(l.text + "\x00")})
	taken := -1
	for {
		m, err := wire.ReadMessage(conn, wire.LargestPayload, false)
		if err != nil { // a service may end the connection, as reconnect does
			require.NotErrorIs(t, err, os.ErrDeadlineExceeded, l.text)
			return taken
		}
		switch m.Command {
		case wire.OKAY:
			taken = 0
			if l.kind == "follow-service" || l.text == "sync:" {
				return taken
			}
		case wire.WRTE:
			c.put(wire.Message{Command: wire.OKAY, Arg0: 1, Arg1: m.Arg0})
		case wire.CLSE:
			return taken
		}
	}
}

func assertEnds(t *testing.T, ended <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatalf("%q does not end", what)
	}
}

func TestACommandThatNoHandsetHasIsNotFound(t *testing.T) {
	for sdk, want := range map[int]string{22: "not found", 28: "not found", 29: "inaccessible or not found", 36: "inaccessible or not found"} {
		r := execute(t, testHandset(t, sdk), "frobnicate --all", "")
		assert.Equal(t, ran{"", "/system/bin/sh: frobnicate: " + want + "\n", 127}, r, "sdk %d", sdk)
	}
	for line, sdk := range map[string]int{"bugreportz -v": 23, "locksettings verify": 25, "cmd -l": 23, "bugreport": 31, "pgrep x": 23} {
		_, errs, status := runOn(testHandset(t, sdk), strings.Fields(line)...)
		assert.Equal(t, 127, status, line)
		assert.Contains(t, errs, "not found", line)
	}
}
