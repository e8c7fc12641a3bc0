package observe

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/evidence"
)

func TestAPictureThatIsCutOffIsNotWhole(t *testing.T) {
	whole := samplesOf(t, "screenshot")["dialog.bin"]
	for cut, want := range map[int]string{
		len(whole) - 1: "the picture is not closed",
		40:             "the picture is not closed",
		20:             "the picture has no header",
	} {
		_, r := readAll(t, "screenshot", "dialog.bin", whole[:cut])
		assert.Equal(t, evidence.Truncated, r.Coverage.State, cut)
		assert.Equal(t, want, r.Coverage.Reason, cut)
	}
	all, r := readAll(t, "screenshot", "dialog.bin", append(bytes.Clone(whole), "more"...))
	assert.Len(t, all, 1)
	assert.False(t, r.Coverage.Complete(), "nothing follows a picture's end")
}
