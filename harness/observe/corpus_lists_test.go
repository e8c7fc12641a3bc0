package observe

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"assay/harness/evidence"
	"assay/harness/observe/printout"
)

// listedByGold puts gold's count of a list of packages right where its pattern,
// lines that start with "package:", misreads:
//
//   - The list of motorola-moto_g86-16 begins with a byte order mark, and gold
//     misses its first line (com.handmark.expressweather; pm_list_packages_f of the
//     same handset has it, and 488 lines to gold's 487).
//   - The last line of the three of samsung-S10e (com.google.android.apps.restore)
//     has no end. Nothing in it tells a whole name from one that was cut, so we do
//     not take it, and say that the print-out is truncated.
func listedByGold(t *testing.T, body []byte, lines int, r printout.Reading) int {
	t.Helper()
	if bytes.HasPrefix(body, append(slices.Clone(bom), "package:"...)) {
		lines++
	}
	if last := body[bytes.LastIndexByte(body, '\n')+1:]; bytes.HasPrefix(last, []byte("package:")) {
		lines--
		assert.Equal(t, evidence.Truncated, r.Coverage.State)
		assert.Equal(t, 1, r.Unread, "the last line")
	}
	return lines
}
