package log

import (
	"bytes"
	"testing"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOfAnEntryThatMayHaveBeenPrintedNothingIsSaid has events whose text logcat may have cut off
// before it came to the fault in them, and lists that releases read in different ways. None
// counts as an entry without text, since the stream may have it.
func TestOfAnEntryThatMayHaveBeenPrintedNothingIsSaid(t *testing.T) {
	t.Parallel()
	long := append([]byte{3, 2, 2, 0x40, 1, 0, 0}, make([]byte, 0x140)...)
	deep := bytes.Repeat([]byte{3, 1}, 12)
	many := []byte{3, 200, 0, 1, 0, 0, 0}
	for name, values := range map[string][]byte{"long": long, "deep": deep, "many": many} {
		payload := append([]byte{1, 0, 0, 0}, values...)
		entry := append([]byte{byte(len(payload)), byte(len(payload) >> 8), 28, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0}, payload...)
		r, err := LogcatBinary.Read(bytes.NewReader(entry), printout.Least{}, printout.Input{}, func(f fact.Fact, _ evidence.Span) {
			assert.Fail(t, "it is no fact", "%s: %v", name, f)
		})
		require.NoError(t, err)
		assert.Equal(t, 1, r.Skipped, name)
	}
}
