package device

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"assay/harness/evidence"
)

func TestAPictureThatIsCutOffIsNotWhole(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(filepath.Join("..", "testdata", "screenshot", "dialog.bin"))
	require.NoError(t, err)
	for cut, want := range map[int]string{
		len(whole) - 1: "the picture is not closed",
		40:             "the picture is not closed",
		20:             "the picture has no header",
	} {
		_, r := factsOf(t, Screenshot, whole[:cut])
		assert.Equal(t, evidence.Truncated, r.Coverage.State, cut)
		assert.Equal(t, want, r.Coverage.Reason, cut)
	}
	all, r := factsOf(t, Screenshot, append(bytes.Clone(whole), "more"...))
	assert.Len(t, all, 1)
	assert.False(t, r.Coverage.Complete(), "nothing follows a picture's end")
}
