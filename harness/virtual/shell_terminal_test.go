package virtual

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/virtual/wire"
)

// keys are typed into a terminal.
func keys(c *wireClient, text string) {
	c.put([]byte{wire.PacketStdin, byte(len(text)), 0, 0, 0}, []byte(text))
}

// shows reads what a terminal shows until it ends in a text.
func shows(c *wireClient, end string) string {
	c.t.Helper()
	var screen string
	for !strings.HasSuffix(screen, end) {
		head := c.bytes(5)
		require.Equal(c.t, byte(wire.PacketStdout), head[0], screen)
		screen += string(c.bytes(int(binary.LittleEndian.Uint32(head[1:]))))
	}
	return screen
}

func TestPersonMayTypeIntoAShell(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	c := over(t, addr, "A1", "shell,v2,TERM=xterm,pty:")
	require.Equal(t, "OKAY", c.status())
	assert.Equal(t, "plain:/ $ ", shows(c, "$ "))
	for _, step := range []struct{ typed, shown, end string }{
		{"x=5; cd /sdcard\r", "x=5; cd /sdcard\r\nplain:/sdcard $ ", "$ "},
		{"echo $xy\x7f\r", "echo $xy\b \b\r\n5\r\nplain:/sdcard $ ", "\n5\r\nplain:/sdcard $ "},
		{"if true\r", "if true\r\n> ", "> "},
		{"then pwd; fi\r", "then pwd; fi\r\n/sdcard\r\nplain:/sdcard $ ", "$ "},
		{"half a line\x03", "half a line^C\r\nplain:/sdcard $ ", "$ "},
	} {
		keys(c, step.typed)
		assert.Equal(t, step.shown, shows(c, step.end))
	}
	keys(c, "echo )\r")
	assert.Contains(t, shows(c, "plain:/sdcard $ "), "syntax error")
	keys(c, "exit 4\r")
	assert.Equal(t, 4, readV2(c).exit)
}

func TestOldShellTakesKeysToo(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 22, "B2")))
	c := over(t, addr, "B2", "shell:")
	require.Equal(t, "OKAY", c.status())
	// Keys that come before the prompt are echoed before it, as a terminal does.
	prompt := make([]byte, len("plain:/ $ "))
	_, err := io.ReadFull(c, prompt)
	require.NoError(t, err)
	assert.Equal(t, "plain:/ $ ", string(prompt))
	io.WriteString(c.Conn, "echo hi\n")
	answer := make([]byte, len("echo hi\r\nhi\r\nplain:/ $ "))
	_, err = io.ReadFull(c, answer)
	require.NoError(t, err)
	assert.Equal(t, "echo hi\r\nhi\r\nplain:/ $ ", string(answer))
	io.WriteString(c.Conn, "\x04")
	rest, err := io.ReadAll(c)
	require.NoError(t, err)
	assert.Empty(t, rest)
}

func TestScriptOnStdinRunsWithoutATerminal(t *testing.T) {
	addr := served(t, NewFarm(plainHandset(t, 33, "A1")))
	c := over(t, addr, "A1", "shell,v2,raw:")
	require.Equal(t, "OKAY", c.status())
	keys(c, "echo one\nexit 6\n")
	c.put([]byte{wire.PacketCloseStdin, 0, 0, 0, 0})
	assert.Equal(t, ran{"one\n", "", 6}, readV2(c))
}
