package observe

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestARowWithoutAWaitChannelReadsAsOneWithIt blanks WCHAN in each row of the golden
// cases that have it: a task that runs waits nowhere.
func TestARowWithoutAWaitChannelReadsAsOneWithIt(t *testing.T) {
	blanked := 0
	for name, body := range samplesOf(t, "ps") {
		want, _ := readAll(t, "ps", name, body)
		running := bytes.Clone(body)
		at := -1
		for line := range bytes.Lines(running) {
			words := bytes.Fields(line)
			if head := slices.IndexFunc(words, func(w []byte) bool { return string(w) == "WCHAN" }); head >= 0 {
				at = head
				continue
			}
			if at < 0 || at+2 >= len(words) || len(words[at+2]) != 1 {
				continue // no row, or one without a state
			}
			copy(words[at], bytes.Repeat([]byte{' '}, len(words[at])))
			blanked++
		}
		got, _ := readAll(t, "ps", name, running)
		assert.Equal(t, want, got, name)
	}
	require.Greater(t, blanked, 10)
}

// TestALookAtTheCallersOwnProcessesIsNotWhole asks as the shell and as root: toybox
// without -A lists the caller's own alone.
func TestALookAtTheCallersOwnProcessesIsNotWhole(t *testing.T) {
	for name, lacks := range map[string]string{
		"own-toybox.txt": "it does not show process 1", "own-toybox-root.txt": "it does not show a process of the system's UID", "running-toybox.txt": "",
	} {
		_, r := readAll(t, "ps", name, samplesOf(t, "ps")[name])
		assert.Equal(t, lacks, r.Weakness(), name)
	}
}
