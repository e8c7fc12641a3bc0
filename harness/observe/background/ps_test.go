package background

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestARowWithoutAWaitChannelReadsAsOneWithIt blanks WCHAN in each row of the golden cases that
// have it, as of a task that is running and so waits for nothing.
func TestARowWithoutAWaitChannelReadsAsOneWithIt(t *testing.T) {
	t.Parallel()
	blanked := 0
	names, err := filepath.Glob(filepath.Join("..", "testdata", "ps", "*.txt"))
	require.NoError(t, err)
	for _, name := range names {
		body, err := os.ReadFile(name)
		require.NoError(t, err)
		want := processesOf(t, body)
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
		assert.Equal(t, want, processesOf(t, running), name)
	}
	require.Greater(t, blanked, 10)
}

// processesOf reads ps: each process, and where it stands.
func processesOf(t *testing.T, body []byte) (all []any) {
	t.Helper()
	_, err := Ps.Read(bytes.NewReader(body), printout.Least{}, printout.Input{}, func(f fact.Fact, s evidence.Span) {
		all = append(all, f, s)
	})
	require.NoError(t, err)
	return all
}
